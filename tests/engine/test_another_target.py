# SPDX-License-Identifier: Apache-2.0
"""The engine tells where else a server may go, on the newest picture, by the plan's strategy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.cluster import Cluster
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.retarget import Ahead, Move
from watcher_py.core.strategies import host_maintenance, workload_balance
from watcher_py.core.strategy import Part, Strategy
from watcher_py.datasources.configured import Sources
from watcher_py.datasources.contract import Measured
from watcher_py.db import models
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.store import Store
from watcher_py.engine.another_target import AnotherTarget, ahead_of
from watcher_py.engine.catalogue import align
from watcher_py.engine.collector.assemble import Collected

DRAIN, BALANCE = host_maintenance.STRATEGY, workload_balance.STRATEGY
HOSTS = ('cn1', 'cn2', 'cn3', 'cn4')
# One that is no more than a name here.
FOREIGN = replace(DRAIN, name='foreign', state=None)


def cluster(**of_hosts: dict[str, Any]) -> Cluster:
    hosts = [host(name, **of_hosts.get(name, {})) for name in HOSTS]
    servers = [instance('web', 'cn1'), instance('db', 'cn1'), instance('filler', 'cn3')]
    return read(document(hosts, servers)).cluster


@dataclass
class Collector:
    cluster: Cluster = field(default_factory=cluster)
    ages: list[float] = field(default_factory=list)
    torn: int = 0                   # so many readings are made while servers come and go

    def newest(self, max_age: float, parts: Collection[Part] = ()) -> Collected:
        self.ages.append(max_age)
        nodes = self.cluster.nodes
        is_torn = len(self.ages) <= self.torn
        return Collected(replace(self.cluster, nodes=replace(nodes, known=nodes.known & False))
                         if is_torn else self.cluster)


@dataclass
class Source:
    """Measures CPUs, and counts how often it is asked."""

    load: dict[str, float] = field(default_factory=lambda: {'web': 90.0, 'db': 90.0, 'filler': 1.0})
    name: str = 'prometheus'
    count: int = 0

    def read(self, need: MetricNeed) -> Measured:
        self.count += 1
        return Measured(self.load if need.metric is Metric.INSTANCE_CPU else dict.fromkeys(HOSTS, 20.0))


def move(server: str, target: str | None = 'cn2', source: str = 'cn1', **values: Any) -> Action:
    parameters = {'resource_id': server, 'resource_name': server, 'source_node': source,
                  'destination_node': target, 'migration_type': 'live'}
    return Action(**{'action_type': 'migrate', 'state': 'PENDING', 'uuid': f'move of {server}', 'parents': [],
                     'input_parameters': parameters, **values})


def other(action_type: str, state: str) -> Action:
    return Action(action_type=action_type, uuid=action_type, state='PENDING', parents=[],
                  input_parameters={'resource_id': 'cn4-id', 'resource_name': 'cn4', 'state': state})


@dataclass
class Desk:
    store: Store
    collector: Collector = field(default_factory=Collector)
    source: Source = field(default_factory=Source)
    strategies: dict[str, Strategy] = field(default_factory=lambda: {
        one.name: one for one in (DRAIN, BALANCE, FOREIGN)})
    engine: AnotherTarget = field(init=False)

    def __post_init__(self) -> None:
        align(self.store, self.strategies)
        self.engine = AnotherTarget(self.store, self.collector,     # type: ignore[arg-type]
                                    Sources((self.source,)), self.strategies)

    def plan(self, actions: Sequence[Action], strategy: str = 'foreign', scope: Any = (),
             **parameters: Any) -> ActionPlan:
        row = self.store.get(models.Strategy, strategy)
        audit = Audit(audit_type='ONESHOT', state='SUCCEEDED', goal_id=row.goal_id, strategy_id=row.id,
                      scope=list(scope), parameters=parameters)
        self.store.add(audit)
        plan = ActionPlan(audit_id=audit.id, strategy_id=row.id, state='ONGOING')
        self.store.add(plan)
        for action in actions:
            action.action_plan_id = plan.id
            self.store.add(action)
        return plan

    def ask(self, *actions: Action, promised: dict[str, str] | None = None,
            **of_plan: Any) -> tuple[str | None, str]:
        plan = self.plan(actions, **of_plan)
        found = self.engine.answer(plan.uuid, actions[0].uuid, ['cn2'], promised or {})
        return found['target'], found['why']


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_without_terms_the_emptiest_node_does(desk: Desk) -> None:
    assert desk.ask(move('web')) == ('cn4', 'it is the emptiest that may take it')


def test_a_strategy_that_is_gone_is_one_without_terms(desk: Desk) -> None:
    del desk.strategies['host_maintenance']
    assert desk.ask(move('web'), strategy='host_maintenance', maintenance_node='cn1')[0] == 'cn4'


def test_the_terms_are_those_of_the_audit(desk: Desk) -> None:
    found = desk.ask(move('web'), strategy='host_maintenance', maintenance_node='cn1', backup_node='cn3',
                     execution={'on_failure': 'go-on'})
    assert found == ('cn3', "it is best by the strategy's terms")


def test_terms_that_can_not_be_stated_any_more_are_none(desk: Desk) -> None:
    assert desk.ask(move('web'), strategy='host_maintenance', maintenance_node='cn9')[0] == 'cn4'


def test_what_is_out_of_the_scope_is_no_target(desk: Desk) -> None:
    scope = [{'compute': [{'availability_zones': [{'name': 'az-1'}]}]}]
    desk.collector.cluster = cluster(cn4={'zone': 'az-2'})
    assert desk.ask(move('web'), scope=scope, strategy='host_maintenance', maintenance_node='cn1')[0] == 'cn3'


def test_nodes_that_the_plan_closes_are_no_targets(desk: Desk) -> None:
    for closing in (other('change_nova_service_state', 'disabled'), other('change_node_power_state', 'off')):
        assert desk.ask(move('web', uuid=f'beside {closing.uuid}'), closing)[0] == 'cn3'


def test_a_node_that_it_enables_is(desk: Desk) -> None:
    assert desk.ask(move('web'), other('change_nova_service_state', 'enabled'))[0] == 'cn4'


def test_what_was_promised_to_others_counts(desk: Desk) -> None:
    desk.collector.cluster = cluster(cn3={'status': 'disabled'}, cn4={'vcpus': 2})
    assert desk.ask(move('web'), move('db', 'cn2'), promised={'move of db': 'cn4'})[0] is None
    assert desk.ask(move('web', uuid='w'), move('db', 'cn2', uuid='d'))[0] == 'cn4'


def test_what_was_measured_serves_the_next_question_about_the_same_cluster(desk: Desk) -> None:
    plan = desk.plan([move('web'), move('db')], 'workload_balance', threshold=5.0)
    for uuid in ('move of web', 'move of db', 'move of web'):
        assert desk.engine.answer(plan.uuid, uuid, ['cn2'], {})['target'] == 'cn4'
    once = desk.source.count
    assert once
    desk.collector.cluster = cluster()
    desk.engine.answer(plan.uuid, 'move of web', ['cn2'], {})
    assert desk.source.count == 2 * once
    assert set(desk.collector.ages) == {1.0}


def test_none_is_told_with_its_reason(desk: Desk) -> None:
    desk.collector.cluster = cluster(cn3={'status': 'disabled'}, cn4={'state': 'down'})
    target, why = desk.ask(move('web'))
    assert target is None
    assert why == 'of the other nodes 1 to be emptied, or found unfit, 2 not allowed to take the server'


def test_a_server_that_need_not_leave_any_more_stays(desk: Desk) -> None:
    # Two at home: what balances does not empty the node.
    target, why = desk.ask(move('web'), strategy='workload_balance', threshold=90.0)
    assert target is None
    assert why == "by the strategy's terms the server is now best left where it is"


def test_a_picture_that_came_out_torn_is_taken_again_but_not_for_ever(desk: Desk) -> None:
    desk.collector.torn = 1
    assert desk.ask(move('web'))[0] == 'cn4'
    assert desk.collector.ages == [1.0, 0.0]
    desk.collector.torn, desk.collector.ages = 9, []
    target, why = desk.ask(move('web', uuid='again'))
    assert target is None
    assert why == 'the server has to stay: cn1 could not be read in whole'
    assert desk.collector.ages == [1.0, 0.0]


@pytest.mark.parametrize(('uuid', 'error'), [
    ('ghost', NotFound), ('change_node_power_state', Invalid)])
def test_a_question_about_no_move_is_refused(desk: Desk, uuid: str, error: type[Exception]) -> None:
    plan = desk.plan([move('web'), other('change_node_power_state', 'off')])
    with pytest.raises(error):
        desk.engine.answer(plan.uuid, uuid, [], {})


def test_a_plan_that_is_gone_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.engine.answer('11111111-1111-4111-8111-111111111111', 'x', [], {})


def test_what_is_ahead_is_what_waits_and_what_may_not_show_yet() -> None:
    own = move('web')
    rows = [own, move('done', state='SUCCEEDED', source='cn5'), move('runs', state='ONGOING'),
            move('waits', source='cn3'),
            move('in vain', state='FAILED', source='cn6'), move('anywhere', None), Action(
                action_type='nop', uuid='n', state='PENDING', input_parameters={'message': 'hello'})]
    assert ahead_of(rows, own, {'move of anywhere': 'cn4'}) == Ahead(
        [Move('done', 'cn5', 'cn2', True), Move('runs', 'cn1', 'cn2', True), Move('waits', 'cn3', 'cn2'),
         Move('anywhere', 'cn1', 'cn4')], set(), {'cn1', 'cn3', 'cn5', 'cn6'})


