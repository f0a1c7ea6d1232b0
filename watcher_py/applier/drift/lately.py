# SPDX-License-Identifier: Apache-2.0
"""A question of which many threads can use the same answer, for a moment."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from watcher_py.core.errors import Unavailable

RARELY = 10

Answer = TypeVar('Answer')


class Lately(Generic[Answer]):
    """One thread at a time asks; those that wait meanwhile are given its answer, or its error."""

    def __init__(self, ask: Callable[[], Answer], clock: Callable[[], float]):
        self._ask, self._clock = ask, clock
        self._asking = Lock()
        self._known: tuple[float, Answer] | None = None
        self._failed: tuple[float, Unavailable] | None = None
        self._cost = 0.0

    def at_most(self, age: float) -> Answer:
        """The answer to a question that was put at most `age` seconds ago; Unavailable as it says.

        What takes long to answer is asked more rarely, so that a tenth of the time goes to it; but no more
        rarely than every ten times the age.
        """
        now = self._clock()
        with self._asking:
            oldest = now - max(age, RARELY * min(age, self._cost))
            if self._known and self._known[0] >= oldest:
                return self._known[1]
            if self._failed and self._failed[0] >= now:
                raise self._failed[1]
            return self._asked()

    def _asked(self) -> Answer:
        begun = self._clock()
        try:
            answer = self._ask()
        except Unavailable as error:
            self._failed = begun, error
            raise
        self._known, self._cost = (begun, answer), self._clock() - begun
        return answer
