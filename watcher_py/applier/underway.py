# SPDX-License-Identifier: Apache-2.0
"""What an applier carries out at this moment, for those who watch over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol


class Counted(Protocol):
    @property
    def actions_running(self) -> int: ...

    @property
    def actions_waiting(self) -> int: ...


class Underway:
    """The runs of plans in this process."""

    def __init__(self) -> None:
        self._runs: set[Counted] = set()
        self._lock = Lock()

    @contextmanager
    def noted(self, run: Counted) -> Iterator[None]:
        with self._lock:
            self._runs.add(run)
        try:
            yield
        finally:
            with self._lock:
                self._runs.discard(run)

    @property
    def running(self) -> int:
        """Actions that are carried out."""
        return sum(run.actions_running for run in self._now())

    @property
    def waiting(self) -> int:
        """Actions that may not begin yet, for the gate is closed or the cloud is silent."""
        return sum(run.actions_waiting for run in self._now())

    def _now(self) -> list[Counted]:
        with self._lock:
            return list(self._runs)
