# SPDX-License-Identifier: Apache-2.0
"""Engines die, lose the database and stop: what they were at is carried out once, by another one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.db import insist, models
from watcher_py.db.columns import now
from watcher_py.db.lease import Leases
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.tools import Tools
from watcher_py.engine.waiting import waiting

NOON = now() - timedelta(hours=1)
ANY_TYPE = pytest.mark.parametrize('values', [
    {'audit_type': 'ONESHOT'}, {'audit_type': 'EVENT', 'triggered_at': NOON},
    {'audit_type': 'CONTINUOUS', 'interval': '3600', 'next_run_time': NOON}],
    ids=lambda each: each['audit_type'])
ENDED = {'ONESHOT': 'SUCCEEDED', 'EVENT': 'SUCCEEDED', 'CONTINUOUS': 'ONGOING'}


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def die() -> None:
    raise Killed


def engine(desk: Any, host: str, seconds_ahead: float = 0) -> Tools:
    """Another one, at a later time."""
    leases = Leases(desk.store, host, clock=lambda: now() + timedelta(seconds=seconds_ahead))
    return replace(desk.tools, host=host, leases=leases)


def killed_during(desk: Any, tools: Tools, audit: models.Audit) -> None:
    desk.collector.before = die
    with suppress(Killed):
        run_audit(tools, audit.uuid)
    desk.collector.before = lambda: None


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insist, 'PAUSE', 0.001)


@ANY_TYPE
def test_what_a_dead_engine_left_is_carried_out_once_its_lease_is_over(desk: Any,
                                                                       values: dict[str, Any]) -> None:
    audit = desk.audit(**values)
    killed_during(desk, desk.tools, audit)
    assert desk.again(audit).state == 'ONGOING'
    early, late = engine(desk, 'early', 14), engine(desk, 'late', 16)
    assert waiting(desk.store, early.leases) == []
    run_audit(early, audit.uuid)
    assert desk.plans() == []
    assert waiting(desk.store, late.leases) == [audit.uuid]
    run_audit(late, audit.uuid)
    assert (desk.again(audit).state, desk.again(audit).hostname) == (ENDED[audit.audit_type], 'late')
    assert len(desk.plans()) == 1
    assert waiting(desk.store, engine(desk, 'later', 60).leases) == []
    assert late.leases.taken_over == 1


@ANY_TYPE
def test_an_engine_that_was_taken_for_dead_stores_nothing(desk: Any, values: dict[str, Any]) -> None:
    audit = desk.audit(**values)

    def sleep_long() -> None:
        desk.collector.before = lambda: None
        run_audit(engine(desk, 'other', 16), audit.uuid)

    desk.collector.before = sleep_long
    run_audit(desk.tools, audit.uuid)
    ended = desk.again(audit)
    assert (ended.state, ended.hostname, len(desk.plans())) == (ENDED[audit.audit_type], 'other', 1)


@ANY_TYPE
@pytest.mark.parametrize('error', [None, Unavailable('Nova is away')])
@pytest.mark.parametrize('is_known', [True, False])
def test_one_whose_audit_another_carries_out_by_now_lets_go(
        desk: Any, caplog: pytest.LogCaptureFixture, values: dict[str, Any], error: Exception | None,
        is_known: bool) -> None:
    audit = desk.audit(**values)

    def lose() -> None:
        other = engine(desk, 'other', 16).leases
        other.take_over(desk.again(audit))
        if is_known:
            desk.tools.leases.renew()
        if error:
            raise error

    desk.collector.before = lose
    run_audit(desk.tools, audit.uuid)
    row = desk.again(audit)
    assert (row.state, row.status_message, row.next_run_time) == ('ONGOING', None, None)
    assert row.owner.startswith('other')
    assert desk.plans() == []
    assert ('let go' in caplog.text) is is_known


def test_an_audit_that_takes_engines_down_is_given_up(desk: Any) -> None:
    audit = desk.audit()
    for number in range(4):
        killed_during(desk, engine(desk, f'engine-{number}', 16 * number), audit)
        assert desk.again(audit).state == 'ONGOING'
    last = engine(desk, 'engine-4', 64)
    assert waiting(desk.store, last.leases) == [audit.uuid]
    run_audit(last, audit.uuid)
    assert desk.again(audit).state == 'FAILED'
    assert desk.again(audit).status_message == (
        'Given up: 4 times a decision engine went away while it carried the audit out, at last on engine-3.')
    assert (desk.plans(), last.leases.holds) == ([], [])


def test_a_continuous_one_is_forgiven_with_each_run_that_ends(desk: Any) -> None:
    audit = desk.audit(audit_type='CONTINUOUS', interval='3600', next_run_time=NOON)
    for number in range(3):
        killed_during(desk, engine(desk, 'e', 16 * number), audit)
    run_audit(engine(desk, 'e', 48), audit.uuid)
    assert desk.again(audit).takeovers == 3
    desk.store.change(audit, next_run_time=NOON)
    run_audit(desk.tools, audit.uuid)
    assert (desk.again(audit).takeovers, len(desk.plans())) == (0, 2)


def test_one_that_was_suspended_in_its_run_is_carried_out_when_it_is_resumed(desk: Any) -> None:
    audit = desk.audit()
    desk.collector.before = lambda: desk.store.claim(audit, 'ONGOING', 'SUSPENDED')
    run_audit(desk.tools, audit.uuid)
    assert waiting(desk.store, desk.tools.leases) == []
    desk.collector.before = lambda: None
    desk.store.claim(audit, 'SUSPENDED', 'ONGOING')
    assert waiting(desk.store, desk.tools.leases) == [audit.uuid]
    run_audit(desk.tools, audit.uuid)
    assert (desk.again(audit).state, len(desk.plans())) == ('SUCCEEDED', 1)


def fails(store: Any, name: str, is_done: bool, from_call: int = 0, times: int = 3) -> None:
    """Calls of the store find the database away, or are done though their answer is lost."""
    method: Callable[..., Any] = getattr(store, name)
    calls: list[str] = []

    def call(*given: Any, **values: Any) -> Any:
        calls.append(name)
        is_away = from_call < len(calls) <= from_call + times
        if is_away and is_done:
            method(*given, **values)
        if is_away:
            raise Unavailable('the database did not take it: it is away')
        return method(*given, **values)

    setattr(store, name, call)


@ANY_TYPE
@pytest.mark.parametrize('is_done', [True, False])
@pytest.mark.parametrize('from_call', [0, 1])       # the claim, the end
def test_an_answer_of_the_database_that_is_lost_changes_nothing(desk: Any, values: dict[str, Any],
                                                                is_done: bool, from_call: int) -> None:
    audit = desk.audit(auto_trigger=True, **values)
    fails(desk.store, 'claim', is_done, from_call, times=1)
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == ENDED[audit.audit_type]
    plan, = desk.plans()
    assert (plan.state, desk.applier.launched) == ('PENDING', [plan.uuid])
    assert len(desk.actions()) == 2


@pytest.mark.parametrize('name', ['claim', 'get_by', 'count'])
def test_a_database_that_is_away_for_a_while_is_outlasted(desk: Any, name: str) -> None:
    audit = desk.audit()
    desk.collector.before = lambda: fails(desk.store, name, is_done=False)
    run_audit(desk.tools, audit.uuid)
    assert (desk.again(audit).state, len(desk.plans())) == ('SUCCEEDED', 1)


def test_a_failure_is_stored_when_the_database_is_back(desk: Any) -> None:
    audit = desk.audit()

    def fail() -> None:
        fails(desk.store, 'claim', is_done=True)
        raise Unavailable('Nova does not answer')

    desk.collector.before = fail
    run_audit(desk.tools, audit.uuid)
    assert (desk.again(audit).state, desk.again(audit).status_message) == ('FAILED', 'Nova does not answer')


def test_an_engine_that_stops_meanwhile_leaves_the_audit_to_another(desk: Any) -> None:
    audit = desk.audit()

    def stop() -> None:
        desk.tools.stopped.set()
        fails(desk.store, 'get_by', is_done=False, times=1)

    desk.collector.before = stop
    run_audit(desk.tools, audit.uuid)
    assert (desk.again(audit).state, desk.plans()) == ('ONGOING', [])
    desk.collector.before = lambda: None
    run_audit(engine(desk, 'other', 16), audit.uuid)
    assert (desk.again(audit).state, len(desk.plans())) == ('SUCCEEDED', 1)
