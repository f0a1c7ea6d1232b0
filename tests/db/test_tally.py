# SPDX-License-Identifier: Apache-2.0
"""Rows are counted by state, and plans that nobody looks after are found."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.db.conftest import Seed
from watcher_py.db import tally
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.session import Sessions, connect_url, engine_of
from watcher_py.db.store import Store

Add = Callable[..., ActionPlan]


@pytest.fixture
def sessions(any_tables_url: str) -> Iterator[Sessions]:
    sessions = connect_url(any_tables_url)
    yield sessions
    engine_of(sessions).dispose()


@pytest.fixture
def seed(any_store: Store) -> Seed:
    return Seed(any_store)


@pytest.fixture
def add(seed: Seed) -> Callable[..., ActionPlan]:
    """Adds a plan of so many actions, all of the same audit."""
    first = seed.plan(actions=0, state='SUPERSEDED')

    def added(state: str, actions: int = 0, **values: Any) -> ActionPlan:
        plan = ActionPlan(audit_id=first.audit_id, strategy_id=first.strategy_id, state=state, **values)
        seed.store.add(plan, *(Action(action_plan=plan, action_type='nop', state='PENDING')
                               for _ in range(actions)))
        return plan

    return added


def test_living_rows_are_counted_by_state(seed: Seed, sessions: Sessions, add: Add) -> None:
    add('ONGOING', actions=3)
    add('RECOMMENDED', actions=2)
    add('RECOMMENDED')
    seed.store.remove(add('RECOMMENDED', actions=4))
    assert tally.by_state(sessions, ActionPlan) == {'ONGOING': 1, 'RECOMMENDED': 2, 'SUPERSEDED': 1}
    assert tally.by_state(sessions, Action) == {'PENDING': 5}
    assert tally.by_state(sessions, Audit) == {'PENDING': 1}


def test_a_plan_under_way_whose_lease_is_over_is_abandoned(sessions: Sessions, add: Add) -> None:
    later, earlier = now() + timedelta(minutes=1), now() - timedelta(minutes=1)
    for state, leased_until in (('ONGOING', later), ('CANCELLING', later), ('SUCCEEDED', earlier),
                                ('PENDING', None), ('RECOMMENDED', None)):
        add(state, leased_until=leased_until)
    assert tally.abandoned_plans(sessions) == 0
    for state, leased_until in (('ONGOING', earlier), ('CANCELLING', earlier), ('ONGOING', None)):
        add(state, leased_until=leased_until)
    assert tally.abandoned_plans(sessions) == 3
