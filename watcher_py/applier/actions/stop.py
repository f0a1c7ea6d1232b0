# SPDX-License-Identifier: Apache-2.0
"""Switch a server off."""

from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import ONE_SERVER, Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.server_request import START, STOP, ServerRequest, check_is_idle
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound


class Stop:
    SCHEMA: ClassVar[Schema] = ONE_SERVER
    DESCRIPTION: ClassVar[str] = 'Stop a server instance'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'stop')
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._compute = cloud.compute
        self._asking = asking = Asking(settings, run)
        self._stop = ServerRequest(self._compute, self._uuid, self._name, asking, STOP)
        self._start = ServerRequest(self._compute, self._uuid, self._name, asking.on_the_way_back(), START)

    def check(self) -> None:
        try:
            server = self._asking.at_first(lambda: self._compute.server(self._uuid))
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        if server.status in STOP.ends:
            raise Skipped(f'server {self._name} is off already')
        check_is_idle(server, self._name)

    def execute(self) -> None:
        self._stop.begin()

    def resume(self) -> None:
        self._stop.resume()

    def verify(self) -> None:
        self._stop.verify()

    def revert(self) -> None:
        """Switch it on again, where nobody else has."""
        self._start.take_back()
        self._start.verify()

    def abort(self) -> None:
        """What is being switched off goes off."""
