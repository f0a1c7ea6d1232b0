# SPDX-License-Identifier: Apache-2.0
"""Wait a while."""

import time
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.contract import Cancelled, Cloud, Run, Schema, Settings
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import TakenOver

# Between two looks at whether another process sleeps in its place by now.
NAP = 1.0


class Sleep:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {'duration': {'type': 'number', 'minimum': 0}},
        'required': ['duration'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Wait for a given interval in seconds.'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'sleep')
        self._seconds = float(parameters['duration'])
        self._run = run

    def check(self) -> None:
        """One can always wait."""

    def execute(self) -> None:
        self._run.memory.note(began=time.time())
        self._sleep(self._seconds)

    def resume(self) -> None:
        """Wait for the rest."""
        # The clocks of two hosts differ: nobody sleeps longer than he was told to.
        slept = max(0.0, time.time() - self._run.memory.get('began'))
        self._sleep(self._seconds - slept)

    def verify(self) -> None:
        """Time has passed."""

    def revert(self) -> None:
        """Time can't be put back."""

    def abort(self) -> None:
        """execute() hears of it by itself."""

    def _sleep(self, seconds: float) -> None:
        wakes = time.monotonic() + seconds
        while (left := wakes - time.monotonic()) > 0:
            if self._run.lost.is_set():
                raise TakenOver('another process sleeps on')
            if self._run.stop.wait(min(left, NAP)):
                raise Cancelled
