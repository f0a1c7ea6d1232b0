# SPDX-License-Identifier: Apache-2.0
"""Put a server on the shelf, where it takes nothing of any host."""

from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import ONE_SERVER, Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.server_request import (
    SHELVE,
    STOP,
    UNSHELVE,
    Deed,
    ServerRequest,
    check_is_idle,
)
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound


class Shelve:
    SCHEMA: ClassVar[Schema] = ONE_SERVER
    DESCRIPTION: ClassVar[str] = 'Shelve a server instance'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'shelve')
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._compute = cloud.compute
        self._asking = Asking(settings, run)

    def check(self) -> None:
        try:
            server = self._asking.at_first(lambda: self._compute.server(self._uuid))
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        if server.status in SHELVE.ends:
            raise Skipped(f'server {self._name} is shelved already')
        check_is_idle(server, self._name)

    def execute(self) -> None:
        former = self._asking.answer(lambda: self._compute.server(self._uuid), f'server {self._name}')
        self._request(SHELVE, self._asking).begin(former=former.status)

    def resume(self) -> None:
        self._request(SHELVE, self._asking).resume()

    def verify(self) -> None:
        self._request(SHELVE, self._asking).verify()

    def revert(self) -> None:
        """Bring it back, off if it was off: Nova brings all of them back running."""
        if self._asking.on_the_way_back().run.memory.get(STOP.name) is None:
            self._bring_to(UNSHELVE)
        if self._asking.run.memory.get('former') in STOP.ends:
            self._bring_to(STOP)

    def abort(self) -> None:
        """Nova stops no shelving; it runs to its end."""

    def _bring_to(self, deed: Deed) -> None:
        request = self._request(deed, self._asking.on_the_way_back())
        request.take_back()
        request.verify()

    def _request(self, deed: Deed, asking: Asking) -> ServerRequest:
        return ServerRequest(self._compute, self._uuid, self._name, asking, deed)
