# SPDX-License-Identifier: Apache-2.0
"""Servers as columns: who stands where, once each, and who is on the way."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from watcher_py.cloud.compute_rows import Hypervisor, MigrationNow, Server
from watcher_py.core.cluster import RESOURCES, Bools, Cluster, Floats, Ints, Servers

# Of these types the flavor stays as it is; what a resize holds at its other end only Placement knows.
OF_ONE_SIZE = frozenset({'live-migration', 'migration', 'evacuation'})
AWAITS_WORD, RESIZED = 'finished', 'resized'


def latest(servers: Iterable[Server]) -> dict[str, Server]:
    """Each server once: as it was updated last, of two words as old as each other as it was said last."""
    found: dict[str, Server] = {}
    for server in servers:
        before = found.get(server.uuid)
        if before is None or server.updated >= before.updated:
            found[server.uuid] = server
    return found


def placed(servers: Sequence[Server], hypervisors: Sequence[Hypervisor]) -> tuple[list[Server], list[int]]:
    """The servers that stand on one of the hypervisors, by uuid, and its row for each."""
    nodes_on = Counter(one.host for one in hypervisors)
    rows: dict[tuple[str | None, str | None], int] = {}
    for row, one in enumerate(hypervisors):
        rows[one.host, one.name] = row
        if nodes_on[one.host] == 1:         # a server that is being built may not name its hypervisor yet
            rows[one.host, None] = row
    found = ((server, rows.get((server.host, server.hypervisor)))
             for _, server in sorted(latest(servers).items()) if not server.is_deleted)
    standing = [(server, row) for server, row in found if row is not None]
    return [server for server, _ in standing], [row for _, row in standing]


def servers_of(servers: Sequence[Server], rows: Sequence[int], offered: Bools) -> Servers:
    """The columns of servers that stand on these rows; `offered` says what each node itself gives [N, R]."""
    node: Ints = np.array(rows, dtype=np.int64)
    demand = np.array([(one.vcpus, one.ram, one.disk) for one in servers], dtype=np.float64)
    return Servers(
        uuid=tuple(one.uuid for one in servers), name=tuple(one.name for one in servers),
        project=tuple(one.project for one in servers), flavor=tuple(one.flavor for one in servers),
        state=tuple(one.vm_state for one in servers), task_state=tuple(one.task_state for one in servers),
        locked=np.array([one.locked for one in servers], dtype=bool),
        excluded=np.zeros(len(servers), dtype=bool),
        demand=demand.reshape(len(servers), len(RESOURCES)) * offered[node], node=node,
        pinned_zone=tuple(one.pinned_zone for one in servers),
        created=tuple(one.created for one in servers), moved_at=np.full(len(servers), np.nan),
        metadata=tuple(one.metadata for one in servers),
        extra_specs=tuple(one.extra_specs for one in servers), image=tuple(one.image for one in servers),
        hints=tuple(one.hints for one in servers))


def in_flight(cluster: Cluster, servers: Sequence[Server], migrations: Iterable[MigrationNow]) -> Floats:
    """[N, 3] What servers on the way need at the end of it where they do not stand.

    Placement counts it there too, as long as all goes well.
    """
    needed = np.zeros((len(cluster.nodes), len(RESOURCES)))
    moving = {one.server: one for one in migrations if one.type in OF_ONE_SIZE}
    if not moving:
        return needed
    # Where a host has several nodes it is not told which of them is meant.
    nodes_on = Counter(cluster.nodes.name)
    rows = {name: row for row, name in enumerate(cluster.nodes.name) if nodes_on[name] == 1}
    for row, server in enumerate(servers):
        migration = moving.get(server.uuid)
        if migration is None or (migration.status == AWAITS_WORD and server.vm_state != RESIZED):
            continue
        for host in {migration.source, migration.target} - {server.host}:
            if (node := rows.get(host or '')) is not None:
                needed[node] += cluster.servers.demand[row, :len(RESOURCES)]
    return needed
