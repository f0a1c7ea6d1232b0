# SPDX-License-Identifier: Apache-2.0
"""What the hardware of hosts tells of itself: the power that it draws, its air and how hot that is.

Power follows the load of the CPUs in a straight line from idle to the most. Heat follows power; of heat that
comes or goes, faster fans and warmer air carry half each: both follow the root of it.
"""

import math
from collections.abc import Iterator

import numpy as np

from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot
from watcher_py.sim import workload
from watcher_py.sim.machine_power import OFF
from watcher_py.sim.records import Hardware, Host
from watcher_py.sim.world import World

# Of the most that a host draws, what it draws idle, where the document has neither.
USUAL_IDLE = 0.5
# The air that a host breathes where nobody measures it, in degrees Celsius.
USUAL_INLET = 22.0

Values = Iterator[tuple[Host, float]]


def hardware_of(snapshot: Snapshot, row: int) -> Hardware:
    """Of the node of this row, as it is at the start."""
    nodes, readings = snapshot.cluster.nodes, snapshot.readings

    def known(metric: Metric) -> float | None:
        return _known(readings.column(metric, len(nodes))[row])

    rating = float(nodes.idle_watts[row]), float(nodes.max_watts[row])
    is_rated = bool(np.isfinite(rating).all()) and rating[1] > 0
    idle, most = rating if is_rated else (USUAL_IDLE, 1.0)
    load = (known(Metric.HOST_CPU) or 0.0) / 100
    at_start = idle + (most - idle) * load
    watts = known(Metric.HOST_POWER)
    return Hardware(
        idle, most, at_start,
        scale=watts / at_start if watts is not None and at_start else 1.0 if is_rated else None,
        airflow=known(Metric.HOST_AIRFLOW), inlet=known(Metric.HOST_INLET_TEMP),
        outlet=known(Metric.HOST_OUTLET_TEMP))


def power(world: World, start: float, end: float) -> Values:
    """W of every host whose power is known."""
    for host, work in _work(world, start, end):
        if host.hardware.scale is not None:
            yield host, work * host.hardware.scale


def airflow(world: World, start: float, end: float) -> Values:
    """CFM."""
    for host, work in _work(world, start, end):
        if host.hardware.airflow is not None:
            yield host, host.hardware.airflow * _root(host.hardware, work)


def inlet(world: World, start: float, end: float) -> Values:
    """Degrees Celsius; the room's cooling keeps it as it is."""
    for host, _ in _work(world, start, end):
        if host.hardware.inlet is not None:
            yield host, host.hardware.inlet


def outlet(world: World, start: float, end: float) -> Values:
    """Degrees Celsius."""
    for host, work in _work(world, start, end):
        hardware = host.hardware
        if hardware.outlet is not None:
            breathed = USUAL_INLET if hardware.inlet is None else hardware.inlet
            warmed = max(hardware.outlet - breathed, 0.0)
            yield host, hardware.outlet + warmed * (_root(hardware, work) - 1)


def _work(world: World, start: float, end: float) -> Values:
    """What each host that is on draws by its load; where no load is measured, what it drew at the start."""
    loads = {host.uuid: load for host, load in workload.host_cpu(world, start, end)}
    off = {machine.host for machine in world.machines.machines.values() if machine.power_state == OFF}
    for host in world.hosts.values():
        if host.up and host.uuid not in off:
            hardware, load = host.hardware, loads.get(host.uuid)
            yield host, hardware.work if load is None else (
                hardware.idle + (hardware.most - hardware.idle) * load / 100)


def _root(hardware: Hardware, work: float) -> float:
    return math.sqrt(work / hardware.work) if hardware.work > 0 else 1.0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
