# SPDX-License-Identifier: Apache-2.0
"""A small cloud, strategies that do as told, and what audits are carried out with."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from watcher_py.core import document
from watcher_py.core.changes import Migrate, Nop
from watcher_py.core.cluster import Cluster
from watcher_py.core.errors import Unavailable
from watcher_py.core.goals import SERVER_CONSOLIDATION, Goal
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.strategy import Params, Part, Strategy
from watcher_py.datasources.configured import Sources
from watcher_py.datasources.contract import Measured
from watcher_py.db import models
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.engine.catalogue import align
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.tools import Tools

PARAMETERS = {'properties': {'moves': {'type': 'integer', 'default': 2}}}
PERIOD = 300


def cloud() -> Cluster:
    """Three hosts in two zones; two servers on the first, one on the second."""
    hosts = [{'id': f'{name}-id', 'name': name, 'zone': zone, 'vcpus': 16, 'ram_mb': 65536, 'disk_gb': 500}
             for name, zone in (('cn1', 'az-1'), ('cn2', 'az-1'), ('cn3', 'az-2'))]
    servers = [{'id': name, 'name': f'name of {name}', 'host': f'{host}-id', 'vcpus': 2, 'ram_mb': ram,
                'disk_gb': 20, 'project': 'p', 'metadata': {'tier': 'web'}, 'pinned_zone': zone}
               for name, host, ram, zone in (('vm-a', 'cn1', 8192, None), ('vm-b', 'cn1', 4096, 'az-1'),
                                             ('vm-c', 'cn2', 2048, None))]
    return document.read({'format': 'watcher-cluster', 'version': 1, 'hosts': hosts,
                          'instances': servers}).cluster


@dataclass
class FixedCollector:
    """Gives the same cluster each time, and may fail or do something before."""

    cluster: Cluster = field(default_factory=cloud)
    gaps: tuple[str, ...] = ()
    before: Callable[[], None] = lambda: None
    asked: list[float] = field(default_factory=list)
    told: list[Condition] = field(default_factory=list)

    def newest(self, max_age: float, parts: Collection[Part] = ()) -> Collected:
        self.asked.append(max_age)
        self.before()
        return Collected(self.cluster, self.gaps)

    def conditions(self) -> list[Condition]:
        return self.told

    def keep_up(self) -> None: ...


@dataclass
class FixedSource:
    """Has these values; Unavailable for what is not among them."""

    values: Mapping[Metric, Mapping[str, float]]
    name: str = 'prometheus'

    def read(self, need: MetricNeed) -> Measured:
        if need.metric not in self.values:
            raise Unavailable(f'{self.name} does not answer')
        return Measured(self.values[need.metric])


@dataclass
class HeardApplier:
    """Notes the plans that it is to launch."""

    launched: list[str] = field(default_factory=list)
    error: Exception | None = None

    def launch_action_plan(self, context: Any, plan_uuid: str) -> None:
        if self.error:
            raise self.error
        self.launched.append(plan_uuid)


def empty_first_node(snapshot: Snapshot, params: Params, budget: Any) -> Solution:
    """Move servers of the first node to the second, as many as the parameter says."""
    budget.tell('moving', 0.5)
    nodes, servers = snapshot.cluster.nodes, snapshot.cluster.servers
    there = [row for row in range(len(servers)) if servers.node[row] == 0][:params['moves']]
    proposals = [Proposal(Migrate(servers.uuid[row], servers.name[row], nodes.name[0], nodes.name[1]),
                          f'{nodes.name[0]} is to be empty') for row in there]
    return Solution(
        tuple(proposals),
        {'compute_nodes_count': len(nodes), 'released_compute_nodes_count': int(len(there) > 1),
         'instance_migrations_count': len(there)},
        Outcome('active nodes', 2, 1, 1), {'vm-c': 'it stands well'})


def strategy(name: str = 'emptying', goal: Goal = SERVER_CONSOLIDATION, decide: Any = empty_first_node,
             metrics: tuple[Metric, ...] = (Metric.INSTANCE_CPU,)) -> Strategy:
    return Strategy(name, name.title(), goal, PARAMETERS,
                    lambda params: [MetricNeed(metric, PERIOD, PERIOD) for metric in metrics], decide)


def chain(snapshot: Snapshot, params: Params, budget: Any) -> Solution:
    """Two actions, the second behind the first."""
    return Solution((Proposal(Nop('one'), 'first'), Proposal(Nop('two'), 'second')))


@dataclass
class Desk:
    """A store with the catalogue of a few strategies, and the tools of an engine on host `me`."""

    store: Store
    tools: Tools
    collector: FixedCollector
    applier: HeardApplier

    def audit(self, **values: Any) -> models.Audit:
        goal = self.store.get(models.Goal, values.pop('goal', 'server_consolidation'))
        if name := values.pop('strategy', None):
            values['strategy_id'] = self.store.get(models.Strategy, name).id
        audit = models.Audit(**{'audit_type': 'ONESHOT', 'state': 'PENDING', 'goal_id': goal.id, **values})
        self.store.add(audit)
        return audit

    def again(self, audit: models.Audit) -> models.Audit:
        return self.store.get(models.Audit, audit.uuid)

    def plans(self) -> list[models.ActionPlan]:
        return self.store.find(models.ActionPlan)

    def actions(self) -> list[models.Action]:
        return self.store.find(models.Action)


@pytest.fixture
def make_desk(store: Store) -> Callable[..., Desk]:
    def make(*strategies: Strategy) -> Desk:
        plugged_in = {one.name: one for one in strategies or (strategy(),)}
        align(store, plugged_in)
        collector, applier = FixedCollector(), HeardApplier()
        sources = Sources((FixedSource({Metric.INSTANCE_CPU: {'vm-a': 50.0, 'vm-b': 20.0, 'vm-c': 10.0}}),))
        tools = Tools(store, collector, sources, plugged_in, applier, 'me',  # type: ignore[arg-type]
                      Leases(store, 'me'))
        return Desk(store, tools, collector, applier)
    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def make_strategy() -> Callable[..., Strategy]:
    return strategy


@pytest.fixture
def chained() -> Strategy:
    return strategy('chained', decide=chain)
