# SPDX-License-Identifier: Apache-2.0
"""The engine remembers which servers its plans have moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from watcher_py.core.changes import Migrate
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.db.models import Action, ActionPlan
from watcher_py.engine.moved import with_moves
from watcher_py.engine.run_audit import run_audit

NOON = datetime(2026, 5, 4, 12)


@pytest.fixture
def acted(desk: Any) -> Any:
    """Puts an action on a server into the database, as it ended so many minutes before noon."""
    plan = ActionPlan(audit_id=desk.audit().id, strategy_id=1, state='SUCCEEDED')
    desk.store.add(plan)

    def add(server: str, minutes: int, action_type: str = 'migrate', state: str = 'SUCCEEDED') -> None:
        desk.store.add(Action(
            action_plan_id=plan.id, action_type=action_type, state=state,
            updated_at=NOON - timedelta(minutes=minutes), input_parameters={'resource_id': server}))

    return add


def minutes_ago(desk: Any, since: int = 60) -> list[float]:
    cluster = with_moves(desk.collector.cluster, desk.store, NOON - timedelta(minutes=since))
    return ((NOON.replace(tzinfo=UTC).timestamp() - cluster.servers.moved_at) / 60).tolist()


def test_the_newest_migration_that_succeeded_counts(desk: Any, acted: Any) -> None:
    acted('vm-a', 40)
    acted('vm-a', 12)
    acted('vm-a', 30)
    acted('vm-b', 10, state='FAILED')
    acted('vm-b', 10, action_type='stop')
    acted('gone', 1)
    assert minutes_ago(desk) == pytest.approx([12, np.nan, np.nan], nan_ok=True)


def test_what_was_longer_ago_does_not_count(desk: Any, acted: Any) -> None:
    acted('vm-a', 61)
    assert minutes_ago(desk) == pytest.approx([np.nan] * 3, nan_ok=True)


def test_a_later_move_by_somebody_else_is_kept(desk: Any, acted: Any) -> None:
    acted('vm-a', 12)
    acted('vm-b', 12)
    moved = desk.collector.cluster.servers.moved_at
    moved[0] = NOON.replace(tzinfo=UTC).timestamp() - 60
    moved[1] = NOON.replace(tzinfo=UTC).timestamp() - 3600
    assert minutes_ago(desk) == pytest.approx([1, 12, np.nan], nan_ok=True)


@pytest.mark.parametrize(('rest', 'is_known'), [(None, False), (3600, True)])
def test_an_audit_asks_for_it_when_servers_are_to_rest(
        make_desk: Any, make_strategy: Any, rest: float | None, is_known: bool) -> None:
    seen: list[Snapshot] = []

    def decide(snapshot: Snapshot, *rest: Any) -> Solution:
        seen.append(snapshot)
        return Solution()

    desk = make_desk(make_strategy(decide=decide))
    plan = ActionPlan(audit_id=desk.audit().id, strategy_id=1, state='SUCCEEDED')
    desk.store.add(plan, Action(action_plan=plan, action_type=Migrate.action_type, state='SUCCEEDED',
                                updated_at=desk.tools.clock(), input_parameters={'resource_id': 'vm-a'}))
    run_audit(desk.tools, desk.audit(parameters={'rest_period': rest} if rest else {}).uuid)
    assert np.isfinite(seen[0].cluster.servers.moved_at).tolist() == [is_known, False, False]
