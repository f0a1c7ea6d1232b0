# SPDX-License-Identifier: Apache-2.0
"""The moves of a solution as columns, in the rows of a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, Cluster, Floats, Ints
from watcher_py.core.pace import Pace


@dataclass(frozen=True, eq=False)
class Moves:
    """A place for each move; M of them."""

    server: Ints                    # [M] rows of servers
    source: Ints                    # [M] rows of nodes
    target: Ints                    # [M]
    demand: Floats                  # [M, D]
    seconds: Floats                 # [M]

    def __len__(self) -> int:
        return len(self.server)

    def ends(self) -> tuple[Ints, Floats]:
        """[2M] Each move at both its nodes: the nodes, and the seconds."""
        return np.concatenate([self.source, self.target]), np.tile(self.seconds, 2)

    def earlier(self) -> dict[int, int]:
        """The moves of servers that move more than once: a move and the one before it."""
        newest: dict[int, int] = {}
        before: dict[int, int] = {}
        for move, server in enumerate(self.server.tolist()):
            if server in newest:
                before[move] = newest[server]
            newest[server] = move
        return before


def moves_of(cluster: Cluster, changes: Sequence[Migrate], pace: Pace) -> Moves:
    servers, nodes = cluster.servers, cluster.nodes
    server_rows = {uuid: row for row, uuid in enumerate(servers.uuid)}
    node_rows = {name: row for row, name in enumerate(nodes.name)}
    server = np.array([server_rows[move.server] for move in changes], dtype=np.int64)
    demand = servers.demand[server]
    return Moves(server,
                 np.array([node_rows[move.source] for move in changes], dtype=np.int64),
                 np.array([node_rows[move.target] for move in changes], dtype=np.int64),
                 demand,
                 pace.seconds(demand[:, MEMORY_MB], demand[:, DISK_GB],
                              np.array([move.is_live for move in changes], dtype=bool)))
