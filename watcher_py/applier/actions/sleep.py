# SPDX-License-Identifier: Apache-2.0
"""Wait a while."""

from threading import Event

from watcher_py import schemas
from watcher_py.applier.actions.contract import Cancelled, Schema, Settings
from watcher_py.cloud.compute import Compute
from watcher_py.core.changes import Parameters


class Sleep:
    SCHEMA: Schema = {
        'type': 'object',
        'properties': {'duration': {'type': 'number', 'minimum': 0}},
        'required': ['duration'],
        'additionalProperties': False}
    DESCRIPTION = 'Wait for a given interval in seconds.'

    def __init__(self, parameters: Parameters, cloud: Compute, settings: Settings, cancelled: Event):
        schemas.check(parameters, self.SCHEMA, 'sleep')
        self._seconds = float(parameters['duration'])
        self._cancelled = cancelled

    def check(self) -> None:
        """One can always wait."""

    def execute(self) -> None:
        if self._cancelled.wait(self._seconds):
            raise Cancelled

    def verify(self) -> None:
        """Time has passed."""

    def revert(self) -> None:
        """Time can't be put back."""

    def abort(self) -> None:
        """execute() hears of it by itself."""
