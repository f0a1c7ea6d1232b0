# SPDX-License-Identifier: Apache-2.0
"""The API on a seeded database, with an engine and an applier that note what they are told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

import pytest
from falcon.testing import TestClient
from oslo_config.cfg import ConfigOpts

from tests.api import seen
from watcher_py import conf as options
from watcher_py.api.app import make_app
from watcher_py.bus import rpc
from watcher_py.core.capacity import Size
from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.explain.explanation import Explanation
from watcher_py.core.metrics import Metric
from watcher_py.db.columns import now
from watcher_py.db.models import (
    Action,
    ActionDescription,
    ActionPlan,
    Audit,
    EfficacyIndicator,
    Goal,
    ScoringEngine,
    Service,
    Strategy,
)
from watcher_py.db.store import Store
from watcher_py.engine import capacity, health, hosts, load_history, servers, supposition, violations

GROUND = '''
[DEFAULT]
transport_url = fake://
rpc_response_timeout = 1
enable_authentication = False
[watcher_decision_engine]
conductor_topic = engine-{engine}
[watcher_applier]
conductor_topic = applier-{applier}
'''


def uuid(number: int) -> str:
    return f'00000000-0000-4000-8000-{number:012}'


class Engine:
    """Answers as the decision engine does; keeps the audits that it is told of."""

    def __init__(self) -> None:
        self.triggered: SimpleQueue[str] = SimpleQueue()
        self._present = seen.present()

    def trigger_audit(self, context: Any, audit_uuid: str) -> None:
        self.triggered.put(audit_uuid)

    def get_strategy_info(self, context: Any, strategy_name: str) -> list[dict[str, Any]]:
        sources = {'type': 'Datasource', 'state': 'prometheus: available', 'mandatory': True, 'comment': ''}
        metrics = {'type': 'Metrics', 'state': [{'host_cpu_usage': 'available'}], 'mandatory': False,
                   'comment': ''}
        models = {'type': 'CDM', 'state': [{'compute_model': 'available'}], 'mandatory': True, 'comment': ''}
        return [sources, metrics, models]

    def get_data_model_info(self, context: Any, data_model_type: str,
                            audit_uuid: str | None) -> dict[str, Any]:
        return {'context': [{'node_hostname': 'h1', 'server_uuid': uuid(900), 'server_pinned_az': '',
                             'server_flavor_extra_specs': {}}]}

    @rpc.answers
    def get_cluster(self, context: Any) -> dict[str, Any]:
        return {'format': 'watcher-cluster', 'version': 1, 'hosts': [], 'instances': []}

    @rpc.answers
    def get_hosts(self, context: Any) -> dict[str, Any]:
        return hosts.listed(self._present.look())

    @rpc.answers
    def get_host(self, context: Any, key: str) -> dict[str, Any]:
        return hosts.shown(self._present.look(), key)

    @rpc.answers
    def get_server(self, context: Any, key: str) -> dict[str, Any]:
        return servers.shown(self._present.look(), key)

    @rpc.answers
    def get_series(self, context: Any, metric: str, key: str, hours: int) -> dict[str, Any]:
        if key != 'cn1':
            return load_history.series(self._present, Metric(metric), key, hours)
        return {'metric': metric, 'resource': key, 'unit': '%', 'times': [0.0, 300.0], 'values': [7.5, hours]}

    @rpc.answers
    def get_history(self, context: Any, hours: int) -> dict[str, Any]:
        if hours > 24:
            return load_history.history(self._present, hours)
        return {'times': [0.0], 'cpu_mean': [40], 'cpu_deviation': [2.5], 'cpu_max': [None]}

    @rpc.answers
    def get_health(self, context: Any) -> dict[str, Any]:
        return health.told(self._present, {}, 'ctl1')

    @rpc.answers
    def get_explanation(self, context: Any, plan_uuid: str, about: str) -> dict[str, Any]:
        if plan_uuid != uuid(31):
            raise NotFound(f'action plan {plan_uuid} can not be explained in detail')
        if about == 'twin':
            raise Conflict('2 servers are called twin: ask by uuid')
        if about not in ('cn1', uuid(901)):
            raise NotFound(f'the plan looked at no server or node {about}')
        kind, verdict = ('node', 'active') if about == 'cn1' else ('server', 'stayed')
        return Explanation(kind, about, about, verdict, 'locked').document()

    @rpc.answers
    def get_violations(self, context: Any) -> dict[str, Any]:
        return violations.listed(self._present.look(()))

    @rpc.answers
    def get_what_if(self, context: Any, asked: dict[str, Any]) -> dict[str, Any]:
        return supposition.told(self._present.look(), asked)

    @rpc.answers
    def get_capacity(self, context: Any, size: dict[str, int] | None) -> dict[str, Any]:
        return capacity.told(self._present.look(()), None if size is None else Size(**size))

    @rpc.answers
    def get_course(self, context: Any, plan_uuid: str, without: list[str],
                   step: int | None) -> dict[str, Any]:
        if plan_uuid != uuid(31):
            raise NotFound(f'action plan {plan_uuid} can not be explained in detail')
        first = {'action': uuid(41), 'begin_s': 0.0, 'end_s': 9.5, 'value': 1.0, 'hosts_in_use': 1,
                 'refused': None}
        moved = None if step is None else [{'server': uuid(901), 'name': 'vm', 'from': 'cn1', 'to': 'cn2'}]
        return {'objective': 'active nodes', 'bound': None, 'start': 2, 'end': 1, 'makespan_s': 9.5,
                'in_use_before': 2, 'in_use_after': 1, 'steps': [first],
                'by_worth': [{'action': uuid(41), 'value': 1.0}], 'left_out': without, 'dropped': [],
                'before': [], 'after': [], 'moved': moved, 'names': {}}


class Applier:
    """Keeps the plans that it is told of."""

    def __init__(self) -> None:
        self.launched: SimpleQueue[str] = SimpleQueue()

    def launch_action_plan(self, context: Any, action_plan_uuid: str) -> None:
        self.launched.put(action_plan_uuid)


@pytest.fixture
def configure(tmp_path: Path) -> Callable[[str], ConfigOpts]:
    """A configuration with a bus of this test alone and without authentication, unless more text says so."""
    def configured(more: str) -> ConfigOpts:
        file = tmp_path / 'watcher.conf'
        file.write_text(GROUND.format(engine=uuid4(), applier=uuid4()) + more)
        conf = ConfigOpts()
        options.register(conf)
        conf(['--config-file', str(file)], project='watcher')
        return conf

    return configured


@pytest.fixture
def conf(configure: Callable[[str], ConfigOpts]) -> ConfigOpts:
    return configure('')


@pytest.fixture
def bus(conf: ConfigOpts) -> Iterator[Any]:
    transport = rpc.connect(conf)
    yield transport
    transport.cleanup()


@pytest.fixture
def engine(bus: Any, conf: ConfigOpts) -> Iterator[Engine]:
    yield from _served(bus, conf.watcher_decision_engine.conductor_topic, Engine())


@pytest.fixture
def applier(bus: Any, conf: ConfigOpts) -> Iterator[Applier]:
    yield from _served(bus, conf.watcher_applier.conductor_topic, Applier())


@pytest.fixture
def before_a_claim(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have somebody be quicker: a deed is done, once, when a row was read and is about to be claimed."""
    def be_quicker(deed: Callable[[], None]) -> None:
        deeds, claim = [deed], Store.claim

        def late(store: Store, row: Any, *given: Any, **more: Any) -> bool:
            while deeds:
                deeds.pop()()
            return claim(store, row, *given, **more)

        monkeypatch.setattr(Store, 'claim', late)

    return be_quicker


