# SPDX-License-Identifier: Apache-2.0
"""What can be balanced, by name: measured load, what is allocated, or the mere number of servers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watcher_py.core.cluster import DISK_GB, MEMORY_MB, VCPU, Bools, Cluster, Floats, Ints
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric
from watcher_py.core.problem import Problem
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solve.terms import Share

# Watcher's metrics of servers, each with that of nodes which goes with it.
MEASURED = {Metric.INSTANCE_CPU.value: Metric.HOST_CPU, Metric.INSTANCE_RAM.value: Metric.HOST_RAM}
ALLOCATED = {'vcpus': VCPU, 'memory': MEMORY_MB, 'disk': DISK_GB}
SERVERS = 'servers'

_TITLES = {Metric.INSTANCE_CPU.value: 'CPU in use', Metric.INSTANCE_RAM.value: 'memory in use',
           'vcpus': 'allocated vCPUs', 'memory': 'allocated memory', 'disk': 'allocated disk',
           SERVERS: 'servers per core'}


def balanceable(problem: Problem, snapshot: Snapshot,
                weights: Mapping[str, float]) -> tuple[Problem, tuple[Share, ...]]:
    """The shares of these names, and the problem in which servers stay whose load is unknown.

    Nodes are left out that are disabled or down, and those of which anything is unknown.
    """
    shares = [_share(snapshot, name, weight) for name, weight in weights.items()]
    compared = _compared(snapshot.cluster, shares)
    known = np.all([np.isfinite(share.load) for share in shares], axis=0)
    node, names = problem.node, snapshot.cluster.nodes.name
    kept = ((row, 'its load is unknown' if compared[node[row]]
             else f'{names[node[row]]} is left out: it is disabled, or its load is unknown')
            for row in np.flatnonzero(~(known & compared[node])).tolist())
    return (problem.keeping(kept),
            tuple(replace(share, load=np.nan_to_num(share.load),
                          size=np.where(compared, share.size, np.nan)) for share in shares))


def deviation(shares: Sequence[Share], node: Ints) -> float:
    """The root of the weighted mean of the shares' variances when servers stand on these nodes [S]."""
    compared = [share.levels(node)[np.isfinite(share.size)] for share in shares]
    if not compared or not len(compared[0]):
        return 0.0
    weights = np.array([share.weight for share in shares])
    return float(np.sqrt(weights @ [levels.var() for levels in compared] / weights.sum()))


def _share(snapshot: Snapshot, name: str, weight: float) -> Share:
    """With NaN where something is unknown."""
    cluster = snapshot.cluster
    if name in MEASURED:
        load, carried, size = _measured(snapshot, Metric(name))
    elif name in ALLOCATED:
        column = ALLOCATED[name]
        load, size = cluster.servers.demand[:, column], cluster.capacity()[:, column]
        carried = cluster.used()[:, column]
    else:
        load, size = np.ones(len(cluster.servers)), cluster.cores()
        carried = _carried(cluster, load)
    besides = np.maximum(carried - _carried(cluster, np.nan_to_num(load)), 0.0)
    return Share(_TITLES[name], load, besides, size, weight)


def _measured(snapshot: Snapshot, metric: Metric) -> tuple[Floats, Floats, Floats]:
    """What servers use [S], what their nodes use in all [N], and have [N]: cores or MiB."""
    cluster = snapshot.cluster
    carried = snapshot.readings.column(MEASURED[metric.value], len(cluster.nodes))
    size = cluster.nodes.total[:, MEMORY_MB]
    if metric is Metric.INSTANCE_CPU:
        size = cluster.cores()
        carried = carried / 100 * size
    return in_use(snapshot, metric), carried, size


def _compared(cluster: Cluster, shares: Sequence[Share]) -> Bools:
    """[N] The nodes that Nova schedules to and of which all shares are known."""
    nodes = cluster.nodes
    compared = nodes.enabled & nodes.up & nodes.known
    for share in shares:
        compared = compared & np.isfinite(share.besides) & (share.size > 0)
    return compared


def _carried(cluster: Cluster, load: Floats) -> Floats:
    return np.bincount(cluster.servers.node, load, len(cluster.nodes)).astype(float)
