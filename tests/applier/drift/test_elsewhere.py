# SPDX-License-Identifier: Apache-2.0
"""Plans under which the cloud changes, and a decision engine that is asked for other hosts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.applier.site import INTERVAL, PATIENCE, Site, a_site, disable, eventually, move
from tests.core.clusters import document, host, instance
from watcher_py import conf as options
from watcher_py import plugins
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.drift import Drift
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import run_plan
from watcher_py.applier.tools import Tools
from watcher_py.bus import rpc
from watcher_py.bus.rpc import EngineClient
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core.strategies.host_maintenance import STRATEGY
from watcher_py.db import models
from watcher_py.db.lease import Leases
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.store import Store
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.service import DecisionEngine, Senses

Step = tuple[str, dict[str, Any], Sequence[int]]        # type, parameters, places of its parents
WEB = [f'web-{number}' for number in range(3)]


def a_cluster() -> dict[str, Any]:
    """Three servers to move from the first of four hosts; the third has room for two, the fourth for most."""
    hosts = [host(f'cn{number}') for number in (1, 2, 3, 4)]
    servers = [*(instance(name, 'cn1') for name in WEB), instance('db', 'cn2'),
               instance('huge', 'cn3', vcpus=12)]
    return document(hosts, servers, server_groups=[
        {'id': 'apart', 'name': 'apart', 'policy': 'anti-affinity', 'members': ['web-2'],
         'rules': {'max_server_per_host': 1}}])


@dataclass
class House:
    """An engine, and what an applier needs, on a cloud whose time is the test's."""

    site: Site
    store: Store
    tools: Tools
    audit: Audit
    running: Thread = field(default_factory=Thread)

    def begin(self, *steps: Step) -> ActionPlan:
        """With the first migration on its way, and time standing still in the cloud."""
        self.site.hold_time()
        strategy = self.store.get(models.Strategy, STRATEGY.name)
        plan = ActionPlan(audit_id=self.audit.id, strategy_id=strategy.id, state='PENDING')
        self.store.add(plan)
        uuids: list[str] = []
        for action_type, parameters, parents in steps:
            row = Action(action_plan_id=plan.id, action_type=action_type, input_parameters=parameters,
                         state='PENDING', parents=[uuids[place] for place in parents])
            self.store.add(row)
            uuids.append(row.uuid)
        self.running = Thread(target=run_plan, args=(self.tools, plan.uuid), daemon=True)
        self.running.start()
        eventually(self.site.in_flight)
        return plan

    def end(self, plan: ActionPlan) -> list[Action]:
        """The actions, once the plan is over."""
        self.site.pass_time()
        self.running.join(PATIENCE)
        assert not self.running.is_alive()
        return self.store.find(Action, action_plan_id=plan.id)


@pytest.fixture
def conf(tmp_path: Path) -> ConfigOpts:
    file = tmp_path / 'watcher.conf'
    file.write_text(f'[DEFAULT]\nhost = me\ntransport_url = fake://\ncontrol_exchange = watcher-{uuid4()}\n')
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)])
    return conf


@pytest.fixture
def house(store: Store, conf: ConfigOpts) -> Iterator[House]:
    with ExitStack() as stack:
        site = stack.enter_context(a_site(a_cluster()))
        bus = rpc.connect(conf)
        stack.callback(bus.cleanup)
        placement = Placement(connect_with(site.cloud.credentials()), 3, INTERVAL)
        senses = Senses(Collector(ComputeCollector(Reader(site.compute, placement))))
        engine = DecisionEngine(store, bus, conf, senses, plugins.strategies())
        engine.start()
        stack.callback(engine.stop)
        leases = Leases(store, 'applier')
        leases.start()
        stack.callback(leases.stop)
        drift = Drift(site.compute, placement, EngineClient(bus, conf), 0)      # nothing is taken for granted
        tools = Tools(store, leases, site.hands, plugins.actions(), 'applier', Lanes(4, 1),
                      Settings(INTERVAL, PATIENCE), INTERVAL, drift=drift)
        strategy = store.get(models.Strategy, STRATEGY.name)
        audit = Audit(audit_type='ONESHOT', state='SUCCEEDED', goal_id=strategy.goal_id,
                      strategy_id=strategy.id, parameters={'maintenance_node': 'cn1'})
        store.add(audit)
        yield House(site, store, tools, audit)


def moves(target: str, *servers: str) -> list[Step]:
    return [('migrate', move(server, 'cn1', target), [place - 1] if place else [])
            for place, server in enumerate(servers)]


def test_a_target_that_is_disabled_meanwhile_gets_no_more_servers(house: House) -> None:
    plan = house.begin(*moves('cn2', *WEB), ('change_nova_service_state', disable('cn1'), [2]))
    house.site.compute.set_service('cn2', False, 'broken fan')
    rows = house.end(plan)
    assert house.store.get(ActionPlan, plan.id).state == 'SUCCEEDED'
    assert [row.state for row in rows] == ['SUCCEEDED'] * 4
    assert [house.site.host_of(server) for server in WEB] == ['cn2', 'cn4', 'cn4']
    assert [row.input_parameters.get('destination_node') for row in rows] == ['cn2', 'cn4', 'cn4', None]
    assert rows[1].status_message == 'cn2 is disabled (broken fan): moved to cn4 instead'
    assert not house.site.compute.service('cn1').enabled


def test_a_source_that_dies_is_left_to_evacuation(house: House) -> None:
    plan = house.begin(*moves('cn2', 'web-0'), ('migrate', move('web-1', 'cn1', 'cn4'), []),
                       ('change_nova_service_state', disable('cn1'), [1]))
    house.site.cloud.world.host_down('cn1')
    rows = house.end(plan)
    assert [row.state for row in rows] == ['FAILED', 'SKIPPED', 'SKIPPED']
    assert all('host cn1 is down: its servers are left to evacuation' in (row.status_message or '')
               for row in rows[1:])
    assert len(house.site.migrations()) == 1


def test_a_group_rule_that_a_new_server_would_have_broken_is_kept(house: House) -> None:
    plan = house.begin(*moves('cn4', 'web-0', 'web-2'))
    _boot_into_group(house.site, 'cn4')
    rows = house.end(plan)
    assert [row.state for row in rows] == ['SUCCEEDED', 'SUCCEEDED']
    assert [house.site.host_of(server) for server in ('web-0', 'web-2')] == ['cn4', 'cn2']
    assert rows[1].status_message == ('cn4 has 1 other member of anti-affinity group apart, of which it may '
                                      'have 1: moved to cn2 instead')


def test_moves_that_are_sent_elsewhere_at_once_do_not_get_the_same_room(house: House) -> None:
    for name in ('cn2', 'cn4'):
        house.site.compute.set_service(name, False, 'lunch')
    house.tools = replace(house.tools, lanes=Lanes(4, 4))
    plan = house.begin(*(('migrate', move(server, 'cn1', 'cn2'), []) for server in WEB))
    rows = house.end(plan)
    assert sorted(row.state for row in rows) == ['SKIPPED', 'SUCCEEDED', 'SUCCEEDED']
    assert sorted(str(house.site.host_of(server)) for server in WEB) == ['cn1', 'cn3', 'cn3']


def _boot_into_group(site: Site, on: str) -> None:
    connection = connect_with(site.cloud.credentials())
    body = {'server': {'name': 'newcomer', 'flavorRef': site.compute.flavors().rows[0].id, 'host': on,
                       'networks': 'none', 'imageRef': ''},
            'os:scheduler_hints': {'group': 'apart'}}
    assert connection.compute.post('/servers', json=body, microversion='2.74').status_code == 202


