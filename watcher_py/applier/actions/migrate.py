# SPDX-License-Identifier: Apache-2.0
"""Move a server to another host, live or cold."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions import company, passage
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.journey import Journey
from watcher_py.applier.actions.passage import WAITS_FOR_CONFIRMATION, Route
from watcher_py.applier.actions.patience import patiently
from watcher_py.cloud.compute_rows import ServerNow, ServiceNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused

LIVE, COLD = 'live', 'cold'
ALLOWED = {LIVE: ('ACTIVE', 'PAUSED'), COLD: ('ACTIVE', 'SHUTOFF')}
KINDS = {LIVE: passage.LIVE, COLD: passage.COLD}
UNSOUND = ('ERROR', WAITS_FOR_CONFIRMATION)


class Migrate:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'migration_type': {'type': 'string', 'enum': [LIVE, COLD]},
            'source_node': {'type': 'string', 'minLength': 1},
            'destination_node': {'type': ['string', 'null'], 'minLength': 1}},
        'required': ['resource_id', 'migration_type', 'source_node'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Moving a VM instance from source_node to destination_node'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run):
        schemas.check(parameters, self.SCHEMA, 'migrate')
        self._parameters = parameters
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._type: str = parameters['migration_type']
        self._source: str = parameters['source_node']
        self._target: str | None = parameters.get('destination_node')     # None: Nova chooses
        self._cloud, self._settings, self._run = cloud, settings, run
        self._seen: ServerNow | None = None         # when it was looked at last

    def check(self) -> None:
        try:
            self._seen = server = self._run.seen or patiently(
                self._look, self._settings, self._run, is_begun=False)
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        self._check_place(server)
        if server.task_state:
            raise Conflict(f'server {self._name} is busy: {server.task_state}')
        if server.status not in ALLOWED[self._type]:
            raise Conflict(f'server {self._name} is {server.status}; '
                           f'a {self._type} migration needs {" or ".join(ALLOWED[self._type])}')
        if self._target is not None and self._run.seen is None:
            self._check_target(self._target)

    def execute(self) -> None:
        self._seen = self._insist(self._begin)

    def resume(self) -> None:
        self._seen = self._insist(self._journey().resume)

    def verify(self) -> None:
        server = self._seen or self._look()
        self._seen = None
        is_there = server.host != self._source and server.host == (self._target or server.host)
        if not is_there and self._journey().was_gone_on_from():
            return      # whoever took the action over found that another one had moved it on
        if not is_there:
            raise Refused(f'server {self._name} is on {server.host}, not on {self._target or "another host"}')
        if server.task_state or server.status in UNSOUND:
            raise Refused(f'server {self._name} has moved to {server.host}, but it is '
                          f'{server.status} ({server.task_state or "no task"})')

    def revert(self) -> None:
        """Move it back, whoever stops the plan; refused where somebody else has moved it on."""
        run = replace(self._run, memory=self._run.memory.within('revert'), stop=Event(), force=Event(),
                      seen=None)
        came_from = run.memory.get('from') or self._where_it_was_put()
        if came_from == self._source:
            return
        way_back = {'source_node': came_from, 'destination_node': self._source}
        back = Migrate({**self._parameters, **way_back}, self._cloud, self._settings, run)
        if run.memory:
            back.resume()
        else:
            back.check()
            back.execute()
        back.verify()

    def abort(self) -> None:
        """Stop a live migration; a cold one runs to its end."""
        self._journey().abort()

    def _check_place(self, server: ServerNow) -> None:
        if self._target is not None and server.host == self._target:
            raise Skipped(f'server {self._name} is on {self._target} already')
        if server.host != self._source:
            raise Skipped(f'server {self._name} is on {server.host}, no longer on {self._source}')

    def _check_target(self, host: str) -> None:
        try:
            service = patiently(lambda: self._service(host), self._settings, self._run, is_begun=False)
        except NotFound:
            raise Refused(f'host {host} has no compute service') from None
        if not service.enabled:
            raise Refused(f'host {host} is disabled: {service.disabled_reason or "no reason is given"}')
        if not service.up:
            raise Refused(f'host {host} is down')

    def _begin(self) -> ServerNow:
        server = self._seen or patiently(self._look, self._settings, self._run)
        return self._journey().begin(server.updated)

    def _insist(self, go: Callable[[], ServerNow]) -> ServerNow:
        return company.insist(go, self._begin, self._is_passing, self._settings, self._run)

    def _is_passing(self) -> bool:
        return self._target is not None and company.is_free(self._cloud.compute, self._uuid, self._target)

    def _journey(self) -> Journey:
        compute = self._cloud.compute
        ask = compute.live_migrate if self._type == LIVE else compute.cold_migrate
        route = Route(self._uuid, self._name, KINDS[self._type], self._source, self._target)
        return Journey(route, lambda: ask(self._uuid, self._target), self._cloud, self._settings, self._run)

    def _where_it_was_put(self) -> str | None:
        try:
            server = patiently(self._look, self._settings, self._run)
        except NotFound:
            raise Refused(f'server {self._name} is gone; it can\'t be moved back') from None
        if server.host not in (self._source, self._target or server.host):
            raise Refused(f'server {self._name} is on {server.host}, where this action did not put it; '
                          'it is left there')
        return server.host

    def _look(self) -> ServerNow:
        return self._cloud.compute.server(self._uuid)

    def _service(self, host: str) -> ServiceNow:
        return self._cloud.compute.service(host)
