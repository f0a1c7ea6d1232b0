# SPDX-License-Identifier: Apache-2.0
"""Switch a server on."""

from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import ONE_SERVER, Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.server_request import START, STOP, ServerRequest, check_is_idle
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound


class Start:
    SCHEMA: ClassVar[Schema] = ONE_SERVER
    DESCRIPTION: ClassVar[str] = 'Start a server instance'

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'start')
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._compute, self._asking = cloud.compute, Asking(settings, run)
        self._start = ServerRequest(cloud.compute, self._uuid, self._name, self._asking, START)
        self._stop = ServerRequest(cloud.compute, self._uuid, self._name,
                                   self._asking.on_the_way_back(), STOP)

    def check(self) -> None:
        try:
            server = self._asking.at_first(lambda: self._compute.server(self._uuid))
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        if server.status in START.ends:
            raise Skipped(f'server {self._name} is on already')
        check_is_idle(server, self._name)

    def execute(self) -> None:
        self._start.begin()

    def resume(self) -> None:
        self._start.resume()

    def verify(self) -> None:
        self._start.verify()

    def revert(self) -> None:
        """Switch it off again, where nobody else has."""
        self._stop.take_back()
        self._stop.verify()

    def abort(self) -> None:
        """What is being switched on goes on."""
