# SPDX-License-Identifier: Apache-2.0
"""The cloud as columns: nodes, servers, and who is where. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import Any

import numpy as np

from watcher_py.core.columns import Bools as Bools
from watcher_py.core.columns import Floats as Floats
from watcher_py.core.columns import Ints as Ints
from watcher_py.core.columns import Names as Names
from watcher_py.core.columns import sums_of
from watcher_py.core.machines import NO_MACHINES, Machines
from watcher_py.core.storage import NO_STORAGE, Storage

# Placement's resource classes that each cluster has, in the order of the columns; MiB and GiB.
RESOURCES = ('VCPU', 'MEMORY_MB', 'DISK_GB')
VCPU, MEMORY_MB, DISK_GB = range(len(RESOURCES))
PCPU = 'PCPU'


@dataclass(frozen=True)
class Inventory:
    """Of one resource class beyond the three; (total - reserved) * ratio - held can be allocated."""

    total: float
    reserved: float = 0.0
    ratio: float = 1.0
    held: float = 0.0                   # allocated to none of the servers
    least: float = 1.0                  # what a single server may be given: from, to, in steps of
    most: float = inf
    step: float = 1.0

    def deals(self, amount: float) -> bool:
        """Whether a single server may be given so much at all."""
        return self.least <= amount <= self.most and amount % self.step == 0

    def room(self) -> float:
        return (self.total - self.reserved) * self.ratio - self.held


@dataclass(frozen=True)
class Provider:
    """A resource provider of a node: the node itself, named '', or one nested in it, as a GPU is."""

    name: str
    inventories: Mapping[str, Inventory]
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cell:
    """A NUMA cell: CPUs that servers share, CPUs that are given to one, and memory in pages."""

    vcpus: float
    pcpus: float
    pages: Mapping[str, float]          # MiB by page size in KiB


@dataclass(frozen=True)
class Cpu:
    """What is known of a node's CPU."""

    arch: str = ''
    vendor: str = ''
    model: str = ''
    features: frozenset[str] = frozenset()
    rank: float | None = None           # the operator's order of generations: older is lower


@dataclass(frozen=True, eq=False, kw_only=True)
class Nodes:
    """Compute nodes, a row each; N rows, R resource classes.

    What several providers of a node have of a class counts as far as a server is sure to find its
    amount in one of them, whoever came before (core/further.py).
    """

    uuid: Names
    name: Names                         # of the compute service's host
    hypervisor: Names                   # the hypervisor's host name; often the same
    zone: Names
    generation: Names                   # hardware or CPU generation, '' when unknown
    enabled: Bools                      # [N] the compute service takes new servers
    up: Bools                           # [N] the compute service reports
    known: Bools                        # [N] False: something on it could not be read
    disabled_reason: tuple[str | None, ...]
    total: Floats                       # [N, R]
    reserved: Floats                    # [N, R]
    ratio: Floats                       # [N, R] allocation ratios
    held: Floats                        # [N, R] allocated to none of the servers: migrations in flight
    traits: tuple[frozenset[str], ...]  # of the node itself
    hypervisor_type: Names              # '' when unknown
    hypervisor_version: Floats          # [N] NaN when unknown
    cpu: tuple[Cpu, ...]
    providers: tuple[tuple[Provider, ...], ...]     # of what is beyond the three classes
    cells: tuple[tuple[Cell, ...], ...]             # none when unknown
    closed_to: tuple[frozenset[str], ...]           # classes of which no more is given: see core/further.py
    idle_watts: Floats                  # [N] NaN when unknown
    max_watts: Floats                   # [N]

    def __len__(self) -> int:
        return len(self.uuid)


@dataclass(frozen=True, eq=False, kw_only=True)
class Servers:
    """Servers that stand on a node, a row each; S rows."""

    uuid: Names
    name: Names
    project: Names
    flavor: Names
    state: Names                        # Nova's vm_state: active, stopped, paused, ...
    task_state: tuple[str | None, ...]
    locked: Bools                       # [S]
    excluded: Bools                     # [S] by the audit's scope: stays where it is
    demand: Floats                      # [S, R] what it is allocated in Placement
    node: Ints                          # [S] row of its node
    pinned_zone: tuple[str | None, ...]
    created: Names                      # ISO 8601, '' when unknown
    moved_at: Floats                    # [S] end of its last migration, seconds since the epoch; NaN: unknown
    metadata: tuple[Mapping[str, str], ...]
    extra_specs: tuple[Mapping[str, str], ...]  # of its flavor
    image: tuple[Mapping[str, str], ...]        # properties of its image, as far as they are known
    hints: tuple[Mapping[str, Any], ...]        # that Nova's scheduler was given, as far as they are known

    def __len__(self) -> int:
        return len(self.uuid)


class Policy(StrEnum):
    """Nova's server group policies."""

    AFFINITY = 'affinity'
    ANTI_AFFINITY = 'anti-affinity'
    SOFT_AFFINITY = 'soft-affinity'
    SOFT_ANTI_AFFINITY = 'soft-anti-affinity'


@dataclass(frozen=True, eq=False)
class Group:
    """A server group; `members` are rows of Servers, members elsewhere left out."""

    uuid: str
    name: str
    policy: Policy
    members: Ints
    limit: int = 1                      # max_server_per_host, of anti-affinity


@dataclass(frozen=True, eq=False)
class Aggregate:
    """A host aggregate; `nodes` are rows of Nodes."""

    name: str
    nodes: Ints
    metadata: Mapping[str, str]
    id: int = 0


@dataclass(frozen=True, eq=False)
class Cluster:
    """Nodes, servers, the groups and aggregates that bind them; the storage and the machines beside them."""

    nodes: Nodes
    servers: Servers
    groups: tuple[Group, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    resources: Names = RESOURCES        # names of the R columns: the three, then others in sorted order
    storage: Storage = NO_STORAGE
    machines: Machines = NO_MACHINES

    def capacity(self) -> Floats:
        """What can be allocated: [N, R], (total - reserved) * ratio."""
        nodes = self.nodes
        return (nodes.total - nodes.reserved) * nodes.ratio

    def used(self) -> Floats:
        """What is allocated: [N, R]."""
        return self.nodes.held + sums_of(self.servers.demand, self.servers.node, len(self.nodes))

    def vcpus(self) -> Floats:
        """[S] CPUs of a server, shared and dedicated, that of its emulator among them."""
        return self.cpus(self.servers.demand)

    def cores(self) -> Floats:
        """[N] CPUs that a node has, for all to share and for one alone."""
        return self.cpus(self.nodes.total)

    def cpus(self, columns: Floats) -> Floats:
        """Of amounts of the resources [rows, R] those of CPUs, shared and dedicated: [rows]."""
        dedicated = columns[:, self.resources.index(PCPU)] if PCPU in self.resources else 0.0
        return columns[:, VCPU] + dedicated

    def active(self) -> Bools:
        """[N] Which nodes hold at least one server."""
        return np.bincount(self.servers.node, minlength=len(self.nodes)) > 0

    def placed(self, node: Ints) -> 'Cluster':
        """The same servers, standing on the nodes of these rows: [S]."""
        return replace(self, servers=replace(self.servers, node=node))
