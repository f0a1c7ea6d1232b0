# SPDX-License-Identifier: Apache-2.0
"""The resource columns beyond the three sizes: what providers have of them, what servers take.

An amount must come from one provider, and which providers the servers of a node hold is not known.
So that a new server is sure of its amount whatever they hold, a node with several providers counts
less than their sum where amounts differ: with every amount a multiple of g and none above d, P
providers whose rooms are c_1 to c_P in units of g are sure to have d left in one of them as long as
all together hold no more than c_1 + ... + c_P - (P - 1)(d/g - 1). Where all take the same amount that
is every whole piece. A node that already holds more is closed to the class: it counts as full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from watcher_py.core.cluster import PCPU, VCPU, Bools, Cluster, Floats, Ints, Inventory, Names, Nodes, Servers
from watcher_py.core.errors import Invalid
from watcher_py.core.numa import CELL_SHARE, cell_shares
from watcher_py.core.request import Request, requests_of

Stated = Sequence[Mapping[str, float] | None]


@dataclass(frozen=True, eq=False)
class Column:
    """One resource class: what each node has [N] of it, what each server takes [S] of it."""

    name: str
    total: Floats
    reserved: Floats
    ratio: Floats
    held: Floats
    demand: Floats
    closed: Bools                       # [N] the node's pieces may be too small for whom comes next


def with_further(cluster: Cluster, stated: Stated | None = None) -> Cluster:
    """A cluster of three columns with those that its nodes' providers and its servers ask for.

    `stated` is what is known to be allocated to a server beyond the three sizes; where it is None,
    the flavor tells.
    """
    codes, requests = requests_of(cluster.servers)
    taken, vcpus = _taken(cluster, codes, requests, stated)
    offered = _offered(cluster.nodes)
    shared = replace(cluster, servers=replace(
        cluster.servers, demand=np.column_stack([vcpus, cluster.servers.demand[:, 1:]])))
    columns = [_column(shared, name, taken, requests) for name in sorted(offered | taken.keys())]
    shares = cell_shares(shared, taken.get(PCPU, np.zeros(len(vcpus))), codes, requests)
    if shares is not None:
        demand, total = shares
        columns.append(_kept_full(shared, CELL_SHARE, total, demand))
    return _joined(shared, columns) if columns else cluster


def newcomers(cluster: Cluster, servers: Servers) -> Cluster:
    """The cluster with these servers, of three columns, in place of its own; its nodes stay as they are.

    Invalid when one has a NUMA topology: which cells it would find is not known.
    """
    codes, requests = requests_of(servers)
    if any(request.cells for request in requests):
        raise Invalid('a server with a NUMA topology can not be asked for: leave out hw:numa_nodes, '
                      'hw:cpu_policy and hw:mem_page_size')
    taken, vcpus = _taken(replace(cluster, servers=servers), codes, requests, None)
    if unknown := sorted(taken.keys() - set(cluster.resources)):
        raise Invalid(f'{unknown[0]} is asked for, which no node is known to have')
    names = cluster.resources[servers.demand.shape[1]:]
    columns = [taken.get(name, np.zeros(len(servers))) for name in names]
    demand = np.column_stack([vcpus, servers.demand[:, 1:], *columns])
    return replace(cluster, servers=replace(servers, demand=demand), groups=())


def _offered(nodes: Nodes) -> set[str]:
    return {resource for providers in nodes.providers for provider in providers
            for resource in provider.inventories}


def _taken(cluster: Cluster, codes: Ints, requests: Sequence[Request],
           stated: Stated | None) -> tuple[dict[str, Floats], Floats]:
    """What the servers take of each further class, and the vCPUs that remain to be shared: [S]."""
    vcpus = cluster.servers.demand[:, VCPU].copy()
    taken: dict[str, Floats] = {}
    known = np.array([amounts is not None for amounts in stated or [None] * len(vcpus)], dtype=bool)
    has_pcpu = PCPU in _offered(cluster.nodes)
    for code, request in enumerate(requests):
        amounts = dict(request.further)
        is_dedicated = request.is_dedicated and has_pcpu and PCPU not in amounts
        if not amounts and not is_dedicated:
            continue
        rows = np.flatnonzero((codes == code) & ~known)
        for resource, amount in amounts.items():
            taken.setdefault(resource, np.zeros(len(vcpus)))[rows] = amount
        if is_dedicated:
            own = np.array([request.dedicated(count) for count in vcpus[rows].tolist()])
            taken.setdefault(PCPU, np.zeros(len(vcpus)))[rows] = own + request.emulator_cpus
            vcpus[rows] -= own
    for row in np.flatnonzero(known).tolist():
        for resource, amount in ((stated or [])[row] or {}).items():
            taken.setdefault(resource, np.zeros(len(vcpus)))[row] = amount
    return taken, vcpus


def _column(cluster: Cluster, name: str, taken: Mapping[str, Floats], requests: Sequence[Request]) -> Column:
    nodes, demand = cluster.nodes, taken.get(name, np.zeros(len(cluster.servers)))
    found = [[provider.inventories[name] for provider in providers if name in provider.inventories]
             for providers in nodes.providers]
    if not any(found):
        # Nobody says who has it: what is there is all that there is.
        return _kept_full(cluster, name, np.zeros(len(nodes)), demand)
    pieces = {amount for request in requests for part in request.parts
              if (amount := part.resources.get(name, 0.0))}
    unit = float(gcd(*(int(amount) for amount in {*demand.tolist(), *pieces}))) or 1.0
    largest = float(demand.max(initial=unit))
    single = [inventories[0] if len(inventories) == 1 else
              Inventory(_sure_room(inventories, unit, largest)) for inventories in found]
    total, reserved, ratio, held = (np.array([getattr(one, part) for one in single])
                                    for part in ('total', 'reserved', 'ratio', 'held'))
    used = _used(cluster, demand)
    closed = np.array([len(inventories) > 1 for inventories in found], dtype=bool) & (used > total)
    return Column(name, np.where(closed, used, total), reserved, ratio, held, demand, closed)


def _sure_room(inventories: Sequence[Inventory], unit: float, largest: float) -> float:
    if not inventories:
        return 0.0
    pieces = sum(max(one.room(), 0.0) // unit for one in inventories)
    return max(unit * (pieces - (len(inventories) - 1) * (largest / unit - 1)), 0.0)


def _kept_full(cluster: Cluster, name: str, total: Floats, demand: Floats) -> Column:
    nothing, used = np.zeros(len(cluster.nodes)), _used(cluster, demand)
    return Column(name, np.maximum(total, used), nothing, nothing + 1, nothing, demand, used > total)


def _used(cluster: Cluster, demand: Floats) -> Floats:
    return np.bincount(cluster.servers.node, demand, len(cluster.nodes)).astype(float)


def _joined(cluster: Cluster, columns: Sequence[Column]) -> Cluster:
    nodes, servers = cluster.nodes, cluster.servers
    names: Names = tuple(column.name for column in columns)
    closed_to = (frozenset(column.name for column in columns if column.closed[row])
                 for row in range(len(nodes)))
    return replace(
        cluster, resources=(*cluster.resources, *names),
        servers=replace(servers, demand=np.column_stack([servers.demand, *(one.demand for one in columns)])),
        nodes=replace(
            nodes, closed_to=tuple(closed_to),
            total=np.column_stack([nodes.total, *(one.total for one in columns)]),
            reserved=np.column_stack([nodes.reserved, *(one.reserved for one in columns)]),
            ratio=np.column_stack([nodes.ratio, *(one.ratio for one in columns)]),
            held=np.column_stack([nodes.held, *(one.held for one in columns)])))
