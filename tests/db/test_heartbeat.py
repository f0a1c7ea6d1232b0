# SPDX-License-Identifier: Apache-2.0
"""A service's row tells when it was last alive."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.db.columns import now
from watcher_py.db.heartbeat import Heartbeat
from watcher_py.db.models import Service
from watcher_py.db.store import Store

NAME = 'watcher-applier'
NEVER = 3600
PATIENCE = 20


def last_seen(store: Store) -> datetime:
    moment = store.get_by(Service, name=NAME, host='cn1').last_seen_up
    assert moment is not None
    return moment


def test_a_start_leaves_a_row_that_was_just_seen(store: Store) -> None:
    before = now()
    heartbeat = Heartbeat(store, NAME, 'cn1', NEVER)
    heartbeat.start()
    heartbeat.stop()
    assert before <= last_seen(store) <= now()


def test_a_second_start_goes_on_with_the_same_row(store: Store) -> None:
    for _ in range(2):
        Heartbeat(store, NAME, 'cn1', NEVER).beat()
    assert store.count(Service) == 1


def test_a_beat_moves_the_moment_on(store: Store) -> None:
    heartbeat = Heartbeat(store, NAME, 'cn1', NEVER)
    heartbeat.beat()
    service = store.get_by(Service, name=NAME, host='cn1')
    store.change(service, last_seen_up=now() - timedelta(days=1))
    heartbeat.beat()
    assert now() - last_seen(store) < timedelta(hours=1)


def test_services_of_one_host_have_rows_of_their_own(store: Store) -> None:
    Heartbeat(store, NAME, 'cn1', NEVER).beat()
    Heartbeat(store, 'watcher-decision-engine', 'cn1', NEVER).beat()
    Heartbeat(store, NAME, 'cn2', NEVER).beat()
    assert store.count(Service) == 3


def test_starts_side_by_side_make_one_row(any_store: Store) -> None:
    at_once = Barrier(4)

    def start(_: int) -> None:
        at_once.wait(PATIENCE)
        Heartbeat(any_store, NAME, 'cn1', NEVER).beat()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))
    assert any_store.count(Service, name=NAME, host='cn1') == 1


class Flaky(Store):
    """A store whose database is away for one beat, and tells of each."""

    def __init__(self, store: Store):
        super().__init__(store._sessions)
        self.beats = 0
        self.has_beaten_again = Event()

    def change(self, row: Any, **values: Any) -> Any:
        self.beats += 1
        if self.beats == 2:
            raise Unavailable('the database is away')
        changed = super().change(row, **values)
        if self.beats > 2:
            self.has_beaten_again.set()
        return changed


def test_a_missed_beat_is_told_and_the_next_one_comes(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    flaky = Flaky(store)
    heartbeat = Heartbeat(flaky, NAME, 'cn1', 0.01)
    heartbeat.start()
    assert flaky.has_beaten_again.wait(PATIENCE)
    heartbeat.stop()
    assert 'missed a heartbeat: the database is away' in caplog.text


def test_after_a_stop_no_beat_comes(store: Store) -> None:
    flaky = Flaky(store)
    heartbeat = Heartbeat(flaky, NAME, 'cn1', 0.01)
    heartbeat.start()
    heartbeat.stop()
    beats = flaky.beats
    assert not heartbeat._thread.is_alive()
    assert flaky.beats == beats
