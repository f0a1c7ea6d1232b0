# SPDX-License-Identifier: Apache-2.0
"""Engines come and go, some of them without a word: a continuous audit runs on, one run at a time."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from tests.engine.conftest import FixedCollector
from watcher_py.db.columns import now
from watcher_py.db.lease import Leases
from watcher_py.db.models import Audit
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.timetable import Timetable
from watcher_py.engine.waiting import waiting

PATIENCE = 60
SPEED = 20          # seconds of the timetable in a second
BEGUN, ZERO = now(), time.monotonic()


def clock() -> datetime:
    return BEGUN + timedelta(seconds=SPEED * (time.monotonic() - ZERO))


class Killed(BaseException):
    """The process is gone."""


class Log:
    """How many runs there are at once, and how many were carried to their end."""

    def __init__(self) -> None:
        self.now_running = self.most_at_once = self.ended = 0
        self._lock = Lock()

    def begin(self) -> None:
        with self._lock:
            self.now_running += 1
            self.most_at_once = max(self.most_at_once, self.now_running)

    def end(self, is_whole: bool) -> None:
        with self._lock:
            self.now_running -= 1
            self.ended += is_whole


class Engine:
    """Looks and carries out what it finds, in a thread of its own."""

    def __init__(self, desk: Any, host: str, log: Log):
        self._log, self._stopped, self._killed, self._begun = log, Event(), Event(), False
        self._leases = Leases(desk.store, host, 3600)
        self._tools = replace(desk.tools, host=host, leases=self._leases, clock=clock,
                              collector=FixedCollector(before=self._read_the_cloud))
        self._timetable = Timetable(desk.store, self._tools.rhythm, self._carry_out, clock)
        self._thread = Thread(target=self._go_on)
        self._leases.start()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(PATIENCE)
        self._leases.stop()

    def kill(self) -> None:
        """In the middle of its next run; nothing is given back, but its lease is soon over."""
        self._killed.set()
        self._thread.join(PATIENCE)
        self._leases._stopped.set()
        self._tools.store.touch(Audit, Audit.owner == self._leases.owner, leased_until=BEGUN)

    def _go_on(self) -> None:
        try:
            while not self._stopped.wait(0.005):
                self._timetable.look()
                for uuid in waiting(self._tools.store, self._leases):
                    self._carry_out(uuid)
        except Killed:
            return

    def _carry_out(self, uuid: str) -> None:
        self._begun, is_whole = False, False
        try:
            run_audit(self._tools, uuid)
            is_whole = True
        finally:
            if self._begun:
                self._log.end(is_whole)

    def _read_the_cloud(self) -> None:
        self._begun = True
        self._log.begin()
        if self._killed.is_set():
            raise Killed


def eventually(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, 'it never came'
        time.sleep(0.01)


def test_no_run_is_lost_or_doubled_while_engines_come_and_go(desk: Any) -> None:
    audit, log = desk.audit(audit_type='CONTINUOUS', interval='1'), Log()
    engines = [Engine(desk, 'one', log), Engine(desk, 'two', log)]
    for number, how in enumerate((Engine.stop, Engine.kill, Engine.stop, Engine.kill)):
        before = log.ended
        eventually(lambda least=before + 2: log.ended >= least)     # type: ignore[misc]
        how(engines.pop(0))
        engines.append(Engine(desk, f'new {number}', log))
    before = log.ended
    eventually(lambda: log.ended >= before + 2)
    for engine in engines:
        engine.stop()
    assert log.most_at_once == 1
    assert len(desk.plans()) == log.ended
    ended = desk.again(audit)
    assert (ended.state, ended.next_run_time is not None) == ('ONGOING', True)
    assert [plan.state for plan in desk.plans()] == ['CANCELLED'] * (log.ended - 1) + ['RECOMMENDED']
