# SPDX-License-Identifier: Apache-2.0
"""Notifications on their way: sent in order by a thread, so that nobody waits for a bus that is away."""

import atexit
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event, Lock, Thread, get_ident
from typing import Any

from kombu.exceptions import KombuError

from watcher_py.bus.messaging import oslo_messaging

LOG = logging.getLogger(__name__)

# More than a large plan makes at once; what comes on top, while the bus is away, is lost.
KEPT = 20_000
FIRST_PAUSE = 1.0       # seconds between two tries; doubled each time, up to
LONGEST_PAUSE = 30.0
LAST_WORDS = 5.0        # seconds that a process that ends grants to what was not sent yet

# oslo.messaging logs what its driver could not send, whole, and tells nobody else.
COMPLAINTS = 'oslo_messaging.notify.messaging'
AWAY = (oslo_messaging.MessagingException, KombuError, OSError)


@dataclass(frozen=True)
class Letter:
    event_type: str
    priority: str           # as oslo.messaging's notifier calls it: 'info'
    payload: dict[str, Any]


class Outbox:
    """Takes letters at once, and keeps them until the bus does."""

    def __init__(self, send: Callable[[Letter], None]):
        self._send = send
        self._letters: Queue[Letter | None] = Queue(KEPT)
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closing = Event()
        self._is_away = self._is_full = False

    @property
    def waiting(self) -> int:
        """How many the bus has not taken yet."""
        return self._letters.qsize()

    def put(self, letter: Letter) -> None:
        try:
            self._letters.put_nowait(letter)
            self._is_full = False
        except Full:
            if not self._is_full:
                LOG.error('Notifications are lost: %d wait for the message bus already', KEPT)
            self._is_full = True
        self._have_thread()

    def close(self) -> None:
        """Send what waits; what the bus does not take within a few seconds is lost."""
        self._closing.set()
        if self._thread is not None:
            with suppress(Full):
                self._letters.put(None, timeout=LAST_WORDS)
            self._thread.join(LAST_WORDS)
            atexit.unregister(self.close)

    def _have_thread(self) -> None:
        """Begin with the first letter: a server may fork before it serves."""
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                atexit.register(self.close)
                self._thread = Thread(target=self._go_on, name='notifications', daemon=True)
                self._thread.start()

    def _go_on(self) -> None:
        for letter in iter(self._letters.get, None):
            pause = FIRST_PAUSE
            while not self._is_sent(letter) and not self._closing.wait(pause):
                pause = min(2 * pause, LONGEST_PAUSE)

    def _is_sent(self, letter: Letter) -> bool:
        """Whether the letter is done with: what the bus would never take is not offered again."""
        with _overheard() as errors:
            self._send(letter)
        is_away = any(isinstance(error, AWAY) for error in errors)
        if is_away and not self._is_away:
            LOG.warning('Notifications wait: the message bus does not take them: %s', errors[0])
        elif errors and not is_away:
            LOG.error('Notification %s is dropped: %s', letter.event_type, errors[0])
        elif self._is_away and not is_away:
            LOG.info('Notifications are sent again')
        self._is_away = is_away
        return not is_away


@contextmanager
def _overheard() -> Iterator[list[BaseException]]:
    """What oslo.messaging complains of in this thread, instead of its log, which would hold every payload."""
    errors: list[BaseException] = []
    thread = get_ident()

    def hear(record: logging.LogRecord) -> bool:
        if record.thread != thread or not record.exc_info or record.exc_info[1] is None:
            return True
        errors.append(record.exc_info[1])
        return False

    logger = logging.getLogger(COMPLAINTS)
    logger.addFilter(hear)
    try:
        yield errors
    finally:
        logger.removeFilter(hear)
