# SPDX-License-Identifier: Apache-2.0
"""How far a plan has come is counted by the database, on each kind of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.db.conftest import Seed
from watcher_py.core.errors import NotFound
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.progress import RUNNING, actions_in, progress_of
from watcher_py.db.store import Store

START = datetime(2026, 3, 4, 5, 6, 7)


@pytest.fixture
def plan(any_store: Store) -> ActionPlan:
    return Seed(any_store).plan(actions=0, state='ONGOING')


def add(store: Store, plan: ActionPlan, *states: str, **values: Any) -> None:
    store.add(*(Action(action_plan_id=plan.id, action_type='nop', state=state, **values) for state in states))


def test_actions_are_counted_by_state_with_the_seconds_they_take(any_store: Store, plan: ActionPlan) -> None:
    add(any_store, plan, 'SUCCEEDED', 'SUCCEEDED', planned_begin_s=0.0, planned_seconds=10.0)
    add(any_store, plan, 'PENDING', planned_begin_s=10.0, planned_seconds=25.0)
    add(any_store, plan, 'FAILED')
    progress = progress_of(any_store, plan.uuid)
    assert (progress.plan_id, progress.state, progress.status_message) == (plan.id, 'ONGOING', None)
    assert progress.by_state == {'SUCCEEDED': 2, 'PENDING': 1, 'FAILED': 1}
    assert progress.seconds == {'SUCCEEDED': 20.0, 'PENDING': 25.0}
    assert progress.makespan == 35.0


def test_the_first_beginning_and_the_last_end_count(any_store: Store, plan: ActionPlan) -> None:
    later = START + timedelta(seconds=5)
    add(any_store, plan, 'SUCCEEDED', begun_at=later, ended_at=later)
    add(any_store, plan, 'FAILED', begun_at=START, ended_at=START)
    progress = progress_of(any_store, plan.uuid)
    assert (progress.begun_at, progress.ended_at) == (START, later)


def test_a_change_of_the_plan_or_of_an_action_is_one(any_store: Store, plan: ActionPlan) -> None:
    add(any_store, plan, 'PENDING')
    assert progress_of(any_store, plan.uuid).updated_at is None
    any_store.change_where(Action, state='ONGOING')
    first = progress_of(any_store, plan.uuid).updated_at
    any_store.change(plan, state='CANCELLING')
    second = progress_of(any_store, plan.uuid).updated_at
    assert first is not None
    assert second is not None
    assert first <= second


def test_a_plan_without_actions_has_come_nowhere(any_store: Store, plan: ActionPlan) -> None:
    progress = progress_of(any_store, plan.uuid)
    assert (progress.by_state, progress.seconds, progress.makespan, progress.begun_at) == ({}, {}, None, None)


def test_actions_of_some_states_are_found_up_to_a_number(any_store: Store, plan: ActionPlan) -> None:
    add(any_store, plan, 'ONGOING', 'CANCELLING', 'ONGOING', 'PENDING')
    progress = progress_of(any_store, plan.uuid)
    assert [row.state for row in actions_in(any_store, progress, RUNNING, 2)] == ['ONGOING', 'CANCELLING']
    assert actions_in(any_store, progress, (ActionState.FAILED,), 2) == []


def test_a_plan_that_is_gone_is_not_found(any_store: Store, plan: ActionPlan) -> None:
    any_store.remove(plan)
    with pytest.raises(NotFound, match=plan.uuid):
        progress_of(any_store, plan.uuid)
