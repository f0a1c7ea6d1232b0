# SPDX-License-Identifier: Apache-2.0
"""What plans are carried out with."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event

from watcher_py.applier.actions.contract import Action, Settings
from watcher_py.applier.walk import Lanes
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.cloud.compute import Compute
from watcher_py.core.errors import NotFound
from watcher_py.db import models
from watcher_py.db.store import Store


@dataclass(frozen=True)
class Tools:
    """The cloud, the actions that can be done to it by their types, and how carefully."""

    store: Store
    cloud: Compute
    actions: Mapping[str, type[Action]]
    host: str
    lanes: Lanes
    settings: Settings
    cancel_interval: float = 1.0        # seconds between two looks at whether the plan is to stop
    announcer: Announcer = SILENT

    def deed(self, row: models.Action, cancelled: Event) -> Action:
        """What the row stands for; Invalid or NotFound when it can't be made."""
        if row.action_type not in self.actions:
            raise NotFound(f'there is no action {row.action_type} on this applier')
        return self.actions[row.action_type](row.input_parameters, self.cloud, self.settings, cancelled)
