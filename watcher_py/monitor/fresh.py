# SPDX-License-Identifier: Apache-2.0
"""Answers that are kept for a moment, so that being asked often costs nothing and waiting has an end."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from threading import Lock, Thread
from typing import Generic, TypeVar

from watcher_py.core.errors import Unavailable

T = TypeVar('T')

KEPT = 5.0          # seconds
PATIENCE = 3.0      # seconds, from the question on
# What is dear is asked less often: of the time, asking takes at most a part in so many.
RESTS = 20


class Fresh(Generic[T]):
    """What `ask` gave lately: it is asked again by one thread at a time, and nobody waits for it for long."""

    def __init__(self, name: str, ask: Callable[[], T], kept: float = KEPT, patience: float = PATIENCE,
                 clock: Callable[[], float] = time.monotonic, rests: float = RESTS):
        self._name, self._ask, self._kept, self._patience = name, ask, kept, patience
        self._clock, self._rests = clock, rests
        self._lock = Lock()
        self._answer: Future[T] | None = None
        self._begun = self._ended = 0.0

    def __call__(self) -> T:
        """The answer, or the error that was met; Unavailable when neither came in time."""
        answer, left = self._newest()
        wait_for([answer], max(0.0, left))
        if not answer.done():
            raise Unavailable(f'{self._name} has not answered for {self._clock() - self._begun:.0f} s')
        return answer.result()

    def _newest(self) -> tuple['Future[T]', float]:
        with self._lock:
            moment = self._clock()
            if self._answer is None or (self._answer.done() and moment > self._ended + self._rest()):
                self._begun, self._answer = moment, Future()
                Thread(target=self._find, args=(self._answer,), name=f'asks {self._name}',
                       daemon=True).start()
            return self._answer, self._begun + self._patience - moment

    def _rest(self) -> float:
        return max(self._kept, self._rests * (self._ended - self._begun))

    def _find(self, answer: 'Future[T]') -> None:
        try:
            found = self._ask()
        except BaseException as error:
            # Whatever it is, it is raised where the answer is looked at.
            self._ended = self._clock()
            answer.set_exception(error)
        else:
            self._ended = self._clock()
            answer.set_result(found)
