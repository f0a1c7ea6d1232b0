# SPDX-License-Identifier: Apache-2.0
"""The state of the emulated machines."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from watcher_py.core.cluster import Cluster
from watcher_py.core.columns import NO_ROW
from watcher_py.core.errors import NotFound
from watcher_py.sim.storage_records import Machine


class MachinePark:
    """What Ironic knows; as the World, it is touched under the World's lock."""

    def __init__(self, machines: Iterable[Machine] = ()):
        self.machines = {machine.uuid: machine for machine in machines}
        self.switched = 0               # how often a switch was pressed
        self.booting: dict[str, float] = {}     # host -> when its compute service reports

    def machine(self, name: str) -> Machine:
        """By its uuid or its name."""
        found = self.machines.get(name) or next(
            (one for one in self.machines.values() if one.name == name), None)
        if found is None:
            raise NotFound(f'Node {name} could not be found.')
        return found

    def change(self, uuid: str, **fields: Any) -> Machine:
        self.machines[uuid] = replace(self.machines[uuid], **fields)
        return self.machines[uuid]


def machines_of(cluster: Cluster) -> Iterator[Machine]:
    found = cluster.machines
    for row in range(len(found)):
        node = found.node[row]
        yield Machine(
            uuid=found.uuid[row], name=found.name[row] or None,
            host=None if node == NO_ROW else cluster.nodes.uuid[node],
            compute_node=found.compute_node[row], instance=found.instance[row],
            power_state=found.power_state[row], provision_state=found.provision_state[row],
            maintenance=bool(found.maintenance[row]), maintenance_reason=found.maintenance_reason[row],
            known=bool(found.known[row]))
