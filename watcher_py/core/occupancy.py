# SPDX-License-Identifier: Apache-2.0
"""How full nodes are: what they can give, what of it is given, and what is really used."""

from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Floats, Ints
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Occupancy:
    """Of each node. Capacity is what Placement gives out in all; NaN is unknown, of hardware and load."""

    servers: Ints                   # [N] how many stand on it
    capacity: Floats                # [N, R]
    allocated: Floats               # [N, R]
    vcpus: Floats                   # [N, 2] capacity and allocated, shared CPUs and dedicated ones
    cores: Floats                   # [N] of the hardware
    memory: Floats                  # [N] MiB, of the hardware
    cpu_percent: Floats             # [N] of its cores
    cores_used: Floats              # [N]
    memory_used: Floats             # [N] MiB


@dataclass(frozen=True)
class Balance:
    """How evenly the CPUs of nodes are used, in % of each node's; None where no load is known."""

    mean: float | None = None
    deviation: float | None = None
    most: float | None = None


def occupancy(snapshot: Snapshot) -> Occupancy:
    cluster = snapshot.cluster
    rows, cores = len(cluster.nodes), _known(cluster.cores())
    capacity, allocated = cluster.capacity(), cluster.used()
    percent = snapshot.readings.column(Metric.HOST_CPU, rows)
    return Occupancy(
        np.bincount(cluster.servers.node, minlength=rows), capacity, allocated,
        np.column_stack([cluster.cpus(capacity), cluster.cpus(allocated)]),
        cores, _known(cluster.nodes.total[:, MEMORY_MB]), percent, percent / 100 * cores,
        snapshot.readings.column(Metric.HOST_RAM, rows))


def balance(percent: Floats) -> Balance:
    """Of the nodes whose load is known."""
    known = percent[np.isfinite(percent)]
    if not len(known):
        return Balance()
    return Balance(float(known.mean()), float(known.std()), float(known.max()))


def _known(hardware: Floats) -> Floats:
    """No node has none of it."""
    return np.where(hardware > 0, hardware, np.nan)
