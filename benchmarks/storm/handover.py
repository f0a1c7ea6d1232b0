# SPDX-License-Identifier: Apache-2.0
"""How long what a killed service held was without an owner."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from storm.site import Site
from watcher_py.core.errors import Unavailable
from watcher_py.core.states import AuditState, PlanState
from watcher_py.db.models import ActionPlan, Audit

LOOK = 0.2
WORKED_AT = {Audit: (AuditState.ONGOING,), ActionPlan: (PlanState.ONGOING, PlanState.CANCELLING)}


@dataclass
class Orphan:
    """A row whose owner was killed."""

    model: type
    id: int
    uuid: str
    owner: str
    fence: int
    killed: float
    resumed: float | None = None

    @property
    def seconds(self) -> float | None:
        return None if self.resumed is None else self.resumed - self.killed


@dataclass
class Handover:
    """Told of each kill, looks until all that was held has another owner, or has ended."""

    site: Site
    orphans: list[Orphan] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def killed(self, owners: set[str]) -> int:
        """These processes were killed just now; how many rows they held."""
        moment, before = time.monotonic(), len(self.orphans)
        known = {(orphan.model, orphan.id, orphan.fence) for orphan in self.waiting()}
        for model, states in WORKED_AT.items():
            for row in self.site.store.find(model, model.state.in_(states), model.owner.in_(owners), depth=0):
                if not _rests(row) and (model, row.id, row.fence) not in known:
                    self.orphans.append(Orphan(model, row.id, row.uuid, row.owner, row.fence, moment))
        return len(self.orphans) - before

    def owners(self, service: str) -> set[str]:
        """The processes of the service that hold something, and were not killed yet."""
        found = set()
        dead = {orphan.owner for orphan in self.waiting()}
        for model, states in WORKED_AT.items():
            rows = self.site.store.find(model, model.state.in_(states), depth=0)
            found |= {row.owner for row in rows if row.owner and row.owner.startswith(f'{service}/')
                      and not _rests(row)}
        return found - dead

    def waiting(self) -> list[Orphan]:
        return [orphan for orphan in self.orphans if orphan.resumed is None]

    def _go_on(self) -> None:
        while not self._stopped.wait(LOOK):
            with suppress(Unavailable):         # until the database is back
                self._look()

    def _look(self) -> None:
        for model, states in WORKED_AT.items():
            waiting = [orphan for orphan in self.waiting() if orphan.model is model]
            if not waiting:
                continue
            rows = {row.id: row for row in self.site.store.find(
                model, model.id.in_([orphan.id for orphan in waiting]), depth=0, with_deleted=True)}
            for orphan in waiting:
                row = rows[orphan.id]
                if row.fence != orphan.fence or row.state not in states:
                    orphan.resumed = time.monotonic()


def _rests(row: Audit | ActionPlan) -> bool:
    """A continuous audit has an owner only while it is carried out."""
    return isinstance(row, Audit) and row.next_run_time is not None
