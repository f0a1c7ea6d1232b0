# SPDX-License-Identifier: Apache-2.0
"""A snapshot as a plan will leave it, when all goes well and the load stays what it is."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from watcher_py.core.air.heat import growth, warmth
from watcher_py.core.changes import SetPower, SetService, Stop
from watcher_py.core.cluster import Cluster, Floats, Nodes
from watcher_py.core.energy.power import power_of
from watcher_py.core.energy.switches import OFF, ON, switches_of
from watcher_py.core.load import in_use
from watcher_py.core.machines import Machines
from watcher_py.core.metrics import Metric
from watcher_py.core.replay import replay
from watcher_py.core.schedule import Plan
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.volumes.foresight import storage_after


def foreseen(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """What is measured of servers goes with them; what is measured of nodes changes as the models say."""
    cluster = snapshot.cluster.placed(replay(snapshot.cluster, plan).node)
    after = replace(snapshot, cluster=replace(
        cluster, nodes=_nodes(cluster.nodes, plan), machines=_machines(cluster.machines, plan),
        servers=replace(cluster.servers, state=_states(cluster, plan)),
        storage=storage_after(cluster.storage, plan)))
    columns = {**snapshot.readings.columns, **_of_nodes(snapshot, after)}
    return replace(after, readings=replace(snapshot.readings, columns=columns))


def _nodes(nodes: Nodes, plan: Plan) -> Nodes:
    enabled = {action.change.node_name: action.change.is_enabled for action in plan.actions
               if isinstance(action.change, SetService)}
    return replace(nodes, enabled=np.array([enabled.get(name, was) for name, was in zip(
        nodes.name, nodes.enabled.tolist(), strict=True)], dtype=bool))


def _states(cluster: Cluster, plan: Plan) -> tuple[str, ...]:
    stopped = {action.change.server for action in plan.actions if isinstance(action.change, Stop)}
    return tuple('stopped' if uuid in stopped else state
                 for uuid, state in zip(cluster.servers.uuid, cluster.servers.state, strict=True))


def _machines(machines: Machines, plan: Plan) -> Machines:
    switched = {action.change.machine: ON if action.change.is_on else OFF
                for action in plan.actions if isinstance(action.change, SetPower)}
    return replace(machines, power_state=tuple(
        switched.get(uuid, state) for uuid, state in zip(machines.uuid, machines.power_state, strict=True)))


def _of_nodes(before: Snapshot, after: Snapshot) -> Mapping[Metric, Floats]:
    """The columns of nodes; NaN where it was unknown before, or what changes is."""
    count = len(before.cluster.nodes)
    cores, ram = (_change(before, after, metric) for metric in (Metric.INSTANCE_CPU, Metric.INSTANCE_RAM))
    warmer = np.nan_to_num(growth(before)) * cores
    size = before.cluster.cores()
    busier = np.divide(100 * cores, size, out=np.zeros(count), where=size > 0)
    cpu, memory, outlet, airflow = (before.readings.column(metric, count) for metric in (
        Metric.HOST_CPU, Metric.HOST_RAM, Metric.HOST_OUTLET_TEMP, Metric.HOST_AIRFLOW))
    return {Metric.HOST_CPU: cpu + busier, Metric.HOST_RAM: memory + ram,
            Metric.HOST_OUTLET_TEMP: outlet + warmth(before) * warmer,
            Metric.HOST_AIRFLOW: airflow + airflow * warmer, Metric.HOST_POWER: _power(before, after, cores)}


def _change(before: Snapshot, after: Snapshot, metric: Metric) -> Floats:
    """[N] How much more the servers of each node use; NaN where one comes, goes or stops that is unknown."""
    was, now = in_use(before, metric), in_use(after, metric)
    source, target = before.cluster.servers.node, after.cluster.servers.node
    touched = (source != target) | ~np.isclose(was, now, rtol=0, atol=0, equal_nan=True)
    change = np.zeros(len(before.cluster.nodes))
    np.subtract.at(change, source[touched], was[touched])
    np.add.at(change, target[touched], now[touched])
    return change


def _power(before: Snapshot, after: Snapshot, cores: Floats) -> Floats:
    was_off, is_off = (switches_of(each.cluster).off for each in (before, after))
    return power_of(before, was_off).after(cores, is_off, was_off & ~is_off)
