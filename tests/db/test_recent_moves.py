# SPDX-License-Identifier: Apache-2.0
"""What moved lately, as every kind of database tells it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from watcher_py.core.breaker import Ended
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.recent_moves import RecentMoves
from watcher_py.db.store import Store

NOW = datetime(2026, 11, 22, 22)
SINCE = NOW - timedelta(hours=1)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.fixture
def plan(any_store: Store) -> ActionPlan:
    any_store.add(Goal(name='dummy', display_name='Dummy'))
    any_store.add(Strategy(name='dummy', display_name='Dummy', goal_id=1))
    any_store.add(Audit(name='nightly', audit_type='ONESHOT', state='ONGOING', goal_id=1))
    plan = ActionPlan(audit_id=1, strategy_id=1, state='ONGOING')
    any_store.add(plan)
    return plan


def test_it_is_told_what_moved_and_how_it_ended(any_store: Store, plan: ActionPlan) -> None:
    def add(state: str, kind: str = 'migrate', **values: Any) -> Action:
        row = Action(action_plan_id=plan.id, action_type=kind, state=state, **values)
        any_store.add(row)
        return row

    running = add('ONGOING', begun_at=ago(5), project='blue')
    add('SUCCEEDED', begun_at=ago(50), ended_at=ago(49), project='blue')
    add('FAILED', 'volume_migrate', begun_at=ago(40), ended_at=ago(10), project='red')
    add('CANCELLED', begun_at=ago(30), ended_at=ago(20), project='red')
    add('FAILED', ended_at=ago(30))
    add('SUCCEEDED', begun_at=ago(70), ended_at=ago(61))
    add('SUCCEEDED', 'nop', begun_at=ago(3), ended_at=ago(2))
    pending = add('PENDING')
    moves = RecentMoves(any_store)
    assert moves.ended(SINCE, 20) == [
        Ended(ago(10), has_failed=True), Ended(ago(30), has_failed=True),
        Ended(ago(49), has_failed=False, seconds=60.0)]
    assert [each.at for each in moves.ended(SINCE, 1)] == [ago(10)]
    assert (moves.under_way(), moves.under_way([running.id, pending.id])) == (1, 2)
    assert (moves.begun(SINCE), moves.begun(SINCE, 'red')) == (4, 2)
    assert moves.begun(SINCE, None, [running.id]) == 3
    assert (moves.oldest(SINCE, 2), moves.oldest(SINCE, 5), moves.oldest(SINCE, 1, 'red')) == (
        ago(40), None, ago(40))
    assert moves.by_project(SINCE) == {'blue': 2, 'red': 2}
    # Deleting a plan doesn't make room.
    any_store.remove(plan)
    assert (moves.begun(SINCE), moves.under_way()) == (4, 0)
