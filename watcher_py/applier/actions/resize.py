# SPDX-License-Identifier: Apache-2.0
"""Give a server another flavor; Nova chooses the host that it then stands on."""

from dataclasses import replace
from threading import Event
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.journey import Journey
from watcher_py.applier.actions.passage import RESIZE, WAITS_FOR_CONFIRMATION, Route
from watcher_py.applier.actions.patience import patiently
from watcher_py.cloud.compute_rows import Flavor, ServerNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused, Unavailable

ALLOWED = ('ACTIVE', 'SHUTOFF')
UNSOUND = ('ERROR', WAITS_FOR_CONFIRMATION)
UNDECIDED = (WAITS_FOR_CONFIRMATION, 'REVERT_RESIZE')


class Resize:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'flavor': {'type': 'string', 'minLength': 1}},
        'required': ['resource_id', 'flavor'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Resize a server with specified flavor.'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run):
        schemas.check(parameters, self.SCHEMA, 'resize')
        self._parameters = parameters
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._wanted: str = parameters['flavor']            # its id or its name
        self._cloud, self._settings, self._run = cloud, settings, run
        self._seen: ServerNow | None = None                 # when it was looked at last
        self._found: Flavor | None = None

    def check(self) -> None:
        try:
            self._seen = server = patiently(self._look, self._settings, self._run, is_begun=False)
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        flavor = self._flavor()
        if server.flavor == flavor.name:
            raise Skipped(f'server {self._name} is of flavor {flavor.name} already')
        if server.task_state:
            raise Conflict(f'server {self._name} is busy: {server.task_state}')
        if server.status not in ALLOWED:
            raise Conflict(f'server {self._name} is {server.status}; a resize needs {" or ".join(ALLOWED)}')

    def execute(self) -> None:
        """Nova's migration is confirmed if the server has its flavor then, and nobody has stopped it."""
        server = self._seen or patiently(self._look, self._settings, self._run)
        if server.host is None:
            raise Conflict(f'server {self._name} stands on no host')
        self._seen = self._journey(server.host).begin(server.updated, flavor=server.flavor)

    def resume(self) -> None:
        self._seen = self._journey(self._run.memory.get('from')).resume()

    def verify(self) -> None:
        server = self._seen or self._look()
        self._seen = None
        if server.flavor != self._flavor().name:
            raise Refused(f'server {self._name} is of flavor {server.flavor}, not of {self._flavor().name}')
        if server.task_state or server.status in UNSOUND:
            raise Refused(f'server {self._name} is of flavor {server.flavor}, but it is '
                          f'{server.status} ({server.task_state or "no task"})')

    def revert(self) -> None:
        """Resize it back, whoever stops the plan; one that is not confirmed yet is taken back by Nova."""
        if not self._run.memory:
            return
        memory = self._run.memory.within('revert')
        run = replace(self._run, memory=memory, stop=Event(), force=Event())
        back = Resize({**self._parameters, 'flavor': self._former()}, self._cloud, self._settings, run)
        if memory:
            back.resume()
        else:
            self._begin_to_revert(back)
        back.verify()

    def abort(self) -> None:
        """It runs to where it can be taken back; execute() does that when it is to stop."""

    def _begin_to_revert(self, back: 'Resize') -> None:
        try:
            server = patiently(self._look, self._settings, self._run)
            if server.status in UNDECIDED:
                self._journey(self._run.memory.get('from')).take_back()
            elif server.flavor != self._former():
                back.check()
                back.execute()
        except (NotFound, Skipped):
            raise Refused(f'server {self._name} is gone; it can\'t be resized back') from None

    def _former(self) -> str:
        former: str = self._run.memory.get('flavor')
        if not former:
            raise Refused(f'Nova did not tell the former flavor of server {self._name}; '
                          'it can\'t be resized back')
        return former

    def _keeps(self, server: ServerNow) -> bool:
        return server.flavor == self._flavor().name and not self._run.stop.is_set()

    def _journey(self, source: str) -> Journey:
        flavor = self._flavor()
        return Journey(Route(self._uuid, self._name, RESIZE, source),
                       lambda: self._cloud.compute.resize(self._uuid, flavor.id),
                       self._cloud, self._settings, self._run, self._keeps)

    def _flavor(self) -> Flavor:
        if self._found is None:
            self._found = patiently(self._look_up_flavor, self._settings, self._run)
        return self._found

    def _look_up_flavor(self) -> Flavor:
        """By its id, or else by its name."""
        found = self._cloud.compute.flavors()
        for key in ('id', 'name'):
            for flavor in found.rows:
                if getattr(flavor, key) == self._wanted:
                    return flavor
        if not found.is_whole:
            raise Unavailable(str(found.missing))
        raise Refused(f'Nova knows no flavor {self._wanted}')

    def _look(self) -> ServerNow:
        return self._cloud.compute.server(self._uuid)
