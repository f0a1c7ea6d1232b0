# SPDX-License-Identifier: Apache-2.0
"""Jobs that a service is told of over the bus: a few at once, drained when the service stops."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

from oslo_config.cfg import ConfigOpts

from watcher_py.db.heartbeat import Heartbeat
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)

# Beats in the time after which a service counts as down: missing one or two alarms nobody.
BEATS = 3


class Jobs:
    """Threads that carry jobs out by their uuids, while a heartbeat tells that the service is alive."""

    def __init__(self, service: str, store: Store, conf: ConfigOpts, workers: int,
                 carry_out: Callable[[str], None]):
        self._service, self._host = service, conf.host
        self._carry_out = carry_out
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix=service)
        self._heartbeat = Heartbeat(store, service, conf.host, conf.service_down_time / BEATS)
        self._waiting: set[str] = set()
        self._lock = Lock()
        self._server: Any = None
        self._stopped = Event()

    def start(self, server: Any) -> None:
        """Be alive, and hear what comes in by this server of the bus."""
        self._server = server
        self._heartbeat.start()
        server.start()
        LOG.info('%s on %s serves', self._service, self._host)

    def submit(self, uuid: str) -> None:
        """Have the job carried out as soon as a thread is free; one that waits already is the same."""
        with self._lock:
            if uuid in self._waiting:
                return
            self._waiting.add(uuid)
        self._workers.submit(self._begin, uuid).add_done_callback(self._report)

    def stop(self) -> None:
        """Hear no more, and let running jobs finish; those that wait are left for the next start."""
        if self._server is not None:
            self._server.stop()
            self._server.wait()
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._heartbeat.stop()
        LOG.info('%s on %s has stopped', self._service, self._host)
        self._stopped.set()

    def wait(self) -> None:
        """Return once stop() is through."""
        self._stopped.wait()

    def _begin(self, uuid: str) -> None:
        with self._lock:
            self._waiting.discard(uuid)
        self._carry_out(uuid)

    def _report(self, job: Future[None]) -> None:
        """Say why a job could not even be taken up or ended: its row, or the database, was not there."""
        if not job.cancelled() and (error := job.exception()) is not None:
            LOG.error('%s: a job could not be taken up or ended: %s', self._service, error, exc_info=error)
