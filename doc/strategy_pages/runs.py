# SPDX-License-Identifier: Apache-2.0
"""Run a strategy on its example, and carry the plan out on paper."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from strategy_pages.examples import Example
from strategy_pages.looks import cores
from watcher_py import plugins, schemas
from watcher_py.core import document
from watcher_py.core.air.heat import growth, warmth
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, MoveVolume, SetPower, SetService, Stop
from watcher_py.core.cluster import Cluster
from watcher_py.core.energy.power import power_of
from watcher_py.core.energy.switches import OFF, switches_of
from watcher_py.core.metrics import Metric, Readings
from watcher_py.core.replay import replay
from watcher_py.core.schedule import Plan, schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Strategy

CLUSTERS = Path(__file__).parent.parent / 'strategies_examples'


@dataclass(frozen=True, eq=False)
class Run:
    """What a strategy made of its example; `after` is the cluster when the plan is carried out."""

    example: Example
    strategy: Strategy
    before: Snapshot
    solution: Solution
    plan: Plan
    after: Snapshot

    @property
    def is_placing(self) -> bool:
        """Whether it changes where anything stands, or whether a node is in use."""
        return any(isinstance(action.change, Migrate | MoveVolume | SetPower | SetService)
                   for action in self.plan.actions)


def run(example: Example) -> Run:
    strategy = plugins.strategies()[example.strategy]
    values = schemas.parameters(strategy.name, strategy.parameters, example.params)
    before = document.read(json.loads(cluster_file(example.strategy).read_text()))
    solution = strategy.decide(before, values, UNLIMITED)
    plan = schedule(before.cluster, solution)
    return Run(example, strategy, before, solution, plan, carried_out(before, plan))


def cluster_file(name: str) -> Path:
    return CLUSTERS / f'{name}.json'


def carried_out(before: Snapshot, plan: Plan) -> Snapshot:
    cluster, played = before.cluster, replay(before.cluster, plan)
    if played.refused or plan.left_out:
        raise SystemExit(f'{before.name}: the example must be one that can be carried out')
    nodes, storage, machines = cluster.nodes, cluster.storage, cluster.machines
    enabled, pool = nodes.enabled.copy(), storage.volumes.pool.copy()
    state, power = list(cluster.servers.state), list(machines.power_state)
    for change in (action.change for action in plan.actions):
        match change:
            case SetService():
                enabled[nodes.name.index(change.node_name)] = change.is_enabled
            case MoveVolume():
                pool[storage.volumes.uuid.index(change.volume)] = storage.pools.name.index(change.target)
            case SetPower():
                power[machines.uuid.index(change.machine)] = 'power on' if change.is_on else 'power off'
            case Stop():
                state[cluster.servers.uuid.index(change.server)] = 'stopped'
    after = replace(
        cluster, nodes=replace(nodes, enabled=enabled),
        servers=replace(cluster.servers, node=played.node, state=tuple(state)),
        storage=replace(storage, volumes=replace(storage.volumes, pool=pool)),
        machines=replace(machines, power_state=tuple(power)))
    return replace(before, cluster=after, readings=_foretold(before, after))


def _foretold(before: Snapshot, after: Cluster) -> Readings:
    """The load of servers goes with them; heat, airflow and power follow it as the strategies foretell."""
    readings, nodes = before.readings, after.nodes
    of_nodes = {metric: values for metric, values in readings.columns.items() if metric.is_of_nodes}
    busy = [cores(before, row) for row in range(len(after.servers))]
    more = (np.bincount(after.servers.node, busy, len(nodes))
            - np.bincount(before.cluster.servers.node, busy, len(nodes)))
    off = np.zeros(len(nodes), dtype=bool)
    off[[node for node, power in zip(after.machines.node, after.machines.power_state, strict=True)
         if power == OFF]] = True
    changes = {
        Metric.HOST_CPU: lambda values: values + 100 * more / after.cores(),
        Metric.HOST_OUTLET_TEMP: lambda values: values + warmth(before) * growth(before) * more,
        Metric.HOST_AIRFLOW: lambda values: values * (1 + growth(before) * more),
        Metric.HOST_POWER: lambda values: power_of(before, switches_of(before.cluster).off).after(
            more, off, np.zeros_like(off))}
    found = {metric: changes[metric](values) for metric, values in of_nodes.items() if metric in changes}
    return Readings({**{metric: values for metric, values in readings.columns.items()
                        if not metric.is_of_nodes}, **found}, readings.earlier)
