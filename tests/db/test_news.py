# SPDX-License-Identifier: Apache-2.0
"""A listener hears what became of audits, plans and actions, and only once it is stored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event

from tests.db.conftest import Seed
from watcher_py.core.errors import Conflict, NotFound
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Model
from watcher_py.db.session import engine_of
from watcher_py.db.store import Store

PATIENCE = 30


@dataclass
class Notes:
    """Hears, and writes down."""

    heard: list[tuple[str, str, Any]] = field(default_factory=list)     # what happened, to what, its states
    rows: list[Any] = field(default_factory=list)

    def added(self, row: Model) -> None:
        self._note('added', row, self._state(row))

    def changed(self, row: Model, before: str) -> None:
        self._note('changed', row, (before, self._state(row)))

    def removed(self, row: Model) -> None:
        self._note('removed', row, self._state(row))

    def forget(self) -> None:
        self.heard.clear()
        self.rows.clear()

    def _note(self, what: str, row: Model, states: Any) -> None:
        self.heard.append((what, row.noun(), states))
        self.rows.append(row)

    def _state(self, row: Any) -> str:
        return str(row.state)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def told(any_store: Store, notes: Notes) -> Store:
    """A store on the same rows, with a listener."""
    return Store(any_store._sessions, notes)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    event.listen(engine_of(store._sessions), 'before_cursor_execute', note)
    yield found
    event.remove(engine_of(store._sessions), 'before_cursor_execute', note)


def test_new_rows_are_heard_of_in_their_order(told: Store, notes: Notes) -> None:
    Seed(told).plan(actions=2)
    assert [heard[:2] for heard in notes.heard] == [
        ('added', 'audit'), ('added', 'action plan'), ('added', 'action'), ('added', 'action')]


def test_goals_and_strategies_are_no_news(told: Store, notes: Notes) -> None:
    strategy = Seed(told).strategy()
    told.change(strategy, display_name='Other')
    told.remove(strategy)
    assert notes.heard == []


def test_a_change_tells_what_was_and_what_is(told: Store, any_seed: Seed, notes: Notes) -> None:
    audit = any_seed.audit()
    told.change(audit, interval='60')
    told.claim(audit, 'PENDING', 'ONGOING', hostname='me')
    assert notes.heard == [('changed', 'audit', ('PENDING', 'PENDING')),
                           ('changed', 'audit', ('PENDING', 'ONGOING'))]
    assert (notes.rows[0].interval, notes.rows[1].hostname) == ('60', 'me')


@pytest.mark.parametrize('state', ['ONGOING', 'CANCELLING'])
def test_of_several_states_the_one_that_was_is_told(told: Store, any_seed: Seed, notes: Notes,
                                                    state: str) -> None:
    plan = any_seed.plan()
    any_seed.store.change(plan, state=state)
    assert told.claim(plan, {'CANCELLING', 'ONGOING', 'PENDING'}, 'FAILED')
    assert notes.heard == [('changed', 'action plan', (state, 'FAILED'))]


def test_a_claim_that_another_one_won_is_no_news(told: Store, any_seed: Seed, notes: Notes) -> None:
    assert not told.claim(any_seed.audit(), 'ONGOING', 'SUCCEEDED')
    assert notes.heard == []


def test_of_many_that_claim_at_once_one_is_heard_of(told: Store, any_seed: Seed, notes: Notes) -> None:
    audit, together = any_seed.audit(), Barrier(6)

    def claim(number: int) -> bool:
        together.wait(PATIENCE)
        return told.claim(audit, ('PENDING', 'SUSPENDED'), 'ONGOING')

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(claim, range(6))) == 1
    assert notes.heard == [('changed', 'audit', ('PENDING', 'ONGOING'))]


def test_what_a_claim_adds_is_heard_of_before_the_claim(told: Store, any_seed: Seed, notes: Notes) -> None:
    audit, strategy = any_seed.audit(state='ONGOING'), any_seed.strategy()
    plan = ActionPlan(audit_id=audit.id, strategy_id=strategy.id, state='RECOMMENDED')
    action = Action(action_plan=plan, action_type='nop', state='PENDING')
    told.claim(audit, 'ONGOING', 'SUCCEEDED', adding=[plan, action])
    assert notes.heard == [('added', 'action plan', 'RECOMMENDED'), ('added', 'action', 'PENDING'),
                           ('changed', 'audit', ('ONGOING', 'SUCCEEDED'))]


def test_what_was_not_stored_is_no_news(told: Store, any_seed: Seed, notes: Notes) -> None:
    goal = any_seed.audit().goal
    twin = Audit(name='nightly', audit_type='ONESHOT', state='PENDING', goal_id=goal.id)
    with pytest.raises(Conflict):
        told.add(twin)
    assert notes.heard == []


def test_of_a_bulk_change_each_row_is_heard_of_once(told: Store, any_seed: Seed, notes: Notes) -> None:
    plan = any_seed.plan(actions=3)
    last = any_seed.store.find(Action)[-1]
    any_seed.store.change(last, state='ONGOING')
    told.change_where(Action, Action.action_plan_id == plan.id, Action.state.in_(['PENDING', 'ONGOING']),
                      state='CANCELLED', status_message='why')
    assert notes.heard == [('changed', 'action', (before, 'CANCELLED'))
                           for before in ('PENDING', 'PENDING', 'ONGOING')]
    assert {row.status_message for row in notes.rows} == {'why'}


def test_a_bulk_change_of_many_rows_needs_no_more_statements(told: Store, any_seed: Seed) -> None:
    plan = any_seed.plan(actions=2)
    numbers = []
    for more in (0, 400):
        any_seed.store.add(*(Action(action_plan_id=plan.id, action_type='nop', state='PENDING')
                             for _ in range(more)))
        with statements(told) as found:
            told.change_where(Action, Action.action_plan_id == plan.id, state='PENDING')
        numbers.append(len(found))
    assert numbers[0] == numbers[1]


def test_a_removed_plan_is_heard_of_after_its_actions(told: Store, any_seed: Seed, notes: Notes) -> None:
    plan = any_seed.plan()
    told.remove(plan)
    assert notes.heard == [('removed', 'action', 'DELETED')] * 2 + [('removed', 'action plan', 'DELETED')]
    assert all(row.deleted_at for row in notes.rows)
    notes.forget()
    with pytest.raises(NotFound):
        told.remove(plan)
    assert notes.heard == []


def test_rows_come_with_all_that_they_refer_to(told: Store, any_seed: Seed, notes: Notes) -> None:
    plan = any_seed.plan(actions=1)
    told.change_where(Action, Action.action_plan_id == plan.id, state='ONGOING')
    row, = notes.rows
    assert (row.action_plan.audit.name, row.action_plan.strategy.goal.name) == ('nightly', 'goal of dummy')


def test_without_a_listener_nothing_is_asked_for_its_sake(store: Store) -> None:
    audit = Seed(store).audit()
    with statements(store) as found:
        store.claim(audit, 'PENDING', 'ONGOING')
    assert len(found) == 2          # BEGIN, and the change
    assert store.count(Goal) == 1
