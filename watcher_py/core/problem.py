# SPDX-License-Identifier: Apache-2.0
"""A placement problem: who may move, what each needs, what each node has; no strategy in it."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Cluster, Floats, Ints
from watcher_py.core.metrics import Metric
from watcher_py.core.rules import Rules, rules_of
from watcher_py.core.snapshot import Snapshot

# Sums of floats are compared with this much slack, in the units of the columns.
SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Problem:
    """S servers on N nodes in D dimensions: the resource classes, then what is measured."""

    node: Ints                      # [S] where each stands
    demand: Floats                  # [S, D]
    room: Floats                    # [N, D] for all servers of a node together
    most: Floats                    # [N, D] for a single server, however the node is overcommitted
    rules: Rules
    resources: int                  # so many dimensions are resource classes; the others are measured

    @cached_property
    def movable(self) -> Bools:
        """[S]."""
        return np.array([not reason for reason in self.rules.stuck], dtype=bool)

    def used(self, node: Ints) -> Floats:
        """[N, D] What servers placed on these nodes take."""
        used = np.zeros_like(self.room)
        np.add.at(used, node, self.demand)
        return used


def allocation_problem(cluster: Cluster) -> Problem:
    """What Placement counts."""
    return Problem(cluster.servers.node, cluster.servers.demand,
                   cluster.capacity() - cluster.nodes.held, cluster.nodes.total, rules_of(cluster),
                   cluster.servers.demand.shape[1])


def with_load(problem: Problem, snapshot: Snapshot, headroom: float) -> Problem:
    """The problem with two dimensions more, measured CPU (cores) and RAM (MiB), of which each node
    keeps the share `headroom` free. What a node uses besides its servers stays on it.

    Where the reading of a server is missing it stays where it is; where a node's is missing, the
    node gives and takes nothing.
    """
    cluster = snapshot.cluster
    nodes, servers = cluster.nodes, cluster.servers
    of_servers = _server_load(snapshot)
    of_nodes = np.column_stack([
        snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100 * cluster.cores(),
        snapshot.readings.column(Metric.HOST_RAM, len(nodes))])
    known_servers = _complete(of_servers)
    known_nodes = _complete(of_nodes)
    load = np.where(known_servers[:, None], of_servers, 0.0)
    own = np.zeros_like(of_nodes)
    np.add.at(own, servers.node, load)
    besides = np.maximum(np.nan_to_num(of_nodes) - own, 0.0)
    room = np.column_stack([cluster.cores(), nodes.total[:, MEMORY_MB]]) * (1 - headroom) - besides
    stuck = [_why_unmeasured(reason, known_servers[row], known_nodes[node], nodes.name[node])
             for row, (reason, node) in enumerate(zip(problem.rules.stuck, servers.node, strict=True))]
    rules = replace(problem.rules, stuck=tuple(stuck), takes=problem.rules.takes & known_nodes)
    return Problem(problem.node, np.hstack([problem.demand, load]), np.hstack([problem.room, room]),
                   np.hstack([problem.most, np.full_like(room, np.inf)]), rules, problem.resources)


def _server_load(snapshot: Snapshot) -> Floats:
    """[S, 2] Cores and MiB in use; a server that is switched off uses none."""
    servers, vcpus = snapshot.cluster.servers, snapshot.cluster.vcpus()
    cores = snapshot.readings.column(Metric.INSTANCE_CPU, len(servers)) / 100 * vcpus
    ram = snapshot.readings.column(Metric.INSTANCE_RAM, len(servers))
    off = np.array([state == 'stopped' for state in servers.state], dtype=bool)
    return np.where(off[:, None], 0.0, np.column_stack([cores, ram]))


def _complete(columns: Floats) -> Bools:
    """[rows] Where nothing is unknown."""
    return np.array(np.isfinite(columns).all(axis=1), dtype=bool)


def _why_unmeasured(reason: str, is_server_known: bool, is_node_known: bool, node: str) -> str:
    if reason or (is_server_known and is_node_known):
        return reason
    return f'the load of {node} is unknown' if not is_node_known else 'its load is unknown'
