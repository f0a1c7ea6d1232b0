# SPDX-License-Identifier: Apache-2.0
"""A service that can be watched from its first moment to its last."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from prometheus_client import CollectorRegistry

from watcher_py.monitor.checks import Check
from watcher_py.monitor.exporter import Exporter, Port
from watcher_py.monitor.insides import Insides


class Service(Protocol):
    """What a program runs."""

    def start(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...


class Stage(StrEnum):
    STARTS = 'starts'
    SERVES = 'serves'
    STOPS = 'stops'


class Watched:
    """The service and its port, which is open while the service starts and while it drains.

    It counts as alive in these times, however long they last, and as ready between them.
    """

    def __init__(self, service: Service, insides: Insides, port: Port, registry: CollectorRegistry,
                 ready: Sequence[Check]):
        self._service, self._insides = service, insides
        self._ready = [Check('service', self._not_serving), *ready]
        self._stage = Stage.STARTS
        self._exporter = Exporter(
            port, registry, {'/healthz': self._alive, '/readyz': lambda: self._ready})

    def start(self) -> None:
        self._exporter.start()
        self._service.start()
        if self._stage is Stage.STARTS:
            self._stage = Stage.SERVES

    def wait(self) -> None:
        """Return once stop() is through."""
        self._service.wait()

    def stop(self) -> None:
        self._stage = Stage.STOPS
        self._service.stop()
        self._exporter.stop()

    def _alive(self) -> list[Check]:
        return self._insides.alive() if self._stage is Stage.SERVES else [Check('service', lambda: None)]

    def _not_serving(self) -> str | None:
        return None if self._stage is Stage.SERVES else f'it {self._stage}'
