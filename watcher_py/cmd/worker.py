# SPDX-License-Identifier: Apache-2.0
"""A service in a process of its own: started anew when it dies, drained by SIGTERM."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import cotyledon
from cotyledon.types import WorkerId
from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import WatcherError
from watcher_py.monitor import state_dump

LOG = logging.getLogger(__name__)

# Seconds that a service has to end in after SIGTERM, more than its running actions get.
TO_END = 600
TO_LET_GO = 60


class Service(Protocol):
    """What a program runs."""

    def start(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...


def keep_running(build: Callable[[ConfigOpts], Service], conf: ConfigOpts) -> None:
    """Run the service that is built in the new process: no connection is shared over the fork."""
    to_end = max(TO_END, int(conf.watcher_applier.drain_seconds) + TO_LET_GO)
    services = cotyledon.ServiceManager(graceful_shutdown_timeout=to_end)
    services.add(Worker, args=(build, conf))
    state_dump.hand_on()
    services.run()


class Worker(cotyledon.Service):
    def __init__(self, worker_id: WorkerId, build: Callable[[ConfigOpts], Service], conf: ConfigOpts):
        super().__init__(worker_id)
        with _told():
            self._service = build(conf)

    def run(self) -> None:
        with _told():
            self._service.start()
        self._service.wait()

    def terminate(self) -> None:
        self._service.stop()


@contextmanager
def _told() -> Iterator[None]:
    """End the process with the sentence of what went wrong; it is started anew after a while."""
    try:
        yield
    except WatcherError as error:
        LOG.critical('Not started: %s', error)
        raise SystemExit(1) from None
