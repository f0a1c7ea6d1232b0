# SPDX-License-Identifier: Apache-2.0
"""Which compute nodes can be switched on or off, and why the others can't."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.changes import SERVICE_DISABLED_REASON
from watcher_py.core.cluster import Bools, Cluster, Ints, Names
from watcher_py.core.columns import NO_ROW

ON, OFF = 'power on', 'power off'
# Ironic's states in which nobody is at work on a machine; old versions call an available one by no name.
STEADY = (None, 'active', 'available', 'manageable')


@dataclass(frozen=True, eq=False)
class Switches:
    """Of each node its machine; one that is neither on nor off is not reached, nobody knows why."""

    machine: Ints                   # [N] row of the machine that runs it, NO_ROW where that is not clear
    why_fixed: Names                # [N] why it must not be switched, '' where it may be
    on: Bools                       # [N] it reports
    off: Bools                      # [N] its machine is off; Nova may take a minute to see that

    @property
    def free(self) -> Bools:
        """[N] Those that may be switched."""
        return np.array([not why for why in self.why_fixed], dtype=bool)


def switches_of(cluster: Cluster) -> Switches:
    nodes, machines = cluster.nodes, cluster.machines
    claims: defaultdict[int, list[int]] = defaultdict(list)
    for row, node in enumerate(machines.node.tolist()):
        claims[node].append(row)
    machine = np.array([claims[node][0] if len(claims[node]) == 1 else NO_ROW for node in range(len(nodes))],
                       dtype=np.int64)
    is_off = np.array([row != NO_ROW and bool(machines.known[row]) and machines.power_state[row] == OFF
                       for row in machine.tolist()], dtype=bool)
    why = tuple(next(_reasons(cluster, node, claims[node]), '') for node in range(len(nodes)))
    return Switches(machine, why, nodes.up & ~is_off, is_off)


def _reasons(cluster: Cluster, node: int, claims: list[int]) -> Iterator[str]:
    nodes = cluster.nodes
    if not nodes.known[node]:
        yield 'it could not be read in whole'
    if nodes.hypervisor_type[node].lower() == 'ironic':
        yield 'it is a machine for tenants, not a host of servers'
    if len(claims) != 1:
        yield 'several machines are noted to run it' if claims else 'no machine is known to run it'
        return
    yield from _reasons_of_machine(cluster, claims[0], bool(nodes.up[node]))
    if not nodes.enabled[node] and nodes.disabled_reason[node] != SERVICE_DISABLED_REASON:
        yield f'somebody else has disabled it: {nodes.disabled_reason[node] or "no reason is given"}'
    if nodes.held[node].any():
        yield 'a part of it is allocated to none of its servers: some may be on their way to it'


def _reasons_of_machine(cluster: Cluster, row: int, is_up: bool) -> Iterator[str]:
    machines = cluster.machines
    if not machines.known[row] or machines.power_state[row] not in (ON, OFF):
        yield 'the power state of its machine is unknown'
    if machines.maintenance[row]:
        yield f'its machine is in maintenance: {machines.maintenance_reason[row] or "no reason is given"}'
    if machines.target_power_state[row]:
        yield f'its machine is on its way to {machines.target_power_state[row]}'
    if machines.provision_state[row] not in STEADY:
        yield f'its machine is {machines.provision_state[row]}'
    if machines.instance[row] is not None and machines.instance[row] in cluster.servers.uuid:
        yield f'its machine is given to the server {machines.instance[row]}'
    if (machines.power_state[row] == ON) != is_up:
        yield (f'its machine is at {machines.power_state[row]}, '
               f'but its compute service is {"up" if is_up else "down"}')
