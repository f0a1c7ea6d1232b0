# SPDX-License-Identifier: Apache-2.0
"""A plan carried out in this process on an emulated cloud of its own, and whether it ended as it may."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Any
from uuid import uuid4

from tests.storm.clusters import Planned
from watcher_py import plugins
from watcher_py.applier.actions.contract import Cloud as Hands
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.drift import Drift
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.tools import Tools
from watcher_py.applier.traffic import Traffic
from watcher_py.bus.context import RequestContext
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.metrics import Metric
from watcher_py.datasources.configured import Sources
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.db.lease import Leases
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.store import Store
from watcher_py.engine.another_target import AnotherTarget
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.plan_rows import plan_rows
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.journal import DEPART, TURNED_DOWN, Entry
from watcher_py.sim.server import Cloud

SPEED = 2000.0                  # simulated seconds a second
INTERVAL = 0.004                # real seconds between two looks
TIMEOUT = 1.0                   # real seconds after which a migration is stuck
ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')


@dataclass
class Engine:
    """The decision engine, asked without a bus."""

    answering: AnotherTarget

    def another_target(self, context: RequestContext, plan_uuid: str, action_uuid: str, besides: list[str],
                       promised: dict[str, str]) -> dict[str, Any]:
        return self.answering.answer(plan_uuid, action_uuid, besides, promised)


@dataclass
class Trial:
    """What is needed to carry the plan out, and what is known of its start."""

    cloud: Cloud
    tools: Tools
    plan: ActionPlan
    planned: Planned
    homes: dict[str, str | None] = field(default_factory=dict)      # where each server stood at first

    def now(self) -> ActionPlan:
        return self.tools.store.get(ActionPlan, self.plan.id)

    def actions(self) -> list[Action]:
        return self.tools.store.find(Action, action_plan_id=self.plan.id, depth=0)

    def places(self) -> dict[str, str | None]:
        with self.cloud.world.lock:
            return {uuid: self.cloud.world.host_name(server.host)
                    for uuid, server in self.cloud.world.servers.items()}


@contextmanager
def a_trial(store: Store, planned: Planned, speed: float = SPEED, late_refusals: bool = False,
            **execution: Any) -> Iterator[Trial]:
    with Cloud(planned.snapshot, Clock(speed), faults=Faults(late_refusals)) as cloud:
        connection = connect_with(cloud.credentials('watcher'))
        compute, placement = Compute(connection, 3, INTERVAL), Placement(connection, 3, INTERVAL)
        hands = Hands(compute, Volumes(connection, 3, INTERVAL), Baremetal(connection, 3, INTERVAL),
                      Traffic(compute, INTERVAL))
        collector = Collector(ComputeCollector(Reader(compute, placement)))
        leases = Leases(store, 'applier-1')
        sources = Sources((Prometheus(WebSite('prometheus', cloud.prometheus_url)),))
        engine = Engine(AnotherTarget(store, collector, sources, plugins.strategies()))
        drift = Drift(compute, placement, engine, INTERVAL)  # type: ignore[arg-type]
        settings = Settings(interval=INTERVAL, timeout=TIMEOUT, stale=TIMEOUT / 4)
        tools = Tools(store, leases, hands, plugins.actions(), 'applier-1', Lanes(4, 2, 2), settings,
                      look=INTERVAL, drift=drift)
        trial = Trial(cloud, tools, stored(store, planned, execution), planned)
        trial.homes = trial.places()
        try:
            yield trial
        finally:
            cloud.faults.heal()
            connection.close()


def stored(store: Store, planned: Planned, execution: dict[str, Any]) -> ActionPlan:
    """The plan as an engine stores it, and launched."""
    strategy = _strategy(store, planned)
    audit = Audit(name=str(uuid4()), audit_type='ONESHOT', state='SUCCEEDED', goal_id=strategy.goal_id,
                  strategy_id=strategy.id, parameters=planned.params)
    store.add(audit)
    plan, actions = plan_rows(planned.decision, str(uuid4()), audit.id, strategy.id)
    plan.state, plan.execution = 'PENDING', execution
    store.add(plan, *actions)
    return store.get(ActionPlan, plan.uuid)


def _strategy(store: Store, planned: Planned) -> Strategy:
    name, goal = planned.strategy.name, planned.strategy.goal.name
    for model in (Goal, Strategy):
        if not store.find(model, name=goal if model is Goal else name):
            more = {} if model is Goal else {'goal_id': store.find(Goal, name=goal)[0].id}
            store.add(model(name=goal if model is Goal else name, display_name=name, **more))
    return store.find(Strategy, name=name)[0]


# What has to hold at the end, whatever happened

def faults_of(trial: Trial) -> Iterator[str]:
    """A sentence for each law that the end of the plan breaks."""
    world, plan, actions = trial.cloud.world, trial.now(), trial.actions()
    yield from world.journal.violations()
    if plan.state not in ENDED[:3] or 'internal error' in (plan.status_message or ''):
        yield f'the plan is {plan.state}: {plan.status_message}'
    with world.lock:
        yield from (f'{uuid} is on its way' for uuid in world.in_flight)
        yield from (f'{server.name} waits to be confirmed' for server in world.servers.values()
                    if server.vm_state == 'resized')
    departures = _departures(world.journal.entries())
    for action in actions:
        yield from _faults_of_action(action, departures)
    if plan.state == 'SUCCEEDED' and {row.state for row in actions} - {'SUCCEEDED', 'SKIPPED'}:
        yield f'the plan has succeeded, its actions are {[row.state for row in actions]}'
    yield from (f'nobody wanted {entries}' for entries in departures.values() if entries)
    yield from _faults_of_places(trial, actions)
    before, after = (overloaded(trial, places) for places in (trial.homes, trial.places()))
    if len(after) > max(len(before), len(overloaded(trial, _promised(trial)))):
        yield f'{after} are overloaded, before {before} were'


def overloaded(trial: Trial, places: Mapping[str, str | None]) -> set[str]:
    """Hosts whose servers burn more CPU than there is, as the plan's engine has measured them."""
    cluster, readings = trial.planned.snapshot.cluster, trial.planned.snapshot.readings
    burnt: Counter[str | None] = Counter()
    share = readings.column(Metric.INSTANCE_CPU, len(cluster.servers))
    for row, uuid in enumerate(cluster.servers.uuid):
        burnt[places.get(uuid)] += float(share[row]) / 100 * float(cluster.servers.demand[row, 0])
    return {name for name, total in zip(cluster.nodes.name, cluster.nodes.total, strict=True)
            if burnt[name] > total[0]}


