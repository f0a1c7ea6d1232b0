# SPDX-License-Identifier: Apache-2.0
"""What happened in the emulated cloud, in order: what was accepted, what was refused, what broke a rule."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from watcher_py.sim.records import Host, Migration

# Older entries are forgotten; violations never are.
KEPT = 200_000

DEPART = 'depart'           # a migration was accepted, and what it needs is held at both ends
TURNED_DOWN = 'turned down'     # a migration was accepted, and Nova says in its record alone that it can't be
REFUSED = 'refused'
HOST = 'host'               # its service was enabled or disabled, went down or came back


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened.

    `what` is one of the words above, the new status of a migration ('running', 'completed', 'error', ...), or
    the name of an instance action ('create', 'delete', 'stop', ...).
    """

    number: int
    time: float                     # simulated
    real: float                     # of this machine's clock
    what: str
    server: str | None = None       # its uuid
    source: str | None = None       # names of hosts
    target: str | None = None
    kind: str | None = None         # of a migration
    migration: str | None = None    # its uuid
    request: str | None = None
    detail: str | None = None

    def shown(self) -> dict[str, Any]:
        """Without what is not known of it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class Journal:
    """Written by the world, read by those who judge what was done to it."""

    def __init__(self, now: Callable[[], float], name_of: Callable[[str | None], str | None]):
        self._now, self._name_of = now, name_of
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._violations: list[str] = []
        self._number = 0
        self._unseen: list[Entry] = []

    def entries(self, since: int = 0) -> list[Entry]:
        """Those after number `since`, the oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.number > since]

    def violations(self) -> list[str]:
        """A sentence each; nobody complains twice of the same thing."""
        with self._lock:
            return list(self._violations)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._violations.clear()

    def complain(self, sentence: str) -> None:
        with self._lock:
            self._violations.append(sentence)

    def unseen(self) -> list[Entry]:
        """What came since this was asked last."""
        with self._lock:
            unseen, self._unseen = self._unseen, []
        return unseen

    def depart(self, migration: Migration) -> None:
        self._of_migration(TURNED_DOWN if migration.status == 'error' else DEPART, migration,
                           migration.created, migration.failure)

    def turn(self, migration: Migration) -> None:
        """The migration has another status."""
        self._of_migration(migration.status, migration, migration.updated)

    def act(self, name: str, server: str, request: str) -> None:
        self._add(what=name, server=server, request=request)

    def refuse(self, server: str, reason: str) -> None:
        self._add(what=REFUSED, server=server, detail=reason)

    def change(self, host: Host) -> None:
        state = f'{"enabled" if host.enabled else "disabled"}, {"up" if host.reports else "down"}'
        self._add(what=HOST, source=host.name, detail=state)

    def _of_migration(self, what: str, row: Migration, moment: float, detail: str | None = None) -> None:
        self._add(what=what, time=moment, server=row.server, source=self._name_of(row.source),
                  target=self._name_of(row.target), kind=row.kind, migration=row.uuid, request=row.request,
                  detail=detail)

    def _add(self, **fields: Any) -> None:
        with self._lock:
            self._number += 1
            entry = Entry(number=self._number, real=time.time(), **{'time': self._now(), **fields})
            self._entries.append(entry)
            self._unseen.append(entry)
