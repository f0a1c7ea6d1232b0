# SPDX-License-Identifier: Apache-2.0
"""Many threads share the answer to a question, and nobody is given an older one than he asked for."""

from dataclasses import dataclass, field
from threading import Event, Thread

import pytest

from watcher_py.applier.drift.lately import Lately
from watcher_py.core.errors import Unavailable

PATIENCE = 30


@dataclass
class Asked:
    """Numbers its answers; takes some seconds of its own clock, and as long as the test holds it."""

    takes: float = 0.0
    now: float = 100.0
    count: int = 0
    errors: list[Exception] = field(default_factory=list)
    begun: Event = field(default_factory=Event)
    held: Event | None = None

    def __call__(self) -> int:
        self.count += 1
        self.now += self.takes
        self.begun.set()
        if self.held:
            assert self.held.wait(PATIENCE)
        if self.errors:
            raise self.errors.pop()
        return self.count

    def clock(self) -> float:
        self.now += 1e-6
        return self.now


def test_an_answer_serves_until_it_is_too_old() -> None:
    asked = Asked()
    lately = Lately(asked, asked.clock)
    assert [lately.at_most(2), lately.at_most(2)] == [1, 1]
    asked.now += 1.9
    assert lately.at_most(2) == 1
    asked.now += 0.2
    assert lately.at_most(2) == 2


def test_of_age_0_it_is_always_asked_for_anew() -> None:
    asked = Asked(takes=1.0)
    lately = Lately(asked, asked.clock)
    assert [lately.at_most(0), lately.at_most(0)] == [1, 2]


def test_what_takes_long_is_asked_for_more_rarely() -> None:
    asked = Asked(takes=1.0)
    lately = Lately(asked, asked.clock)
    assert lately.at_most(2) == 1
    asked.now += 8
    assert lately.at_most(2) == 1
    asked.now += 3
    assert lately.at_most(2) == 2
    asked.now += 1.1
    assert lately.at_most(0.1) == 3


def test_an_error_is_not_kept_for_those_who_ask_later() -> None:
    asked = Asked(errors=[Unavailable('away')])
    lately = Lately(asked, asked.clock)
    with pytest.raises(Unavailable, match='away'):
        lately.at_most(2)
    assert lately.at_most(2) == 2


def _at_once(lately: Lately[int], asked: Asked, threads: int) -> list[int | str]:
    """What so many threads are told, the others of which come while the first one asks."""
    told: list[int | str] = []
    asked.held = Event()

    def tell() -> None:
        try:
            told.append(lately.at_most(0.5))
        except Unavailable as error:
            told.append(str(error))

    running = [Thread(target=tell) for _ in range(threads)]
    running[0].start()
    assert asked.begun.wait(PATIENCE)
    for thread in running[1:]:
        thread.start()
    asked.held.set()
    for thread in running:
        thread.join(PATIENCE)
    return told


def test_those_who_wait_share_the_answer() -> None:
    asked = Asked()
    assert set(_at_once(Lately(asked, asked.clock), asked, 8)) == {1}


def test_and_nobody_gets_stuck_behind_the_errors_of_others() -> None:
    asked = Asked(errors=[Unavailable('away')] * 8)
    told = _at_once(Lately(asked, asked.clock), asked, 8)
    assert set(told) == {'away'}
