# SPDX-License-Identifier: Apache-2.0
"""What was heard of the cloud and not yet made part of a picture of it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from watcher_py.bus.notice import Notice

LOG = logging.getLogger(__name__)

Event = TypeVar('Event')

LIMIT = 100_000


@dataclass(frozen=True)
class Heard(Generic[Event]):
    """Events in the order in which they came; where they overflowed, only reading the cloud tells."""

    events: tuple[Event, ...] = ()
    overflowed: bool = False


class Feed(Generic[Event]):
    """Understands notices as they come, and keeps their events until they are taken; for any threads.

    `understand` gives None for what nobody follows, and fails as parsing fails for what is malformed.
    """

    def __init__(self, understand: Callable[[Notice], Event | None], limit: int = LIMIT,
                 clock: Callable[[], float] = time.time):
        self._understand = understand
        self._limit = limit
        self._clock = clock
        self._lock = Lock()
        self._events: list[Event] = []
        self._overflowed = False
        self.heard = 0                      # notices, followed or not
        self.malformed = 0
        self.last: float | None = None      # when the last one was heard, seconds since the epoch

    @property
    def waiting(self) -> int:
        return len(self._events)

    def hear(self, notice: Notice) -> None:
        event, error = None, None
        try:
            event = self._understand(notice)
        except (AttributeError, KeyError, TypeError, ValueError) as found:
            error = found
            LOG.warning('Notification %s of %s is dropped, it can\'t be understood: %s: %s',
                        notice.type, notice.publisher, type(error).__name__, error)
        with self._lock:
            self.heard += 1
            self.last = self._clock()
            self.malformed += error is not None
            if event is not None:
                self._keep(event)

    def take(self) -> Heard[Event]:
        """All that waits; from now on it is the taker's."""
        with self._lock:
            heard = Heard(tuple(self._events), self._overflowed)
            self._events, self._overflowed = [], False
            return heard

    def _keep(self, event: Event) -> None:
        if len(self._events) >= self._limit:
            LOG.warning('%d notifications wait: they are dropped, the cloud is read instead', self._limit)
            self._events, self._overflowed = [], True
        if not self._overflowed:
            self._events.append(event)