@pytest.fixture
def seed() -> Callable[[Store], Store]:
    """Puts a few rows of each kind into an empty store."""
    def seeded(store: Store) -> Store:
        for rows in _seed():
            store.add(*rows)
        return store

    return seeded


@pytest.fixture
def seeded(store: Store, seed: Callable[[Store], Store]) -> Store:
    return seed(store)


@pytest.fixture
def make(seeded: Store, bus: Any, conf: ConfigOpts) -> Callable[..., Any]:
    """Builds the application, as configured by then, on the seeded store unless another is given."""
    def build(store: Store = seeded) -> Any:
        app = make_app(store, rpc.EngineClient(bus, conf), rpc.ApplierClient(bus, conf), conf)
        # Falcon's client takes functions only.
        return lambda environ, start_response: app(environ, start_response)

    return build


@pytest.fixture
def app(make: Callable[[], Any], engine: Engine, applier: Applier) -> Any:
    return make()


@pytest.fixture
def client(app: Any) -> TestClient:
    """Asks for the newest microversion."""
    return TestClient(app, headers={'OpenStack-API-Version': 'infra-optim latest'})


def _served(bus: Any, topic: str, endpoint: Any) -> Iterator[Any]:
    server = rpc.serve(bus, topic, 'here', [endpoint])
    server.start()
    yield endpoint
    server.stop()
    server.wait()


