# SPDX-License-Identifier: Apache-2.0
"""What servers and nodes really use, as two more dimensions of a problem."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Floats
from watcher_py.core.columns import sums_of
from watcher_py.core.metrics import Metric
from watcher_py.core.problem import Problem
from watcher_py.core.snapshot import Snapshot


def with_load(problem: Problem, snapshot: Snapshot, headroom: float) -> Problem:
    """The problem with two dimensions more, measured CPU (cores) and RAM (MiB), of which each node
    keeps the share `headroom` free. What a node uses besides its servers stays on it.

    Where the reading of a server is missing it stays where it is; where a node's is missing, the
    node gives and takes nothing.
    """
    cluster = snapshot.cluster
    nodes, servers = cluster.nodes, cluster.servers
    of_servers = np.column_stack([in_use(snapshot, metric)
                                  for metric in (Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)])
    of_nodes = np.column_stack([
        snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100 * cluster.cores(),
        snapshot.readings.column(Metric.HOST_RAM, len(nodes))])
    known_servers = _complete(of_servers)
    known_nodes = _complete(of_nodes)
    load = np.where(known_servers[:, None], of_servers, 0.0)
    besides = np.maximum(np.nan_to_num(of_nodes) - sums_of(load, servers.node, len(nodes)), 0.0)
    room = np.column_stack([cluster.cores(), nodes.total[:, MEMORY_MB]]) * (1 - headroom) - besides
    known = problem.keeping(_unmeasured(snapshot, known_servers, known_nodes))
    rules = replace(known.rules, takes=known.rules.takes & known_nodes)
    return Problem(problem.node, np.hstack([problem.demand, load]), np.hstack([problem.room, room]),
                   np.hstack([problem.most, np.full_like(room, np.inf)]), rules, problem.resources)


def in_use(snapshot: Snapshot, metric: Metric) -> Floats:
    """[S] Cores or MiB that servers use, NaN where it is unknown; one that is switched off uses none."""
    servers = snapshot.cluster.servers
    load = snapshot.readings.column(metric, len(servers))
    if metric is Metric.INSTANCE_CPU:
        load = load / 100 * snapshot.cluster.vcpus()
    off = np.array([state == 'stopped' for state in servers.state], dtype=bool)
    return np.asarray(np.where(off, 0.0, load))


def _complete(columns: Floats) -> Bools:
    """[rows] Where nothing is unknown."""
    return np.array(np.isfinite(columns).all(axis=1), dtype=bool)


def _unmeasured(snapshot: Snapshot, known_servers: Bools, known_nodes: Bools) -> Iterator[tuple[int, str]]:
    """The servers that stay for what is unknown, and why."""
    node, name = snapshot.cluster.servers.node, snapshot.cluster.nodes.name
    for row in np.flatnonzero(~(known_servers & known_nodes[node])).tolist():
        yield row, ('its load is unknown' if known_nodes[node[row]]
                    else f'the load of {name[node[row]]} is unknown')
