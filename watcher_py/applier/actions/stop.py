# SPDX-License-Identifier: Apache-2.0
"""Switch a server off."""

from threading import Event

from watcher_py import schemas
from watcher_py.applier.actions.contract import Schema, Settings, Skipped
from watcher_py.applier.actions.patience import until
from watcher_py.cloud.compute import Compute
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused

OFF, FAULTY = 'SHUTOFF', 'ERROR'


class Stop:
    SCHEMA: Schema = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']}},
        'required': ['resource_id'],
        'additionalProperties': False}
    DESCRIPTION = 'Stop a server instance'

    def __init__(self, parameters: Parameters, cloud: Compute, settings: Settings, cancelled: Event):
        schemas.check(parameters, self.SCHEMA, 'stop')
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._cloud = cloud
        self._settings = settings

    def check(self) -> None:
        try:
            server = self._cloud.server(self._uuid)
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        if server.status == OFF:
            raise Skipped(f'server {self._name} is off already')
        if server.task_state:
            raise Conflict(f'server {self._name} is busy: {server.task_state}')

    def execute(self) -> None:
        self._cloud.stop(self._uuid)
        until(self._has_stopped, self._settings, f'server {self._name} to stop')

    def verify(self) -> None:
        status = self._cloud.server(self._uuid).status
        if status != OFF:
            raise Refused(f'server {self._name} is {status}, not {OFF}')

    def revert(self) -> None:
        self._cloud.start(self._uuid)

    def abort(self) -> None:
        """What is being switched off goes off."""

    def _has_stopped(self) -> bool:
        server = self._cloud.server(self._uuid)
        if server.status == FAULTY:
            reason = self._cloud.failure_reason(self._uuid) or 'it is in error'
            raise Refused(f'server {self._name} did not stop: {reason}')
        return server.status == OFF and not server.task_state
