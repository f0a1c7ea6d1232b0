# SPDX-License-Identifier: Apache-2.0
"""What is done over and over, from a thread of its own."""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from oslo_db.exception import DBError
from sqlalchemy.exc import SQLAlchemyError

from watcher_py.core.errors import WatcherError

LOG = logging.getLogger(__name__)


class Rounds:
    """Does the deed once in the thread that start() makes, and then every `interval` seconds until stop().

    A deed may give the seconds after which it is to be done again, when that is sooner.
    """

    def __init__(self, name: str, interval: float, deed: Callable[[], float | None]):
        self.name = name
        self.busy_since: float | None = None        # by time.monotonic(); None while it waits
        self._interval, self._deed = interval, deed
        self._stopped, self._woken = Event(), Event()
        self._thread = Thread(target=self._go_on, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def hurry(self) -> None:
        """Have the deed done once more without waiting."""
        self._woken.set()

    def stop(self) -> None:
        """Return once nothing is done any more."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _go_on(self) -> None:
        while not self._stopped.is_set():
            self.busy_since = time.monotonic()
            sooner = self._done()
            self.busy_since = None
            self._woken.wait(self._interval if sooner is None else min(sooner, self._interval))
            # Before the next look at whether it is stopped: a stop is never slept through.
            self._woken.clear()

    def _done(self) -> float | None:
        try:
            return self._deed()
        except (DBError, SQLAlchemyError, WatcherError) as error:
            LOG.warning('The %s is late: %s', self.name, error)
            return None
