# SPDX-License-Identifier: Apache-2.0
"""What is to run is handed out, by whichever engine is there."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from watcher_py.db import models
from watcher_py.engine.intervals import Rhythm
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.timetable import Timetable

NOON = datetime(2026, 12, 1, 12)
MINUTE = timedelta(minutes=1)


@dataclass
class Engine:
    """Looks at the timetable, and carries out at once what it is handed."""

    desk: Any
    host: str = 'me'
    moment: datetime = NOON
    handed: list[str] = field(default_factory=list)

    def look(self, at: datetime) -> float | None:
        self.moment = at
        clock = lambda: self.moment  # noqa: E731
        tools = replace(self.desk.tools, host=self.host, clock=clock)

        def carry_out(uuid: str) -> None:
            self.handed.append(uuid)
            run_audit(tools, uuid)

        return Timetable(self.desk.store, tools.rhythm, carry_out, clock).look()


@pytest.fixture
def engine(desk: Any) -> Engine:
    return Engine(desk)


def every(desk: Any, interval: str, **values: Any) -> models.Audit:
    return desk.audit(audit_type='CONTINUOUS', interval=interval, **values)  # type: ignore[no-any-return]


def test_an_audit_by_seconds_runs_at_once_and_then_after_each_interval(desk: Any, engine: Engine) -> None:
    audit = every(desk, '60')
    for seconds, plans in ((0, 1), (30, 1), (60, 2), (70, 2), (119, 2), (125, 3)):
        engine.look(NOON + timedelta(seconds=seconds))
        assert len(desk.plans()) == plans, seconds
    assert desk.again(audit).state == 'ONGOING'
    assert desk.again(audit).next_run_time == NOON + timedelta(seconds=185)


def test_an_audit_by_cron_waits_for_its_first_match(desk: Any, engine: Engine) -> None:
    audit = every(desk, '30 * * * *')
    engine.look(NOON)
    assert (desk.again(audit).state, desk.again(audit).next_run_time) == ('PENDING', NOON + 30 * MINUTE)
    engine.look(NOON + 31 * MINUTE)
    assert desk.again(audit).next_run_time == NOON + 90 * MINUTE
    assert len(desk.plans()) == 1


def test_a_look_tells_when_the_next_run_comes(desk: Any, engine: Engine) -> None:
    assert engine.look(NOON) is None
    every(desk, '30 * * * *')
    assert engine.look(NOON) == 30 * 60
    every(desk, '90')
    engine.look(NOON)
    assert engine.look(NOON + timedelta(seconds=80)) == 10


def test_nothing_runs_before_the_start(desk: Any, engine: Engine) -> None:
    audit = every(desk, '60', start_time=NOON + 5 * MINUTE)
    engine.look(NOON)
    assert (desk.again(audit).state, desk.again(audit).next_run_time) == ('PENDING', NOON + 5 * MINUTE)
    assert engine.handed == []
    engine.look(NOON + 5 * MINUTE)
    assert engine.handed == [audit.uuid]


@pytest.mark.parametrize('state', ['PENDING', 'ONGOING'])
def test_after_the_end_it_has_succeeded(desk: Any, engine: Engine, state: str) -> None:
    audit = every(desk, '60', end_time=NOON, state=state, next_run_time=NOON - MINUTE)
    engine.look(NOON)
    ended = desk.again(audit)
    assert (ended.state, ended.next_run_time, ended.status_message) == ('SUCCEEDED', None, None)
    assert engine.handed == []


def test_an_interval_without_a_moment_to_come_ends_it_and_says_so(desk: Any, engine: Engine) -> None:
    audit = every(desk, '0 0 1 1 * 0 2020')
    engine.look(NOON)
    assert desk.again(audit).state == 'SUCCEEDED'
    assert desk.again(audit).status_message == 'Its interval names no moment that is still to come.'


def test_the_last_moment_of_an_interval_is_not_missed(desk: Any, engine: Engine) -> None:
    audit = every(desk, '5 12 1 12 * 0 2026')
    engine.look(NOON)
    engine.look(NOON + 6 * MINUTE)
    assert engine.handed == [audit.uuid]
    assert desk.again(audit).state == 'SUCCEEDED'


@pytest.mark.parametrize('state', ['SUSPENDED', 'CANCELLED', 'FAILED', 'SUCCEEDED'])
def test_an_audit_that_pauses_or_is_over_does_not_run(desk: Any, engine: Engine, state: str) -> None:
    every(desk, '60', state=state, next_run_time=NOON)
    engine.look(NOON + MINUTE)
    assert engine.handed == []


def test_engines_share_what_is_due(desk: Any) -> None:
    audit = every(desk, '60')
    for number, host in enumerate(('one', 'two', 'one')):
        Engine(desk, host).look(NOON + number * MINUTE)
        assert desk.again(audit).hostname == host
    assert len(desk.plans()) == 3


def test_what_an_engine_runs_is_not_handed_out(desk: Any, engine: Engine) -> None:
    every(desk, '60', state='ONGOING', hostname='other')
    engine.look(NOON + MINUTE)
    assert engine.handed == []


def test_of_the_runs_that_were_missed_one_is_made_up_for(desk: Any, engine: Engine) -> None:
    by_seconds, by_cron = every(desk, '60'), every(desk, '* * * * *')
    for minutes in (0, 1):
        engine.look(NOON + minutes * MINUTE)
    engine.handed.clear()
    for seconds in (0, 5, 10):
        engine.look(NOON + 60.5 * MINUTE + timedelta(seconds=seconds))
    assert sorted(engine.handed) == sorted([by_seconds.uuid, by_cron.uuid])
    assert desk.again(by_seconds).next_run_time == NOON + 61.5 * MINUTE
    assert desk.again(by_cron).next_run_time == NOON + 61 * MINUTE


def test_jitter_delays_a_run_and_a_restart_does_not_change_it(desk: Any, engine: Engine) -> None:
    desk.tools = replace(desk.tools, rhythm=Rhythm(jitter=40))
    audit = every(desk, '*/5 * * * *')
    engine.look(NOON + MINUTE)
    due = desk.again(audit).next_run_time
    assert NOON + 5 * MINUTE < due < NOON + 5 * MINUTE + timedelta(seconds=40)
    Engine(desk, 'other').look(due - timedelta(seconds=1))
    assert desk.plans() == []
    Engine(desk, 'other').look(due)
    assert len(desk.plans()) == 1


def test_an_audit_that_is_timed_anew_runs_by_its_new_interval(desk: Any, engine: Engine) -> None:
    audit = every(desk, '3600')
    engine.look(NOON)
    desk.store.change(audit, interval='60', next_run_time=None, hostname=None)
    for number in (1, 2):
        engine.look(NOON + number * MINUTE)
    assert len(engine.handed) == 3


def test_a_due_audit_is_handed_out_over_any_database(any_store: Any) -> None:
    goal = models.Goal(name='dummy', display_name='Dummy')
    any_store.add(goal)
    moment = NOON + timedelta(microseconds=123456)
    any_store.add(models.Audit(name='at', audit_type='CONTINUOUS', state='PENDING', interval='60',
                               goal_id=goal.id))
    handed: list[str] = []
    Timetable(any_store, Rhythm(), handed.append, lambda: moment).look()
    audit = any_store.get(models.Audit, handed[0])
    assert audit.next_run_time == moment
    is_due = models.Audit.next_run_time == moment
    assert any_store.claim(audit, 'PENDING', 'ONGOING', is_due, next_run_time=None, hostname='me')
    assert not any_store.claim(audit, 'ONGOING', 'ONGOING', is_due, next_run_time=None, hostname='you')
