# SPDX-License-Identifier: Apache-2.0
"""What is made to go wrong in the emulated cloud, so that those who drive it can show what they do."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Kind(StrEnum):
    """How a call goes wrong."""

    ERROR = 'error'                     # an error status, and nothing is carried out
    HANG = 'hang'                       # no answer for long; then an error
    SLOW = 'slow'                       # the true answer, late
    REFUSED = 'refused'                 # the connection is closed without an answer
    EXPIRED = 'expired'                 # the token is no longer valid; the next one is
    HALF = 'half'                       # half of the answer, then the connection is closed
    CUT = 'cut'                         # JSON that ends in the middle
    HTML = 'html'                       # the page of some proxy
    LIST = 'list'                       # a list where an object is expected
    NULL = 'null'
    KEYLESS = 'keyless'                 # an object without what was asked for
    ROW = 'row'                         # one row lacks what it needs


# What is answered falsely, though the request is carried out.
SPOILING = frozenset({Kind.HALF, Kind.CUT, Kind.HTML, Kind.LIST, Kind.NULL, Kind.KEYLESS, Kind.ROW})


@dataclass
class Fault:
    """Requests whose path holds `part` go wrong with this chance, until it was `times` times."""

    part: str
    kind: Kind
    times: float
    method: str | None
    chance: float
    status: int
    seconds: float


class Faults:
    """The faults in force; the same seed chooses the same calls of each path, whoever asks meanwhile.

    `late_refusals` makes Nova say "no valid host" in the migration's record and not in the answer,
    as it does for live migrations from microversion 2.34 on.
    """

    def __init__(self, late_refusals: bool = False, seed: int = 0) -> None:
        self.late_refusals = late_refusals
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._failing: dict[str, str] = {}
        self._stuck: set[str] = set()
        self._paths: list[Fault] = []
        self._deeds: list[tuple[str, Callable[[], None]]] = []
        self._released = threading.Event()

    def fail_migrations(self, server: str, reason: str = 'Live Migration failure: operation failed') -> None:
        """Every migration of this server (its uuid) ends in an error, until `heal`."""
        self._failing[server] = reason

    def stick_migrations(self, server: str) -> None:
        """No live migration of this server ends by itself: it is aborted or forced, or runs until `heal`."""
        self._stuck.add(server)

    def unstick(self, server: str) -> None:
        self._stuck.discard(server)

    def break_path(self, part: str, status: int = 500, times: float = 1, method: str | None = None) -> None:
        """The next requests whose path holds `part` are answered with an error and not carried out."""
        self.strike(part, Kind.ERROR, times, method, status=status)

    def hang_path(self, part: str, seconds: float = 60.0, times: float = 1,
                  method: str | None = None) -> None:
        """The next requests whose path holds `part` get no answer for so many real seconds."""
        self.strike(part, Kind.HANG, times, method, status=504, seconds=seconds)

    def strike(self, part: str, kind: Kind, times: float = 1, method: str | None = None, chance: float = 1.0,
               status: int = 500, seconds: float = 0.0) -> None:
        """The next requests whose path holds `part` go wrong in this way, each with this chance.

        `times` may be infinite: until `heal`. Of faults that meet the first told wins.
        """
        with self._lock:
            self._paths.append(Fault(part, kind, times, method, chance, status, seconds))

    def meanwhile(self, part: str, deed: Callable[[], None]) -> None:
        """The deed is done just before the next request whose path holds `part` is answered."""
        with self._lock:
            self._deeds.append((part, deed))

    def heal(self) -> None:
        """Nothing goes wrong any more; what hangs is answered."""
        with self._lock:
            self._failing.clear()
            self._stuck.clear()
            self._paths.clear()
            self._deeds.clear()
            self._released.set()
            self._released = threading.Event()

    def pending(self) -> bool:
        """Whether paths are still to fail, that won't for ever."""
        with self._lock:
            return any(fault.times < inf for fault in self._paths)

    def why_migration_fails(self, server: str) -> str | None:
        return self._failing.get(server)

    def sticks(self, server: str) -> bool:
        """Whether a live migration of the server goes on, though it is time for it to end."""
        return server in self._stuck

    def met_by(self, method: str, path: str) -> tuple[Fault, random.Random] | None:
        """The fault that the request meets, after the time that it is kept waiting, and dice for it."""
        with self._lock:
            self._asked[path] += 1
            dice = random.Random(f'{self._seed} {path} {self._asked[path]}')  # noqa: S311 - dice
            fault, released = self._take(method, path, dice), self._released
        if fault is None:
            return None
        if fault.seconds:
            released.wait(fault.seconds)
        return fault, dice

    def happening(self, path: str) -> list[Callable[[], None]]:
        """What happens before this request is answered."""
        with self._lock:
            due = [one for one in self._deeds if one[0] in path]
            self._deeds = [one for one in self._deeds if one not in due]
        return [deed for _, deed in due]

    def _take(self, method: str, path: str, dice: random.Random) -> Fault | None:
        for fault in self._paths:
            if fault.part in path and fault.method in (None, method) and dice.random() < fault.chance:
                fault.times -= 1
                if fault.times <= 0:
                    self._paths.remove(fault)
                return fault
        return None