def _promised(trial: Trial) -> dict[str, str | None]:
    return trial.homes | {move.server: move.target for move in trial.planned.decision.moves()}


def _departures(entries: list[Entry]) -> dict[str, list[tuple[Entry, str]]]:
    """Of each server, what was asked for, and how it ended."""
    ends = {entry.migration: entry.what for entry in entries if entry.migration and entry.what != DEPART}
    found: dict[str, list[tuple[Entry, str]]] = defaultdict(list)
    for entry in entries:
        if entry.what in (DEPART, TURNED_DOWN) and entry.server:
            found[entry.server].append((entry, ends.get(entry.migration, entry.what)))
    return found


def _faults_of_action(action: Action, departures: dict[str, list[tuple[Entry, str]]]) -> Iterator[str]:
    """Takes what belongs to the action out of the departures."""
    called = f'action {action.action_type} of {action.input_parameters.get("resource_name")}, {action.state}'
    if action.state not in ENDED:
        yield f'{called} has not ended'
    if action.state != 'SUCCEEDED' and not action.status_message:
        yield f'{called} tells no reason'
    if 'internal error' in (action.status_message or ''):
        yield f'{called}: {action.status_message}'
    if action.action_type != 'migrate':
        return
    source, target = (action.input_parameters[end] for end in ('source_node', 'destination_node'))
    own = departures.get(action.input_parameters['resource_id'], [])
    asked = [one for one in own
             if (one[0].source, one[0].target) == (source, target) and _is_in(action, one[0])]
    back = [one for one in own if one not in asked and one[0].target == source
            and one[0].real >= _seconds(action.ended_at)] if action.state == 'SUCCEEDED' else []
    for one in (*asked, *back):
        own.remove(one)
    # What Nova turned down for the company it believes to be there is asked for again.
    accepted = [one for one in asked if one[0].what == DEPART]
    if len(accepted) > 1 or len(back) > 1:
        yield f'{called} was asked for {len(accepted)} times, back {len(back)} times'
    arrived = any(end in ('completed', 'confirmed') for _, end in asked)
    if arrived != (action.state == 'SUCCEEDED'):
        yield f'{called} ({action.status_message}), but its migrations ended {[end for _, end in asked]}'


def _faults_of_places(trial: Trial, actions: list[Action]) -> Iterator[str]:
    """A server stands where its last move that was done and not taken back has brought it."""
    must = dict(trial.homes)
    for action in sorted(actions, key=lambda row: _seconds(row.ended_at)):
        if action.action_type == 'migrate' and action.state == 'SUCCEEDED' and not is_taken_back(action):
            must[action.input_parameters['resource_id']] = action.input_parameters['destination_node']
    for uuid, host in trial.places().items():
        if uuid in must and must[uuid] != host:
            yield f'{uuid} is on {host}, not on {must[uuid]}'


def is_taken_back(action: Action) -> bool:
    return bool(action.memory.get('reverted'))


def _is_in(action: Action, entry: Entry) -> bool:
    return _seconds(action.begun_at) - 0.01 <= entry.real <= _seconds(action.ended_at) + 0.01


def _seconds(moment: datetime | None) -> float:
    return inf if moment is None else moment.replace(tzinfo=UTC).timestamp()
