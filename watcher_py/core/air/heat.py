# SPDX-License-Identifier: Apache-2.0
"""How a node's air answers to the load of its CPUs.

Power goes with the load, in a straight line from idle to the most. Of heat that comes or goes, faster fans
and warmer air carry half each: both follow its root. What is foretold here is the root's tangent, which is
never below the root: a node ends as cool as is foretold, or cooler. Fans that can't turn faster break that.
"""

import numpy as np

from watcher_py.core.cluster import Floats
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot

# What a node draws idle, as a share of its most: where it is unknown, and the limits of what is believed.
USUAL_IDLE, LEAST_IDLE, MOST_IDLE = 0.5, 0.1, 0.9
# In degrees Celsius: what a node breathes where nobody measures it, and how much it warms its air at least.
USUAL_INLET, LEAST_WARMTH = 22.0, 5.0
_HALF = 0.5


def warmth(snapshot: Snapshot) -> Floats:
    """[N] By how many degrees Celsius each node warms its air; NaN where its outlet is unknown."""
    rows = len(snapshot.cluster.nodes)
    inlet = snapshot.readings.column(Metric.HOST_INLET_TEMP, rows)
    outlet = snapshot.readings.column(Metric.HOST_OUTLET_TEMP, rows)
    return np.asarray(np.maximum(outlet - np.where(np.isnan(inlet), USUAL_INLET, inlet), LEAST_WARMTH))


def growth(snapshot: Snapshot) -> Floats:
    """[N] The share by which a core in use more raises airflow and warmth; NaN where the load is unknown."""
    nodes, cores = snapshot.cluster.nodes, snapshot.cluster.cores()
    rated = np.divide(nodes.idle_watts, nodes.max_watts, out=np.full(len(nodes), np.nan),
                      where=nodes.max_watts > 0)
    idle = np.clip(np.where(np.isnan(rated), USUAL_IDLE, rated), LEAST_IDLE, MOST_IDLE)
    load = snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100
    per_load = _HALF * (1 - idle) / (idle + (1 - idle) * load)
    return np.asarray(np.divide(per_load, cores, out=np.full(len(nodes), np.nan), where=cores > 0))
