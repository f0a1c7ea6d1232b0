# SPDX-License-Identifier: Apache-2.0
"""Being asked often costs one question, and a question that hangs holds nobody up."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.monitor.fresh import Fresh


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate() -> Iterator[Event]:
    gate = Event()
    yield gate
    gate.set()


def test_an_answer_is_kept_for_a_while_and_then_asked_for_anew(clock: Clock) -> None:
    answers = iter(range(10))
    fresh = Fresh('it', lambda: next(answers), kept=5.0, clock=clock)
    assert [fresh(), fresh()] == [0, 0]
    clock.now += 4.9
    assert fresh() == 0
    clock.now += 0.2
    assert fresh() == 1


def test_an_error_is_raised_and_kept_like_an_answer(clock: Clock) -> None:
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        raise Unavailable('the database does not answer')

    fresh = Fresh('it', ask, clock=clock)
    for _ in range(3):
        with pytest.raises(Unavailable, match='the database does not answer'):
            fresh()
    assert len(asked) == 1


def test_many_at_once_ask_once(gate: Event) -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        gate.wait()
        return 7

    fresh, answers = Fresh('it', ask, patience=60), list[int]()
    threads = [Thread(target=lambda: answers.append(fresh())) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert (answers, asked) == ([7] * 8, [1])


def test_who_asks_what_hangs_is_told_for_how_long_it_has_hung(clock: Clock, gate: Event) -> None:
    fresh = Fresh('the database', gate.wait, patience=0.01, clock=clock)
    with pytest.raises(Unavailable, match='the database has not answered for 0 s'):
        fresh()
    clock.now += 42
    with pytest.raises(Unavailable, match='has not answered for 42 s'):
        fresh()


def test_when_it_answers_again_its_answer_is_told(clock: Clock, gate: Event) -> None:
    fresh = Fresh('it', gate.wait, patience=0.01, clock=clock)
    with pytest.raises(Unavailable):
        fresh()
    gate.set()
    clock.now += 1
    # Beyond its patience nobody waits; so the thread that asks gets its turn here.
    for _ in range(1000):
        try:
            assert fresh() is True
            return
        except Unavailable:
            Event().wait(0.01)
    pytest.fail('never answered')


def test_what_is_dear_is_asked_less_often(clock: Clock) -> None:
    asked: list[float] = []

    def ask() -> None:
        asked.append(clock.now)
        clock.now += 2.0        # seconds that it takes

    fresh = Fresh('it', ask, kept=5.0, clock=clock)
    fresh()
    for _ in range(100):
        clock.now += 1.0
        fresh()
    assert len(asked) == 3      # in a good 100 s, so that it is at it a twentieth of the time


def test_what_is_dear_may_be_asked_for_more_often_where_that_is_wanted(clock: Clock) -> None:
    def ask() -> float:
        clock.now += 10.0
        return clock.now

    fresh = Fresh('it', ask, kept=0.0, patience=60.0, clock=clock, rests=1)
    first = fresh()
    clock.now += 9.9
    assert fresh() == first
    clock.now += 0.2
    assert fresh() > first
