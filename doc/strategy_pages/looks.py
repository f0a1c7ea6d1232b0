# SPDX-License-Identifier: Apache-2.0
"""What of a server or node a picture may show: how high it is, of which colour, and what is written below."""

from collections.abc import Callable

from watcher_py.core.cluster import VCPU, Cluster
from watcher_py.core.metrics import Metric
from watcher_py.core.noise import signals
from watcher_py.core.snapshot import Snapshot

# Of each kind of block: its colour, and that of its edge and of the part that is in use.
PLAIN, ATTACHED, RED, VIOLET = 'plain', 'green', 'red', 'violet'
FILLS = {PLAIN: ('#d9e4ee', '#adc5da'), ATTACHED: ('#cfe5d2', '#a3cbaa'), RED: ('#f3c3ba', '#e09a8c'),
         VIOLET: ('#dccdec', '#c0a8d9')}
# Of what a node needs for itself.
OWN = ('#eeeae1', '#d9d3c6')


def vcpus(snapshot: Snapshot, row: int) -> float:
    """Those that a server is given."""
    return float(snapshot.cluster.servers.demand[row, VCPU])


def cores(snapshot: Snapshot, row: int) -> float:
    """CPUs that a server keeps busy."""
    use = snapshot.readings.column(Metric.INSTANCE_CPU, len(snapshot.cluster.servers))[row]
    return float(snapshot.cluster.servers.demand[row, VCPU] * use / 100)


def own_cores(snapshot: Snapshot, row: int) -> float:
    """CPUs that a node keeps busy beside its servers."""
    cluster, readings = snapshot.cluster, snapshot.readings
    busy = readings.column(Metric.HOST_CPU, len(cluster.nodes))[row] * cluster.nodes.total[row, VCPU] / 100
    return max(0.0, float(busy) - sum(cores(snapshot, server) for server in _standing(cluster, row)))


def load(snapshot: Snapshot, row: int) -> str:
    busy = own_cores(snapshot, row) + sum(cores(snapshot, one) for one in _standing(snapshot.cluster, row))
    return f'{100 * busy / snapshot.cluster.nodes.total[row, VCPU]:.0f} %'


def zone(snapshot: Snapshot, row: int) -> str:
    return snapshot.cluster.nodes.zone[row]


def outlet(snapshot: Snapshot, row: int) -> str:
    return f'{_of_node(snapshot, Metric.HOST_OUTLET_TEMP, row):.1f} °C'


def airflow(snapshot: Snapshot, row: int) -> str:
    return f'{_of_node(snapshot, Metric.HOST_AIRFLOW, row):.1f} CFM'


def power(snapshot: Snapshot, row: int) -> str:
    watts = _of_node(snapshot, Metric.HOST_POWER, row)
    return f'{watts:.0f} W' if watts > 0 else ''


def above(metric: Metric, most: float) -> Callable[[Snapshot, int], str]:
    """Colours servers on nodes of which this is above what is enough."""
    return lambda snapshot, row: RED if _of_node(
        snapshot, metric, int(snapshot.cluster.servers.node[row])) > most else PLAIN


def by_noise(snapshot: Snapshot, row: int) -> str:
    found = signals(snapshot, most_change=35, most_steal=10).disturbances()
    return RED if any(each.noisy == row for each in found) else VIOLET if any(
        each.sufferer == row for each in found) else PLAIN


def in_group(snapshot: Snapshot, row: int) -> str:
    return VIOLET if any(row in group.members for group in snapshot.cluster.groups) else PLAIN


def out_of_zone(snapshot: Snapshot, row: int) -> str:
    servers, nodes = snapshot.cluster.servers, snapshot.cluster.nodes
    is_wrong = (servers.pinned_zone[row] or nodes.zone[servers.node[row]]) != nodes.zone[servers.node[row]]
    return RED if is_wrong else in_group(snapshot, row)


def _standing(cluster: Cluster, node: int) -> list[int]:
    return [row for row, place in enumerate(cluster.servers.node.tolist()) if place == node]


def _of_node(snapshot: Snapshot, metric: Metric, node: int) -> float:
    return float(snapshot.readings.column(metric, len(snapshot.cluster.nodes))[node])
