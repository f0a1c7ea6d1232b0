# SPDX-License-Identifier: Apache-2.0
"""Jobs that a service is told of over the bus: a few at once, drained when the service stops."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition, Event, Thread
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
        self._running = 0
        self._changed = Condition()
        self._server: Any = None
        self._is_closed = False
        self._stopped = Event()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def running(self) -> int:
        return self._running

    def start(self, server: Any) -> None:
        """Be alive, and hear what comes in by this server of the bus."""
        self._heartbeat.start()
        # It returns once the bus is there; what has not begun can't be stopped either.
        server.start()
        self._server = server
        LOG.info('%s on %s serves', self._service, self._host)

    def submit(self, uuid: str) -> None:
        """Have the job carried out as soon as a thread is free; one that waits already is the same."""
        with self._changed:
            if uuid in self._waiting or self._is_closed:
                return
            self._waiting.add(uuid)
            job = self._workers.submit(self._begin, uuid)
        job.add_done_callback(self._report)

    def at_once(self, name: str, job: Callable[[], None]) -> None:
        """Have something carried out in a thread of its own, however many jobs wait."""
        with self._changed:
            if self._is_closed:
                return
            self._running += 1
        Thread(target=self._run, args=(job,), name=name, daemon=True).start()

    def close(self) -> None:
        """Hear no more, and begin nothing that waits."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
        if self._server is not None:
            self._server.stop()
            self._server.wait()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def drained(self, patience: float | None = None) -> bool:
        """Whether all that runs has ended, within so many seconds when some are given."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, patience)

    def stop(self, patience: float | None = None) -> None:
        """Hear no more, and let running jobs finish; those that wait are left for the next start."""
        self.close()
        self.drained(patience)
        self._heartbeat.stop()
        LOG.info('%s on %s has stopped', self._service, self._host)
        self._stopped.set()

    def wait(self) -> None:
        """Return once stop() is through."""
        self._stopped.wait()

    def _begin(self, uuid: str) -> None:
        with self._changed:
            if self._is_closed:
                return
            self._waiting.discard(uuid)
            self._running += 1
        self._run(lambda: self._carry_out(uuid))

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            # Its row, or the database, was not there; another round finds it again.
            LOG.error('%s: a job could not be taken up or ended: %s', self._service, error, exc_info=error)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _report(self, job: Future[None]) -> None:
        """Say what ended a thread, as nothing should."""
        if not job.cancelled() and (error := job.exception()) is not None:
            LOG.critical('%s: a job was torn: %r', self._service, error)
