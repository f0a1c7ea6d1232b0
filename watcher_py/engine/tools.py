# SPDX-License-Identifier: Apache-2.0
"""What audits are carried out with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import TypeVar

from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rpc import ApplierClient
from watcher_py.core.errors import TakenOver, Unavailable
from watcher_py.core.pace import USUAL, Pace
from watcher_py.core.strategy import Schema, Strategy
from watcher_py.datasources.configured import Sources
from watcher_py.db.columns import now
from watcher_py.db.insist import patiently
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.engine.auto_trigger import NO_LIMIT, TriggerLimit
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.intervals import AS_WRITTEN, Rhythm
from watcher_py.monitor.deeds import Deeds

T = TypeVar('T')


@dataclass(frozen=True)
class Tools:
    """One set of them an engine."""

    store: Store
    collector: Collector
    sources: Sources
    strategies: Mapping[str, Strategy]
    applier: ApplierClient
    host: str
    leases: Leases
    clock: Callable[[], datetime] = now
    announcer: Announcer = SILENT
    pace: Pace = USUAL                  # of the applier
    explained_plans: int = 50           # the newest ones; see the option
    rhythm: Rhythm = AS_WRITTEN
    trigger_limit: TriggerLimit = NO_LIMIT
    actions: Mapping[str, Schema] = field(default_factory=dict)     # what those installed take, by type
    deeds: Deeds = field(default_factory=Deeds)
    stopped: Event = field(default_factory=Event)       # set: a database that is away is not waited for

    def outlast(self, ask: Callable[[], T]) -> T:
        """What the database answers, once it does; TakenOver when the engine is to stop before it does."""
        try:
            return patiently(ask, self.stopped)
        except Unavailable as error:
            raise TakenOver(f'{error}; it is left to another engine, or the next start') from error
