# SPDX-License-Identifier: Apache-2.0
"""What is done over and over."""

from queue import Queue
from threading import enumerate as threads
from uuid import uuid4

import pytest

from watcher_py.bus.rounds import Rounds
from watcher_py.core.errors import Unavailable

PATIENCE = 20


def test_the_deed_is_done_again_and_again_until_stop() -> None:
    done: Queue[str] = Queue()
    name = f'rounds {uuid4()}'
    rounds = Rounds(name, 0.001, lambda: done.put('once more'))
    rounds.start()
    for _ in range(3):
        done.get(timeout=PATIENCE)
    rounds.stop()
    assert name not in [thread.name for thread in threads()]


def test_a_deed_may_ask_to_be_done_again_sooner() -> None:
    done: Queue[str] = Queue()

    def do() -> float:
        done.put('once more')
        return 0.001

    rounds = Rounds('test', 3600, do)
    rounds.start()
    for _ in range(3):
        done.get(timeout=PATIENCE)
    rounds.stop()


def test_who_is_in_a_hurry_need_not_wait() -> None:
    done: Queue[str] = Queue()
    rounds = Rounds('test', 3600, lambda: done.put('once more'))
    rounds.start()
    for _ in range(3):
        done.get(timeout=PATIENCE)
        rounds.hurry()
    rounds.stop()


def test_a_failure_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    done: Queue[str] = Queue()

    def fail_first() -> None:
        done.put('tried')
        if 'late' not in caplog.text:
            raise Unavailable('the database is away')

    rounds = Rounds('timetable', 0.001, fail_first)
    rounds.start()
    for _ in range(2):
        done.get(timeout=PATIENCE)
    rounds.stop()
    assert 'The timetable is late: the database is away' in caplog.text


def test_a_stop_before_the_start_is_no_harm() -> None:
    Rounds('test', 1, lambda: None).stop()
