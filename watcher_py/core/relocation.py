# SPDX-License-Identifier: Apache-2.0
"""A snapshot as it would be, had its servers other places."""

from dataclasses import replace

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric, Readings
from watcher_py.core.snapshot import Snapshot

# What of a node follows its servers, and what of a server it is that it follows.
_FOLLOWS = {Metric.HOST_CPU: Metric.INSTANCE_CPU, Metric.HOST_RAM: Metric.INSTANCE_RAM}


def relocated(snapshot: Snapshot, node: Ints) -> Snapshot:
    """With its servers on these nodes [S], and their load with them.

    The load of a node is unknown where a server whose load is unknown has come or gone.
    """
    columns = dict(snapshot.readings.columns)
    for of_node, of_server in _FOLLOWS.items():
        if of_node in columns:
            columns[of_node] = _shifted(snapshot, of_node, of_server, node)
    return replace(snapshot, cluster=snapshot.cluster.placed(node),
                   readings=Readings(columns, snapshot.readings.earlier))


def _shifted(snapshot: Snapshot, of_node: Metric, of_server: Metric, node: Ints) -> Floats:
    cluster, home = snapshot.cluster, snapshot.cluster.servers.node
    moved = np.flatnonzero(node != home)
    load = in_use(snapshot, of_server)[moved]
    unit = cluster.cores() / 100 if of_node is Metric.HOST_CPU else np.ones(len(cluster.nodes))
    carried = snapshot.readings.columns[of_node] * unit
    np.add.at(carried, node[moved], load)
    np.subtract.at(carried, home[moved], load)
    return np.divide(np.maximum(carried, 0.0), unit, out=np.full_like(carried, np.nan), where=unit > 0)
