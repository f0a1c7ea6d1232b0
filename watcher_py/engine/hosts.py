# SPDX-License-Identifier: Apache-2.0
"""What is told of hosts: how full they are, how busy, and what keeps them from being touched."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from watcher_py.core.cluster import DISK_GB, MEMORY_MB, Cluster
from watcher_py.core.occupancy import Occupancy, balance, occupancy
from watcher_py.engine import servers
from watcher_py.engine.amounts import amount
from watcher_py.engine.lookup import node_row
from watcher_py.engine.present import Look

Row = dict[str, Any]


def listed(look: Look) -> Row:
    """All hosts, and the figures of the cloud."""
    full = occupancy(look.snapshot)
    return {'taken_at': look.taken_at(), 'gaps': list(look.gaps),
            'figures': _figures(look.snapshot.cluster, full),
            'hosts': rows(look, full, range(len(full.servers)))}


def shown(look: Look, key: str) -> Row:
    """The host of this uuid or name, with what it is and what stands on it."""
    cluster = look.snapshot.cluster
    nodes, row = cluster.nodes, node_row(cluster.nodes, key)
    version = nodes.hypervisor_version[row]
    return {
        **rows(look, occupancy(look.snapshot), [row])[0], 'hypervisor': nodes.hypervisor[row],
        'hypervisor_type': nodes.hypervisor_type[row] or None, 'hypervisor_version': amount(version),
        'cpu_model': nodes.cpu[row].model or None, 'traits': sorted(nodes.traits[row]),
        'metadata': {one.name: dict(one.metadata) for one in cluster.aggregates if row in one.nodes},
        'servers': servers.rows(look, np.flatnonzero(cluster.servers.node == row).tolist())}


def rows(look: Look, full: Occupancy, which: Iterable[int]) -> list[Row]:
    """What is told of each of these nodes."""
    cluster, why_frozen = look.snapshot.cluster, look.collected.frozen
    nodes, aggregates = cluster.nodes, _aggregates(cluster)
    return [{
        'uuid': nodes.uuid[row], 'name': nodes.name[row], 'zone': nodes.zone[row],
        'aggregates': aggregates[row], 'state': 'up' if nodes.up[row] else 'down',
        'enabled': bool(nodes.enabled[row]), 'disabled_reason': nodes.disabled_reason[row],
        'known': bool(nodes.known[row]), 'why_frozen': why_frozen.get(nodes.uuid[row]),
        **amounts(full, row, bool(nodes.known[row]))} for row in which]


def amounts(full: Occupancy, row: int, is_known: bool) -> Row:
    """What a node has, gives out, and really uses."""
    def room(capacity: float, allocated: float) -> Row:
        # What of an unknown node is not there was not read.
        is_read = is_known or capacity > 0
        return {'capacity': amount(capacity) if is_read else None,
                'allocated': amount(allocated) if is_read else None}

    capacity, allocated = full.capacity[row], full.allocated[row]
    return {
        'servers': int(full.servers[row]),
        'vcpus': {'total': amount(full.cores[row]), **room(*full.vcpus[row]),
                  'used': amount(full.cores_used[row])},
        'memory_mb': {'total': amount(full.memory[row]),
                      **room(capacity[MEMORY_MB], allocated[MEMORY_MB]),
                      'used': amount(full.memory_used[row])},
        'disk_gb': room(capacity[DISK_GB], allocated[DISK_GB])}


def _figures(cluster: Cluster, full: Occupancy) -> Row:
    cpu = balance(full.cpu_percent)
    return {'hosts': len(cluster.nodes), 'hosts_in_use': int((full.servers > 0).sum()),
            'servers': len(cluster.servers), 'cpu_mean': amount(cpu.mean),
            'cpu_deviation': amount(cpu.deviation), 'cpu_max': amount(cpu.most)}


def _aggregates(cluster: Cluster) -> Sequence[list[str]]:
    """[N] Names of the aggregates that each node is in."""
    found: list[list[str]] = [[] for _ in range(len(cluster.nodes))]
    for aggregate in cluster.aggregates:
        for row in aggregate.nodes.tolist():
            found[row].append(aggregate.name)
    return found
