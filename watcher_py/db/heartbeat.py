# SPDX-License-Identifier: Apache-2.0
"""A service's sign of life: its row's last_seen_up, kept fresh from a thread."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread

from oslo_db.exception import DBError

from watcher_py.core.errors import Conflict, NotFound, WatcherError
from watcher_py.db.columns import now
from watcher_py.db.models import Service
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)

ACTIVE, FAILED = 'ACTIVE', 'FAILED'


def is_alive(service: Service, down_after: timedelta, moment: datetime) -> bool:
    """Whether the service has given a sign of life in the time before the moment."""
    seen = service.last_seen_up or service.updated_at or service.created_at
    return seen is not None and moment - seen <= down_after


class Heartbeat:
    """Beats once in start(), so that the row is there, and then every `interval` seconds until stop()."""

    def __init__(self, store: Store, name: str, host: str, interval: float):
        self._store = store
        self._name, self._host, self._interval = name, host, interval
        self._stopped = Event()
        self._thread = Thread(target=self._go_on, name=f'heartbeat of {name}', daemon=True)

    def start(self) -> None:
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def beat(self) -> None:
        """Say now that the service lives; its row is made when there is none."""
        moment = now()
        row = self._row() or self._made()
        self._store.change(row, last_seen_up=moment)

    def _go_on(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self.beat()
            except (DBError, WatcherError) as error:
                LOG.warning('%s on %s missed a heartbeat: %s', self._name, self._host, error)

    def _row(self) -> Service | None:
        try:
            return self._store.get_by(Service, name=self._name, host=self._host)
        except NotFound:
            return None

    def _made(self) -> Service:
        try:
            self._store.add(Service(name=self._name, host=self._host))
        except Conflict:
            # Another start on this host was quicker; the row is what counts.
            LOG.debug('The row of %s on %s was just made', self._name, self._host)
        return self._store.get_by(Service, name=self._name, host=self._host)
