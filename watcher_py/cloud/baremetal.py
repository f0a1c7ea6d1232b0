# SPDX-License-Identifier: Apache-2.0
"""Ironic: the machines that it switches, in a few bulk calls, and the switch of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openstack.connection import Connection

from watcher_py.cloud.endpoint import Endpoint
from watcher_py.cloud.json_values import maybe, named, text
from watcher_py.cloud.listing import Listing, listing, understood
from watcher_py.core.errors import NotFound, WatcherError

MINIMUM = (1, 8)                # chosen fields of all nodes in one list
WANTED = (1, 49)                # conductors can be asked for

_FIELDS = ('uuid', 'name', 'power_state', 'target_power_state', 'provision_state', 'maintenance',
           'maintenance_reason', 'instance_uuid', 'extra')

ON, OFF = 'power on', 'power off'


@dataclass(frozen=True, slots=True)
class MachineNow:
    """A machine of Ironic's."""

    uuid: str
    name: str
    compute_node: str                   # what `extra` says it is a compute node of, '' when it says nothing
    instance: str | None
    power_state: str | None             # None until Ironic has looked
    target_power_state: str | None
    provision_state: str | None
    maintenance: bool
    maintenance_reason: str | None
    last_error: str | None = None       # this and what follows isn't told by the list of all
    reservation: str | None = None      # who does something with it at this moment
    updated: str = ''                   # ISO 8601, Ironic's clock


class Baremetal:
    """Ironic's API in the operator's words; what can't be read is told by the list.

    Of one machine, NotFound, Refused or Unavailable tell what Ironic said.
    """

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._ironic = Endpoint(connection, 'baremetal', 'Ironic', MINIMUM, WANTED, tries, interval)

    def is_offered(self) -> bool:
        """Whether the cloud has Ironic at all; Unavailable when Keystone doesn't answer."""
        return self._ironic.is_offered()

    def machines(self) -> Listing[MachineNow]:
        found = self._ironic.every('/nodes', 'nodes', fields=','.join(_FIELDS))
        listed = listing('machines', found, machine_now)
        return listed if listed.rows or listed.missing else Listing((), self._why_none())

    def machine(self, name: str) -> MachineNow:
        """By its uuid or its name."""
        # In whole: `updated_at` is shown, but is not among the fields that may be chosen.
        found = self._ironic.get(f'/nodes/{name}')
        return understood('the machine', found, machine_now)

    def set_power(self, uuid: str, state: str) -> None:
        """Begin to switch it; `state` is 'power on' or 'power off'."""
        self._ironic.put(f'/nodes/{uuid}/states/power', {'target': state})

    def _why_none(self) -> str | None:
        """Who may not see the machines is shown an empty list of them, but refused the conductors."""
        try:
            self._ironic.get('/conductors')
        except NotFound:        # before 1.49
            return None
        except WatcherError as error:
            return f'machines: Ironic lists none, and doesn\'t say that there are none: {error}'
        return None


def machine_now(row: Mapping[str, Any]) -> MachineNow:
    noted = (row.get('extra') or {}).get('compute_node_id')
    return MachineNow(
        uuid=named(row['uuid']), name=text(row.get('name')), compute_node='' if noted is None else str(noted),
        instance=maybe(row.get('instance_uuid')), power_state=maybe(row['power_state']),
        target_power_state=maybe(row.get('target_power_state')),
        provision_state=maybe(row.get('provision_state')), maintenance=bool(row['maintenance']),
        maintenance_reason=maybe(row.get('maintenance_reason')),
        last_error=maybe(row.get('last_error')), reservation=maybe(row.get('reservation')),
        updated=text(row.get('updated_at')))
