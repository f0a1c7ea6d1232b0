# SPDX-License-Identifier: Apache-2.0
"""What is to be written is written once, however often the database goes away meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import pytest
from oslo_db.exception import DBError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from watcher_py.core.errors import Conflict, Unavailable
from watcher_py.db import insist as module
from watcher_py.db.insist import insist, patiently
from watcher_py.db.models import Audit
from watcher_py.db.session import engine_of
from watcher_py.db.store import Store

AWAY = Unavailable('the database did not take audit nightly: it is away')
PATIENCE = 20


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PAUSE', 0.001)


class Told:
    """Says, or raises, one after the other."""

    def __init__(self, *answers: bool | Exception):
        self._answers: Iterator[bool | Exception] = iter(answers)

    def __call__(self) -> bool:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(('writes', 'looks', 'is_ours'), [
    ([True], [], True),
    ([False], [], False),
    ([AWAY], [True], True),                             # the answer was lost
    ([AWAY, True], [False], True),                      # the write was
    ([AWAY, AWAY, AWAY, True], [AWAY, False, AWAY, False, False], True),
    ([AWAY, AWAY], [False, True], True),
    ([AWAY, False], [False, False], False),             # another one was quicker
    ([AWAY, False], [False, True], True)])              # the first write came through after the look
def test_a_write_whose_answer_is_lost_is_looked_up_and_tried_again(
        writes: list[Any], looks: list[Any], is_ours: bool) -> None:
    assert insist(Told(*writes), Told(*looks), Event()) is is_ours


def test_what_the_database_refuses_is_not_tried_again() -> None:
    with pytest.raises(Conflict):
        insist(Told(AWAY, Conflict('taken')), Told(False), Event())


def test_who_stops_does_not_wait_for_the_database() -> None:
    stopped = Event()
    stopped.set()
    for ask in (lambda: insist(Told(AWAY), Told(), stopped), lambda: patiently(Told(AWAY), stopped)):
        with pytest.raises(Unavailable, match='it is away'):
            ask()


def test_who_is_told_to_stop_while_it_waits_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PAUSE', 3600)
    stopped, ended = Event(), Event()

    def wait() -> None:
        with pytest.raises(Unavailable):
            patiently(Told(AWAY), stopped)
        ended.set()

    Thread(target=wait).start()
    stopped.set()
    assert ended.wait(PATIENCE)


KILLS = {
    'mysql': 'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id != CONNECTION_ID()',
    'postgresql': 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                  'WHERE datname = current_database() AND pid != pg_backend_pid()'}


def cut_off(store: Store) -> None:
    """End all connections to the store's database, as its restart does."""
    engine = engine_of(store._sessions)
    if engine.dialect.name == 'sqlite':
        return
    with engine.connect() as connection:
        rows = connection.execute(text(KILLS[engine.dialect.name])).all()
        if engine.dialect.name == 'mysql':
            for row in rows:
                connection.execute(text(f'KILL CONNECTION {row[0]}'))


def test_connections_that_are_cut_at_any_moment_lose_and_double_nothing(any_seed: Any,
                                                                        any_store: Store) -> None:
    rows, ended = [any_seed.audit(f'audit {number}', state='PENDING') for number in range(3)], Event()
    rounds = 15

    def cut() -> None:
        while not ended.wait(0.01):
            _once_more(lambda: cut_off(any_store))

    cutter = Thread(target=cut)
    cutter.start()
    try:
        for number in range(rounds):
            for row in rows:
                assert take(any_store, row, number)
    finally:
        ended.set()
        cutter.join()
    assert [any_store.get(Audit, row.id).fence for row in rows] == [rounds] * len(rows)


def take(store: Store, row: Audit, number: int) -> bool:
    """Raise the audit's number by one, as a claim does."""
    def write() -> bool:
        return store.claim(row, 'PENDING', 'PENDING', Audit.fence == number, fence=number + 1)

    def is_written() -> bool:
        return bool(store.count(Audit, id=row.id, fence=number + 1))

    return insist(write, is_written, Event())


def _once_more(deed: Callable[[], None]) -> None:
    """The one who cuts may be cut off, too."""
    with suppress(SQLAlchemyError, DBError):
        deed()
