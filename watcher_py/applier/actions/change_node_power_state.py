# SPDX-License-Identifier: Apache-2.0
"""Switch the machine of a compute node on, or off once nothing runs on it."""

from functools import cached_property
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.machine_host import MachineHost, check_is_empty, find_machine
from watcher_py.applier.actions.power_switch import PowerSwitch
from watcher_py.cloud.baremetal import OFF, ON
from watcher_py.cloud.compute_rows import ServiceNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound, Refused

STATES = {'on': ON, 'off': OFF}
OPPOSITE = {ON: OFF, OFF: ON}


class ChangeNodePowerState:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'state': {'type': 'string', 'enum': list(STATES)}},
        'required': ['resource_id', 'state'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Compute node power on/off, through Ironic'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'change_node_power_state')
        self._names: list[str] = [
            name for name in (parameters['resource_id'], parameters.get('resource_name')) if name]
        self._state = STATES[parameters['state']]
        self._cloud = cloud
        self._asking = Asking(settings, run)

    def check(self) -> None:
        found = self._asking.at_first(lambda: self._found)
        machine = self._asking.at_first(lambda: self._cloud.machines.machine(found.uuid))
        if machine.power_state == self._state and machine.target_power_state is None:
            raise Skipped(f'machine {self._called} is at {self._state} already')
        if self._state == OFF:
            self._asking.at_first(lambda: check_is_empty(self._cloud, found))

    def execute(self) -> None:
        self._switch(self._asking, self._state).begin()
        self._wait_for_host(self._asking, self._state)

    def resume(self) -> None:
        self._switch(self._asking, self._state).resume()
        self._wait_for_host(self._asking, self._state)

    def verify(self) -> None:
        self._verify(self._asking, self._state)

    def revert(self) -> None:
        """Switch it back; off again only if it is still, or again, empty."""
        asking, state = self._asking.on_the_way_back(), OPPOSITE[self._state]
        self._switch(asking, state).resume()
        self._wait_for_host(asking, state)
        self._verify(asking, state)

    def abort(self) -> None:
        """Ironic takes no request while it switches a machine."""

    @cached_property
    def _found(self) -> MachineHost:
        return find_machine(self._cloud, self._names)

    @property
    def _called(self) -> str:
        return self._names[-1]

    def _switch(self, asking: Asking, state: str) -> PowerSwitch:
        found = asking.answer(lambda: self._found, f'machine {self._called}')

        def check() -> None:
            if state == OFF:
                check_is_empty(self._cloud, found)
        return PowerSwitch(self._cloud.machines, found.uuid, state, asking, check)

    def _wait_for_host(self, asking: Asking, state: str) -> None:
        """A machine that is on is of use once its compute service reports again.

        Nova calls a service up for a while after its last report, be the machine off or not.
        """
        if state == ON:
            before = asking.answer(self._service, f'machine {self._called}')

            def is_back() -> bool:
                now = self._service()
                return now is None or before is None or (now.up and now.reported != before.reported)
            asking.until(is_back, f'the compute service of machine {self._called} to come up')

    def _verify(self, asking: Asking, state: str) -> None:
        self._switch(asking, state).verify()
        service = asking.answer(self._service, f'machine {self._called}') if state == ON else None
        if service and not service.up:
            raise Refused(f'machine {self._called} is at {ON}, but its compute service is down')

    def _service(self) -> ServiceNow | None:
        """None where the machine is nobody's compute node."""
        try:
            return self._cloud.compute.service(self._found.host) if self._found.host else None
        except NotFound:
            return None
