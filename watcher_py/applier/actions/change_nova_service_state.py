# SPDX-License-Identifier: Apache-2.0
"""Enable or disable the compute service of a host."""

from threading import Event

from watcher_py import schemas
from watcher_py.applier.actions.contract import Schema, Settings, Skipped
from watcher_py.cloud.compute import Compute
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused

ENABLED, DISABLED = 'enabled', 'disabled'


class ChangeNovaServiceState:
    SCHEMA: Schema = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'state': {'type': 'string', 'enum': [ENABLED, DISABLED]},
            'disabled_reason': {'type': ['string', 'null']},
            'revert_on_failure': {'type': 'boolean'}},
        'required': ['resource_id', 'state'],
        'additionalProperties': False}
    DESCRIPTION = 'Disables or enables the nova-compute service.'

    def __init__(self, parameters: Parameters, cloud: Compute, settings: Settings, cancelled: Event):
        schemas.check(parameters, self.SCHEMA, 'change_nova_service_state')
        # The id may be the node's uuid; its compute service goes by the name.
        self._host: str = parameters.get('resource_name') or parameters['resource_id']
        self._is_enabled: bool = parameters['state'] == ENABLED
        self._reason: str | None = parameters.get('disabled_reason') or None
        self._former_reason: str | None = None
        self._cloud = cloud

    def check(self) -> None:
        try:
            service = self._cloud.service(self._host)
        except NotFound:
            raise Skipped(f'host {self._host} has no compute service') from None
        if service.enabled == self._is_enabled:
            why = f' ({service.disabled_reason})' if service.disabled_reason else ''
            raise Skipped(f'the compute service of {self._host} is {_word(service.enabled)} already{why}')
        self._former_reason = service.disabled_reason

    def execute(self) -> None:
        self._cloud.set_service(self._host, self._is_enabled, self._reason)

    def verify(self) -> None:
        if self._cloud.service(self._host).enabled != self._is_enabled:
            raise Refused(f'the compute service of {self._host} is still {_word(not self._is_enabled)}')

    def revert(self) -> None:
        """Put it back, unless somebody has taken the service over since."""
        service = self._cloud.service(self._host)
        if service.enabled != self._is_enabled:
            return
        if not self._is_enabled and (service.disabled_reason or None) != self._reason:
            raise Conflict(f'the compute service of {self._host} is now disabled for another reason: '
                           f'{service.disabled_reason}')
        self._cloud.set_service(self._host, not self._is_enabled, self._former_reason)

    def abort(self) -> None:
        """It takes no time."""


def _word(is_enabled: bool) -> str:
    return ENABLED if is_enabled else DISABLED
