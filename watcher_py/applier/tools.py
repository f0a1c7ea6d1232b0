# SPDX-License-Identifier: Apache-2.0
"""What plans are carried out with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event

from watcher_py.applier.actions.contract import Action, Cloud, Run, Settings
from watcher_py.applier.drift import Drift
from watcher_py.applier.gate import Gate
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.underway import Underway
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.core.errors import NotFound
from watcher_py.core.execution import OnFailure
from watcher_py.db import models
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.monitor.deeds import Deeds


@dataclass(frozen=True)
class Tools:
    """The cloud, the actions that can be done to it by their types, and how carefully."""

    store: Store
    leases: Leases
    cloud: Cloud
    actions: Mapping[str, type[Action]]
    host: str
    lanes: Lanes                        # of a plan that says nothing else
    settings: Settings
    look: float = 1.0                   # seconds between two looks at what is asked of a running plan
    announcer: Announcer = SILENT
    drift: Drift | None = None          # None: actions are as the plan has them
    gate: Gate | None = None            # None: each may begin at once
    deeds: Deeds = field(default_factory=Deeds)
    on_failure: OnFailure = OnFailure.STOP_DEPENDANTS      # of a plan that says nothing else
    underway: Underway = field(default_factory=Underway)
    stopping: Event = field(default_factory=Event)      # this process is to end: nothing begins any more

    def deed(self, row: models.Action, run: Run) -> Action:
        """What the row stands for; Invalid or NotFound when it can't be made."""
        return self.kind(row)(row.input_parameters, self.cloud, self.settings, run)

    def kind(self, row: models.Action) -> type[Action]:
        if row.action_type not in self.actions:
            raise NotFound(f'there is no action {row.action_type} on this applier')
        return self.actions[row.action_type]
