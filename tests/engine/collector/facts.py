# SPDX-License-Identifier: Apache-2.0
"""What is true of an emulated cloud at a moment, and what a collector says that never was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import RESOURCES, Cluster
from watcher_py.sim.world import World

EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HostFacts:
    """One host."""

    name: str
    zone: str
    servers: frozenset[str]
    taken: tuple[int, ...]              # of the three sizes
    room: tuple[float, ...]
    service: tuple[bool, bool]          # enabled, up
    aggregates: frozenset[int]


@dataclass(frozen=True)
class Facts:
    """Hosts by uuid, and the members of each group."""

    hosts: Mapping[str, HostFacts]
    groups: Mapping[str, frozenset[str]]
    standing: frozenset[str]            # all servers that are on some host


def facts_of(world: World) -> Facts:
    hosts = {}
    for host in world.hosts.values():
        taken, have = world.ledger.taken(host.uuid), host.tree[0].inventories
        hosts[host.uuid] = HostFacts(
            host.name, host.zone, frozenset(server.uuid for server in world.residents(host.uuid)),
            tuple(taken[name] for name in RESOURCES), tuple(have[name].room() for name in RESOURCES),
            (host.enabled, host.reports), frozenset(one.number for one in world.aggregates_of(host.uuid)))
    return Facts(hosts, {group.uuid: frozenset(group.members) for group in world.groups.values()},
                 frozenset().union(*(host.servers for host in hosts.values())))


def lies(cluster: Cluster, before: Facts, after: Facts) -> Iterator[str]:
    """What is said of known nodes and was so neither before the reading nor after it: above all, that
    there is room where it was taken all along.
    """
    nodes, used, capacity = cluster.nodes, cluster.used(), cluster.capacity()
    for row in np.flatnonzero(nodes.known).tolist():
        was, now = before.hosts[nodes.uuid[row]], after.hosts[nodes.uuid[row]]
        there = {cluster.servers.uuid[server] for server in np.flatnonzero(cluster.servers.node == row)}
        if unseen := (was.servers & now.servers) - there:
            yield f'{now.name} has {len(unseen)} servers more'
        for column, name in enumerate(RESOURCES):
            if used[row, column] < min(was.taken[column], now.taken[column]):
                yield f'{now.name}: {now.taken[column]} {name} are taken, not {used[row, column]:g}'
            if capacity[row, column] > now.room[column]:
                yield f'{now.name} has less {name}'
        if not {bool(nodes.enabled[row])} <= {was.service[0], now.service[0]} or not {
                bool(nodes.up[row])} <= {was.service[1], now.service[1]}:
            yield f'{now.name} is not as its service is'
        if (nodes.name[row], nodes.zone[row]) != (now.name, now.zone):
            yield f'{now.name} is called {nodes.name[row]} of {nodes.zone[row]}'
        if {one.id for one in cluster.aggregates if row in one.nodes} != now.aggregates:
            yield f'{now.name} is in other aggregates'
    yield from _twice(cluster)
    if nodes.known.any():
        yield from _broken_groups(cluster, before, after)


def _twice(cluster: Cluster) -> Iterator[str]:
    if len(set(cluster.servers.uuid)) < len(cluster.servers):
        yield 'a server stands on two hosts'


def _broken_groups(cluster: Cluster, before: Facts, after: Facts) -> Iterator[str]:
    """Members that stand on a known node, and are in a group that isn't known to have them."""
    members = {group.uuid: {cluster.servers.uuid[row] for row in group.members} for group in cluster.groups}
    known = {cluster.servers.uuid[row] for row in np.flatnonzero(cluster.nodes.known[cluster.servers.node])}
    for uuid, now in after.groups.items():
        lasting = now & before.groups[uuid]
        if lacking := (known & lasting) - members.get(uuid, set()):
            yield f'group {uuid} lacks {sorted(lacking)}'
