# SPDX-License-Identifier: Apache-2.0
"""Audits of each type are taken up and put down, by one engine at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.db import models
from watcher_py.db.lease import Leases
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.waiting import waiting

PATIENCE = 20
NOON = datetime(2026, 12, 1, 12)
MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(desk: Any, clock: Clock) -> Any:
    desk.tools = replace(desk.tools, clock=clock)
    return desk


def trigger(desk: Any, audit: models.Audit) -> None:
    desk.store.change(audit, triggered_at=NOON)
    run_audit(desk.tools, audit.uuid)


@pytest.fixture
def every_minute(desk: Any) -> models.Audit:
    """A continuous audit that is due."""
    return desk.audit(audit_type='CONTINUOUS', interval='60', next_run_time=NOON)  # type: ignore[no-any-return]


@pytest.fixture
def on_event(desk: Any) -> models.Audit:
    return desk.audit(audit_type='EVENT')  # type: ignore[no-any-return]


@pytest.fixture
def ongoing(desk: Any) -> models.ActionPlan:
    """A plan, of another audit, that is being carried out."""
    run_audit(desk.tools, desk.audit().uuid)
    plan, = desk.plans()
    return desk.store.change(plan, state='ONGOING')  # type: ignore[no-any-return]


def story(desk: Any, audit: models.Audit) -> tuple[str, str | None, datetime | None]:
    row = desk.again(audit)
    return row.state, row.hostname, row.next_run_time


def states(desk: Any) -> list[str]:
    return [plan.state for plan in desk.plans()]


def raise_(error: Exception) -> None:
    raise error


def test_an_event_audit_runs_at_each_event(desk: Any, on_event: models.Audit) -> None:
    for _ in range(3):
        trigger(desk, on_event)
        assert story(desk, on_event)[:2] == ('SUCCEEDED', 'me')
        assert desk.again(on_event).triggered_at is None
    assert states(desk) == ['RECOMMENDED'] * 3


def test_an_event_is_seen_to_once(desk: Any, on_event: models.Audit) -> None:
    trigger(desk, on_event)
    for _ in range(2):
        run_audit(desk.tools, on_event.uuid)
    assert len(desk.plans()) == 1


def test_an_event_that_comes_while_the_audit_is_claimed_waits_for_its_turn(desk: Any,
                                                                           on_event: models.Audit) -> None:
    desk.collector.before = lambda: desk.store.change(on_event, triggered_at=NOON)
    trigger(desk, on_event)
    assert desk.again(on_event).triggered_at == NOON
    assert waiting(desk.store, desk.tools.leases) == [on_event.uuid]


def test_an_event_while_a_plan_is_ongoing_is_passed_over(desk: Any, on_event: models.Audit,
                                                         ongoing: models.ActionPlan) -> None:
    trigger(desk, on_event)
    assert story(desk, on_event) == ('PENDING', None, None)
    assert waiting(desk.store, desk.tools.leases) == []
    desk.store.change(on_event, force=True)
    trigger(desk, on_event)
    assert desk.again(on_event).state == 'SUCCEEDED'


def test_an_event_at_which_nova_does_not_answer_is_not_the_last(desk: Any, on_event: models.Audit) -> None:
    desk.collector.before = lambda: raise_(Unavailable('Nova does not answer'))
    trigger(desk, on_event)
    assert desk.again(on_event).state == 'PENDING'
    assert desk.again(on_event).status_message == 'Nova does not answer'
    desk.collector.before = lambda: raise_(Invalid('the scope is wrong'))
    trigger(desk, on_event)
    assert desk.again(on_event).state == 'FAILED'


def test_a_continuous_audit_goes_on_after_its_run(desk: Any, clock: Clock,
                                                  every_minute: models.Audit) -> None:
    def look() -> None:
        assert story(desk, every_minute) == ('ONGOING', 'me', None)
        clock.moment += MINUTE / 2          # the run takes its time

    desk.collector.before = look
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('ONGOING', 'me', NOON + 1.5 * MINUTE)


def test_it_does_not_run_before_it_is_due(desk: Any, clock: Clock, every_minute: models.Audit) -> None:
    for _ in range(2):
        run_audit(desk.tools, every_minute.uuid)
    assert len(desk.plans()) == 1
    clock.moment += MINUTE
    run_audit(desk.tools, every_minute.uuid)
    assert len(desk.plans()) == 2


def test_its_newest_plan_alone_is_recommended(desk: Any, clock: Clock, every_minute: models.Audit) -> None:
    for _ in range(3):
        run_audit(desk.tools, every_minute.uuid)
        clock.moment += MINUTE
    assert states(desk) == ['CANCELLED', 'CANCELLED', 'RECOMMENDED']
    assert [action.state for action in desk.actions()] == ['CANCELLED'] * 4 + ['PENDING'] * 2
    assert desk.plans()[0].status_message == 'A newer run of the audit replaces it.'


def test_of_engines_that_find_it_due_exactly_one_runs_it(desk: Any, every_minute: models.Audit) -> None:
    at_once = Barrier(4)

    def take(number: int) -> None:
        at_once.wait(PATIENCE)
        host = f'engine-{number}'
        run_audit(replace(desk.tools, host=host, leases=Leases(desk.store, host)), every_minute.uuid)

    with ThreadPoolExecutor(4) as engines:
        list(engines.map(take, range(4)))
    assert len(desk.plans()) == 1


def test_a_run_while_a_plan_is_ongoing_is_passed_over(desk: Any, every_minute: models.Audit,
                                                      ongoing: models.ActionPlan) -> None:
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('PENDING', None, NOON + MINUTE)
    assert len(desk.plans()) == 1


def test_a_forced_one_is_not(desk: Any, every_minute: models.Audit, ongoing: models.ActionPlan) -> None:
    desk.store.change(every_minute, force=True)
    run_audit(desk.tools, every_minute.uuid)
    assert desk.again(every_minute).state == 'ONGOING'
    assert len(desk.plans()) == 2


def test_its_last_run_ends_it(desk: Any, clock: Clock, every_minute: models.Audit) -> None:
    desk.store.change(every_minute, end_time=NOON + MINUTE / 2)
    desk.collector.before = lambda: setattr(clock, 'moment', NOON + MINUTE)
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('SUCCEEDED', 'me', None)
    assert states(desk) == ['RECOMMENDED']


def test_an_error_of_its_own_fails_it(desk: Any, every_minute: models.Audit) -> None:
    desk.collector.before = lambda: raise_(Invalid('the scope is wrong'))
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('FAILED', 'me', None)
    assert desk.again(every_minute).status_message == 'the scope is wrong'


def test_what_does_not_answer_is_asked_again_next_time(desk: Any, clock: Clock,
                                                       every_minute: models.Audit) -> None:
    desk.collector.before = lambda: raise_(Unavailable('Nova does not answer'))
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('ONGOING', 'me', NOON + MINUTE)
    assert desk.again(every_minute).status_message == 'Nova does not answer'
    desk.collector.before = lambda: None
    clock.moment += MINUTE
    run_audit(desk.tools, every_minute.uuid)
    assert desk.again(every_minute).status_message is None
    assert states(desk) == ['RECOMMENDED']


def test_one_that_was_cancelled_meanwhile_leaves_its_older_plan(desk: Any, clock: Clock,
                                                                every_minute: models.Audit) -> None:
    run_audit(desk.tools, every_minute.uuid)
    clock.moment += MINUTE
    desk.collector.before = lambda: desk.store.claim(every_minute, 'ONGOING', 'CANCELLED')
    run_audit(desk.tools, every_minute.uuid)
    assert states(desk) == ['RECOMMENDED']
    assert desk.again(every_minute).state == 'CANCELLED'


@pytest.mark.parametrize('error', [None, Invalid('the scope is wrong'), Unavailable('Nova is away')])
def test_one_that_was_suspended_meanwhile_can_be_resumed(desk: Any, clock: Clock, every_minute: models.Audit,
                                                         error: Exception | None) -> None:
    def suspend() -> None:
        desk.store.claim(every_minute, 'ONGOING', 'SUSPENDED')
        if error:
            raise error

    desk.collector.before = suspend
    run_audit(desk.tools, every_minute.uuid)
    assert story(desk, every_minute) == ('SUSPENDED', 'me', NOON + MINUTE)
    clock.moment += MINUTE
    run_audit(desk.tools, every_minute.uuid)
    assert desk.plans() == []
    desk.store.claim(every_minute, 'SUSPENDED', 'ONGOING')
    desk.collector.before = lambda: None
    run_audit(desk.tools, every_minute.uuid)
    assert states(desk) == ['RECOMMENDED']


def test_an_interval_that_changed_meanwhile_counts(desk: Any, every_minute: models.Audit) -> None:
    desk.collector.before = lambda: desk.store.change(every_minute, interval='600')
    run_audit(desk.tools, every_minute.uuid)
    assert desk.again(every_minute).next_run_time == NOON + 10 * MINUTE
