# SPDX-License-Identifier: Apache-2.0
"""What is made to go wrong in the emulated cloud, so that those who drive it can show what they do."""

import threading
from dataclasses import dataclass


@dataclass
class PathFault:
    """Requests whose path holds `part` are answered with `status`, after `seconds`, `times` times."""

    part: str
    status: int
    seconds: float
    times: int
    method: str | None


class Faults:
    """The faults in force; `late_refusals` makes Nova say "no valid host" in the migration's record
    and not in the answer, as it does for live migrations from microversion 2.34 on.
    """

    def __init__(self, late_refusals: bool = False) -> None:
        self.late_refusals = late_refusals
        self._lock = threading.Lock()
        self._failing: dict[str, str] = {}
        self._paths: list[PathFault] = []
        self._released = threading.Event()

    def fail_migrations(self, server: str, reason: str = 'Live Migration failure: operation failed') -> None:
        """Every migration of this server (its uuid) ends in an error, until `heal`."""
        self._failing[server] = reason

    def break_path(self, part: str, status: int = 500, times: int = 1, method: str | None = None) -> None:
        """The next requests whose path holds `part` are answered with an error and not carried out."""
        self._add(PathFault(part, status, 0.0, times, method))

    def hang_path(self, part: str, seconds: float = 60.0, times: int = 1, method: str | None = None) -> None:
        """The next requests whose path holds `part` get no answer for so many real seconds."""
        self._add(PathFault(part, 504, seconds, times, method))

    def heal(self) -> None:
        """Nothing goes wrong any more; what hangs is answered."""
        with self._lock:
            self._failing.clear()
            self._paths.clear()
            self._released.set()
            self._released = threading.Event()

    def pending(self) -> bool:
        """Whether paths are still to fail."""
        with self._lock:
            return bool(self._paths)

    def why_migration_fails(self, server: str) -> str | None:
        return self._failing.get(server)

    def status_of(self, method: str, path: str) -> int | None:
        """The error status that this request gets, after the time that it is kept waiting."""
        with self._lock:
            fault, released = self._take(method, path), self._released
        if fault is None:
            return None
        if fault.seconds:
            released.wait(fault.seconds)
        return fault.status

    def _add(self, fault: PathFault) -> None:
        with self._lock:
            self._paths.append(fault)

    def _take(self, method: str, path: str) -> PathFault | None:
        for fault in self._paths:
            if fault.part in path and fault.method in (None, method):
                fault.times -= 1
                if fault.times <= 0:
                    self._paths.remove(fault)
                return fault
        return None
