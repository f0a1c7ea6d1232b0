# SPDX-License-Identifier: Apache-2.0
"""How many more servers of a size there is room for, where, and what runs out first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, RESOURCES, VCPU, Bools, Cluster, Floats, Ints, Servers
from watcher_py.core.document import FORMAT, VERSION, read
from watcher_py.core.further import newcomers
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.rules import takes_new


@dataclass(frozen=True)
class Size:
    """What a server takes that asks for nothing further."""

    vcpus: int                      # at least 1
    memory_mb: int
    disk_gb: int

    def __str__(self) -> str:
        return f'{self.vcpus} vCPUs, {self.memory_mb} MiB and {self.disk_gb} GB'


@dataclass(frozen=True, eq=False)
class Seats:
    """For servers of one size."""

    demand: Floats                  # [R]
    takes: Bools                    # [N] by the rules
    count: Ints                     # [N] how many each node has room for
    limit: Ints                     # [N] the resource class that runs out first


def seats_of(cluster: Cluster, problem: Problem, free: Floats, sizes: Sequence[Size]) -> list[Seats]:
    """With so much free: [N, R]. What one size takes leaves less for the others."""
    coming = newcomers(cluster, _servers_of(sizes))
    return [_seats(demand, takes, free, problem.most) for demand, takes in zip(
        coming.servers.demand, takes_new(coming), strict=True)]


def common_sizes(cluster: Cluster) -> list[tuple[Size, int]]:
    """The sizes that servers have, and how many have each; the most common ones first."""
    demand = cluster.servers.demand
    plain = (demand[:, len(RESOURCES):] == 0).all(axis=1) & (demand[:, VCPU] >= 1)
    count = Counter(map(tuple, demand[plain, :len(RESOURCES)].astype(int).tolist()))
    return [(Size(*size), number) for size, number in sorted(
        count.items(), key=lambda each: (-each[1], each[0]))]


def largest_node(cluster: Cluster) -> int | None:
    """Of those that take new servers, the one with most memory to give; of such, the fullest."""
    nodes = cluster.nodes
    is_open = np.flatnonzero(nodes.enabled & nodes.up & nodes.known)
    memory, used = cluster.capacity()[is_open, MEMORY_MB], cluster.used()[is_open, MEMORY_MB]
    return int(is_open[np.lexsort((-used, -memory))[0]]) if len(is_open) else None


def _seats(demand: Floats, takes: Bools, free: Floats, most: Floats) -> Seats:
    asked = np.flatnonzero(demand > 0)
    share = np.floor((free[:, asked] + SLACK) / demand[asked])
    share[(most[:, asked] + SLACK < demand[asked])] = 0
    count = np.where(takes, np.maximum(share.min(axis=1), 0.0), 0.0).astype(np.int64)
    return Seats(demand, takes, count, asked[share.argmin(axis=1)])


def _servers_of(sizes: Sequence[Size]) -> Servers:
    """One a size, of no project and on no node in particular."""
    nowhere = {'id': 'nowhere', 'name': 'nowhere', 'vcpus': 0, 'ram_mb': 0, 'disk_gb': 0}
    rows = [{'id': str(number), 'host': 'nowhere', 'state': 'stopped', 'vcpus': size.vcpus,
             'ram_mb': size.memory_mb, 'disk_gb': size.disk_gb} for number, size in enumerate(sizes)]
    servers = read({'format': FORMAT, 'version': VERSION, 'hosts': [nowhere],
                    'instances': rows}).cluster.servers
    return replace(servers, demand=servers.demand[:, :len(RESOURCES)])
