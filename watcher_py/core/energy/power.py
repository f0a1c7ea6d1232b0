# SPDX-License-Identifier: Apache-2.0
"""What compute nodes draw, as measured, and what they would draw under another load."""

from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot

# From so many nodes alike what a core draws can be told from their readings.
_ENOUGH = 3


@dataclass(frozen=True, eq=False)
class Power:
    """W; NaN where nothing is known."""

    watts: Floats                   # [N] now
    idle: Floats                    # [N] when it is on and carries nothing
    per_core: Floats                # [N] more for each core in use

    def after(self, cores: Floats, off: Bools, woken: Bools) -> Floats:
        """[N] When each node has so many more cores in use, and these are switched off and on."""
        drawn = np.maximum(self.watts + np.where(cores == 0, 0.0, self.per_core * cores), 0.0)
        return np.where(off, 0.0, np.where(woken, self.idle, drawn))


def power_of(snapshot: Snapshot, off: Bools) -> Power:
    """By readings first, then by what is known of the nodes; those that are off [N] draw nothing."""
    cluster, nodes = snapshot.cluster, snapshot.cluster.nodes
    measured = snapshot.readings.column(Metric.HOST_POWER, len(nodes))
    used = snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100 * cluster.cores()
    fitted_idle, fitted_slope = _fitted(snapshot, np.where(off, np.nan, measured), used)
    span, cores = nodes.max_watts - nodes.idle_watts, np.maximum(cluster.cores(), 1.0)
    slope = _known(np.maximum(span, 0.0) / cores, fitted_slope)
    idle = _known(nodes.idle_watts, _known(np.where(cluster.active() | off, np.nan, measured), fitted_idle))
    return Power(np.where(off, 0.0, _known(measured, idle + slope * used)), idle, slope)


def _known(first: Floats, second: Floats) -> Floats:
    return np.where(np.isfinite(first), first, second)


def _fitted(snapshot: Snapshot, watts: Floats, used: Floats) -> tuple[Floats, Floats]:
    """[N], [N] Idle draw and W a core, by least squares over the readings of nodes of one CPU and size."""
    nodes, cores = snapshot.cluster.nodes, snapshot.cluster.cores()
    idle, slope = np.full(len(nodes), np.nan), np.full(len(nodes), np.nan)
    sorts = [(cpu.model, size) for cpu, size in zip(nodes.cpu, cores.tolist(), strict=True)]
    for sort in dict.fromkeys(sorts):
        alike = np.array([one == sort for one in sorts], dtype=bool)
        rows = np.flatnonzero(alike & np.isfinite(watts) & np.isfinite(used))
        if len(rows) < _ENOUGH or np.ptp(used[rows]) == 0:
            continue
        apart = used[rows] - used[rows].mean()
        slope[alike] = max(0.0, float(apart @ watts[rows] / (apart @ apart)))
        idle[alike] = max(0.0, float(watts[rows].mean() - slope[rows[0]] * used[rows].mean()))
    return idle, slope
