# SPDX-License-Identifier: Apache-2.0
"""What changed between a cluster and a placement of its servers: no server moves twice."""

import numpy as np

from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import MEMORY_MB, Cluster, Ints
from watcher_py.core.rules import is_live


def movers(cluster: Cluster, node: Ints) -> Ints:
    """Rows of the servers that stand elsewhere in the placement [S], in the order of their sources."""
    rows = np.flatnonzero(node != cluster.servers.node)
    return rows[np.argsort(cluster.servers.node[rows], kind='stable')]


def migration(cluster: Cluster, row: int, target: int) -> Migrate:
    nodes, servers = cluster.nodes, cluster.servers
    return Migrate(servers.uuid[row], servers.name[row], nodes.name[servers.node[row]],
                   nodes.name[target], is_live(servers, row))


def migrations(cluster: Cluster, node: Ints) -> list[tuple[int, int, Migrate]]:
    """Rows of source and target of each server that stands elsewhere in the placement [S], and its move."""
    nodes, servers, rows = cluster.nodes, cluster.servers, movers(cluster, node)
    return [(source, target, Migrate(servers.uuid[row], servers.name[row], nodes.name[source],
                                     nodes.name[target], is_live(servers, row)))
            for row, source, target in zip(
                rows.tolist(), servers.node[rows].tolist(), node[rows].tolist(), strict=True)]


def ram_moved(cluster: Cluster, node: Ints) -> float:
    """MiB of memory of the servers that stand elsewhere in the placement [S]."""
    return float(cluster.servers.demand[movers(cluster, node), MEMORY_MB].sum())
