# SPDX-License-Identifier: Apache-2.0
"""A transaction that lost against another is run again; one that cannot be told plainly why."""

import sqlite3

import pytest
from oslo_db.exception import DBConnectionError, DBDeadlock
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from watcher_py.core.errors import Conflict, Unavailable
from watcher_py.db import transaction
from watcher_py.db.models import Action, ActionPlan, Goal
from watcher_py.db.session import connect_url

LOCKED = OperationalError('INSERT', {}, sqlite3.OperationalError('database is locked'))


class Failing:
    """Work that fails so many times before it succeeds."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.runs = error, times, 0

    def __call__(self, session: object) -> str:
        self.runs += 1
        if self.runs <= self.times:
            raise self.error
        return 'done'


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(transaction, 'FIRST_PAUSE', 0)
    monkeypatch.setattr(transaction, 'LONGEST_PAUSE', 0)


@pytest.fixture
def sessions():
    return connect_url('sqlite://')


@pytest.mark.parametrize('error', [DBDeadlock(), LOCKED])
def test_a_lost_transaction_is_run_again(sessions, error):
    work = Failing(error, times=3)
    assert transaction.write(sessions, work, 'audit x') == 'done'
    assert work.runs == 4


def test_a_transaction_that_always_loses_is_given_up(sessions):
    with pytest.raises(Unavailable, match='audit x'):
        transaction.write(sessions, Failing(DBDeadlock(), times=1000), 'audit x')


def test_after_a_broken_connection_a_question_is_asked_again_and_a_deed_is_not(sessions):
    assert transaction.read(sessions, Failing(DBConnectionError(), times=1)) == 'done'
    deed = Failing(DBConnectionError(), times=1)
    with pytest.raises(Unavailable):
        transaction.write(sessions, deed, 'audit x')
    assert deed.runs == 1


def test_a_postgresql_that_is_just_started_is_asked_again(sessions):
    """Its driver's word for it is unknown to oslo.db, which knows that of MariaDB's."""
    with pytest.raises(OperationalError) as refused:
        create_engine('postgresql+psycopg://root@127.0.0.1:1/watcher').connect()
    assert transaction.read(sessions, Failing(refused.value, times=1)) == 'done'
    with pytest.raises(Unavailable):
        transaction.write(sessions, Failing(refused.value, times=1), 'audit x')


def test_missing_tables_are_told_in_one_sentence(sessions):
    with pytest.raises(Unavailable, match='no such table') as caught:
        transaction.read(sessions, lambda session: session.get(Goal, 1))
    assert '\n' not in str(caught.value)


def test_rows_of_a_lost_transaction_are_stored_by_the_next(seed, monkeypatch):
    """What the first attempt numbered is numbered anew."""
    template = seed.plan()
    plan = ActionPlan(audit_id=template.audit_id, strategy_id=template.strategy_id, state='RECOMMENDED')
    actions = [Action(action_plan=plan, action_type='nop', state='PENDING') for _ in range(3)]
    attempts = []

    def add(session):
        session.add_all([plan, *actions])
        session.flush()
        attempts.append(plan.id)
        if len(attempts) == 1:
            raise DBDeadlock
        return [action.action_plan_id for action in actions]

    assert transaction.write(seed.store._sessions, add, 'plan') == [plan.id] * 3
    assert len(attempts) == 2


def test_a_row_that_refers_to_nothing_is_a_conflict(store):
    with pytest.raises(Conflict, match='action refers to something that is not there'):
        store.add(Action(action_plan_id=9, action_type='nop', state='PENDING'))