def _seed() -> Iterator[list[Any]]:
    """Rows in the order of their references, with ids from 1 on; the tens of a uuid tell its noun."""
    number = {'type': 'number', 'default': 3.2, 'minimum': 1.0, 'maximum': 10.2}
    parameters = {'properties': {'para1': number, 'para2': {'type': 'string', 'default': 'hello'}}}
    figure = {'name': 'released_compute_nodes_count', 'description': 'Nodes that the plan empties',
              'unit': None, 'schema': '{"type": "integer", "minimum": 0}'}
    yield [Goal(uuid=uuid(1), name='dummy', display_name='Dummy goal'),
           Goal(uuid=uuid(2), name='server_consolidation', display_name='Server Consolidation',
                efficacy_specification=[figure])]
    yield [Strategy(uuid=uuid(11), name='dummy', display_name='Dummy strategy', goal_id=1,
                    parameters_spec=parameters),
           Strategy(uuid=uuid(12), name='vm_workload_consolidation', display_name='VM Consolidation',
                    goal_id=2)]
    yield [Audit(uuid=uuid(21), name='nightly', audit_type='ONESHOT', state='SUCCEEDED', goal_id=1,
                 strategy_id=1, parameters={'para1': 3.2, 'para2': 'hello'}, hostname='ctl1'),
           Audit(uuid=uuid(22), name='running', audit_type='ONESHOT', state='ONGOING', goal_id=2)]
    yield [_plan(1, 'RECOMMENDED'), _plan(2, 'SUCCEEDED'), _plan(3, 'ONGOING'), _plan(4, 'PENDING')]
    yield [EfficacyIndicator(name='released_compute_nodes_count', description='Nodes that the plan empties',
                             data=2.0, action_plan_id=1)]
    yield [_action(1, 'nop'), _action(2, 'nop', parents=[uuid(41)]), _action(3, 'sleep', parents=[uuid(42)])]
    yield [Action(uuid=uuid(44), action_plan_id=3, action_type='nop', state='PENDING'),
           Action(uuid=uuid(45), action_plan_id=3, action_type='migrate', state='ONGOING', begun_at=now(),
                  project='blue', input_parameters={'migration_type': 'live'})]
    yield [ActionDescription(action_type='nop', description='Does nothing'),
           ScoringEngine(uuid=uuid(51), name='dummy_scorer', description='Always the same'),
           Service(name='watcher-decision-engine', host='ctl1', last_seen_up=now()),
           Service(name='watcher-applier', host='ctl1', last_seen_up=now() - timedelta(hours=1)),
           Service(name='watcher-decision-engine', host='ctl2'),
           Service(name='old', host='ctl1', created_at=now() - timedelta(days=1))]


def _plan(number: int, state: str) -> ActionPlan:
    report = {'objective': 'active hosts', 'before': 10.0, 'after': 8.0, 'bound': 8.0, 'gap': 0.0,
              'migrations': 5, 'ram_moved_mb': 4096, 'stayed': {uuid(901): 'locked'}}
    efficacy = [{'name': 'ratio', 'description': 'd', 'unit': '%', 'value': 20.0}]
    return ActionPlan(uuid=uuid(30 + number), audit_id=1, strategy_id=1, state=state,
                      report=report, global_efficacy=efficacy)


def _action(number: int, action_type: str, parents: list[str] | None = None) -> Action:
    return Action(uuid=uuid(40 + number), action_plan_id=1, action_type=action_type,
                  state='PENDING', parents=parents or [], input_parameters={'message': 'hi'},
                  reason='because')
