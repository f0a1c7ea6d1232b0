# SPDX-License-Identifier: Apache-2.0
"""Enable or disable the compute service of a host."""

from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.cloud.compute_rows import ServiceNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused

ENABLED, DISABLED = 'enabled', 'disabled'
# `up` and `down` are older words for the same: a service is never forced down.
STATES = {ENABLED: True, 'up': True, DISABLED: False, 'down': False}


class ChangeNovaServiceState:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'state': {'type': 'string', 'enum': list(STATES)},
            'disabled_reason': {'type': ['string', 'null']},
            'revert_on_failure': {'type': 'boolean'}},
        'required': ['resource_id', 'state'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Disables or enables the nova-compute service.'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'change_nova_service_state')
        # The id may be the node's uuid; its compute service goes by the name.
        self._host: str = parameters.get('resource_name') or parameters['resource_id']
        self._is_enabled = STATES[parameters['state']]
        self._reason: str | None = parameters.get('disabled_reason') or None
        self._former: ServiceNow | None = None
        self._compute = cloud.compute
        self._asking = Asking(settings, run)

    def check(self) -> None:
        try:
            service = self._asking.at_first(lambda: self._compute.service(self._host))
        except NotFound:
            raise Skipped(f'host {self._host} has no compute service') from None
        if service.enabled == self._is_enabled:
            why = f' ({service.disabled_reason})' if service.disabled_reason else ''
            raise Skipped(f'the compute service of {self._host} is {_word(service.enabled)} already{why}')
        self._former = service

    def execute(self) -> None:
        former = self._former or self._now()
        self._asking.run.memory.note(reason=former.disabled_reason)
        self._set(self._asking, self._is_enabled, self._reason)

    def resume(self) -> None:
        if self._now().enabled != self._is_enabled:
            self._set(self._asking, self._is_enabled, self._reason)

    def verify(self) -> None:
        self._check_is(self._is_enabled)

    def revert(self) -> None:
        """Put it back with its former reason, unless somebody has taken the service over since."""
        service = self._now()
        if service.enabled != self._is_enabled:
            return
        if not self._is_enabled and (service.disabled_reason or None) != self._reason:
            raise Conflict(f'the compute service of {self._host} is now disabled for another reason: '
                           f'{service.disabled_reason}')
        self._set(self._asking.on_the_way_back(), not self._is_enabled, self._asking.run.memory.get('reason'))
        self._check_is(not self._is_enabled)

    def abort(self) -> None:
        """It takes no time."""

    def _set(self, asking: Asking, enabled: bool, reason: str | None) -> None:
        asking.request(lambda: self._compute.set_service(self._host, enabled, reason),
                       lambda: self._compute.service(self._host).enabled == enabled,
                       f'the compute service of {self._host}')

    def _now(self) -> ServiceNow:
        return self._asking.answer(lambda: self._compute.service(self._host),
                                   f'the compute service of {self._host}')

    def _check_is(self, enabled: bool) -> None:
        if self._now().enabled != enabled:
            raise Refused(f'the compute service of {self._host} is still {_word(not enabled)}')


def _word(is_enabled: bool) -> str:
    return ENABLED if is_enabled else DISABLED
