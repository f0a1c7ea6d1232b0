# SPDX-License-Identifier: Apache-2.0
"""API, engine and applier that announce over RabbitMQ, a listener to it, and a story in which all happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Condition
from typing import Any

from falcon.testing import TestClient
from oslo_config.cfg import ConfigOpts

from tests.engine.conftest import FixedCollector
from watcher_py.api.app import make_app
from watcher_py.applier.actions.contract import Cancelled, Run
from watcher_py.applier.actions.nop import Nop
from watcher_py.applier.service import Applier
from watcher_py.bus import notifications, rpc
from watcher_py.bus.messaging import oslo_messaging
from watcher_py.bus.notifications import Announcer
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.core import changes
from watcher_py.core.errors import Refused
from watcher_py.core.goals import DUMMY
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategy import Params, Strategy
from watcher_py.db.columns import now
from watcher_py.db.models import Service
from watcher_py.db.session import Sessions
from watcher_py.db.store import Store
from watcher_py.engine.service import NAME, DecisionEngine, Senses
from watcher_py.engine.watch import Watch

PATIENCE = 30
ACTIVE_FOR = timedelta(seconds=90)


@dataclass(frozen=True)
class Heard:
    event_type: str
    publisher: str
    priority: str
    payload: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        return self.payload['watcher_object.data']


class Ear:
    """An endpoint of oslo.messaging's listener: writes down what it hears at any priority."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._changed = Condition()

    def info(self, context: Any, publisher: str, event_type: str, payload: Any, metadata: Any) -> None:
        self._note(Heard(event_type, publisher, 'INFO', payload))

    def warn(self, context: Any, publisher: str, event_type: str, payload: Any, metadata: Any) -> None:
        self._note(Heard(event_type, publisher, 'WARN', payload))

    def error(self, context: Any, publisher: str, event_type: str, payload: Any, metadata: Any) -> None:
        self._note(Heard(event_type, publisher, 'ERROR', payload))

    def wait_for(self, event_type: str, **data: Any) -> Heard:
        """The first of this type that says so; the test fails if it does not come."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.of(event_type, **data), PATIENCE), (
                event_type, data, [heard.event_type for heard in self.heard])
            return self.of(event_type, **data)[0]

    def of(self, event_type: str, **data: Any) -> list[Heard]:
        return [heard for heard in self.heard
                if heard.event_type == event_type and data.items() <= heard.data.items()]

    def _note(self, heard: Heard) -> None:
        with self._changed:
            self.heard.append(heard)
            self._changed.notify_all()


@contextmanager
def listening(conf: ConfigOpts) -> Iterator[Ear]:
    """An ear for all that is announced where the configuration says."""
    transport = oslo_messaging.get_notification_transport(conf)
    targets = [oslo_messaging.Target(topic=topic) for topic in conf.oslo_messaging_notifications.topics]
    ear = Ear()
    listener = oslo_messaging.get_notification_listener(transport, targets, [ear], executor='threading')
    listener.start()
    try:
        yield ear
    finally:
        listener.stop()
        listener.wait()
        transport.cleanup()


def decide(snapshot: Snapshot, params: Params, budget: Any) -> Solution:
    """One action, that says and does what the audit's parameter is."""
    if params['says'] == 'no strategy':
        raise Refused('no host fits')
    if params['says'] == 'no plan':
        return Solution(indicators={'undeclared': 1.0})
    return Solution((Proposal(changes.Nop(params['says']), 'it was asked for'),))


SAYING = Strategy('saying', 'Says it', DUMMY, {'properties': {'says': {'type': 'string'}}},
                  lambda params: [], decide)


class Obeying(Nop):
    """Fails, or waits to be cancelled, when its message says so."""

    def __init__(self, parameters: Any, cloud: Any, settings: Any, run: Run):
        super().__init__(parameters, cloud, settings, run)
        self._stop = run.stop

    def execute(self) -> None:
        says = self._parameters['message']
        if says in ('wait', 'resist'):
            assert self._stop.wait(PATIENCE)
            raise Cancelled if says == 'wait' else Refused('it can not be stopped')
        if says == 'fail':
            raise Refused('Nova said no')


@dataclass
class AnnouncedHouse:
    """The API of three services at work, and what a listener hears of them."""

    api: TestClient
    ear: Ear
    store: Store                    # nobody hears of what is changed by it
    announcer: Announcer

    def audit(self, says: str, auto_trigger: bool = True) -> dict[str, Any]:
        body = {'audit_type': 'ONESHOT', 'goal': 'dummy', 'strategy': 'saying', 'parameters': {'says': says},
                'auto_trigger': auto_trigger}
        return self.api.simulate_post('/v1/audits', json=body).json

    def cancel(self, plan: str) -> None:
        change = [{'op': 'replace', 'path': '/state', 'value': 'CANCELLING'}]
        assert self.api.simulate_patch(f'/v1/action_plans/{plan}', json=change).status_code == 200

    def plan_of(self, audit: dict[str, Any]) -> str:
        return self.ear.wait_for('action_plan.create', audit_uuid=audit['uuid']).data['uuid']


@contextmanager
def opened(sessions: Sessions, conf_of: Callable[[str], ConfigOpts]) -> Iterator[AnnouncedHouse]:
    """Each service with a configuration and an announcer of its own, as if it were alone in its process."""
    with ExitStack() as stack:
        confs = {host: conf_of(host) for host in ('api', 'engine', 'applier')}
        ear = stack.enter_context(listening(conf_of('listener')))
        told = {host: notifications.connect(conf) for host, conf in confs.items()}
        stores = {host: Store(sessions, announcer.listener()) for host, announcer in told.items()}
        bus = rpc.connect(confs['api'])
        senses = Senses(FixedCollector())   # type: ignore[arg-type]
        engine = DecisionEngine(stores['engine'], bus, confs['engine'], senses, {SAYING.name: SAYING},
                                announcer=told['engine'])
        applier = Applier(stores['applier'], bus, confs['applier'], None,  # type: ignore[arg-type]
                          {'nop': Obeying}, told['applier'])
        for service in (engine, applier):
            service.start()
            stack.callback(service.stop)
        conf = confs['api']
        app = make_app(stores['api'], EngineClient(bus, conf), ApplierClient(bus, conf), conf)
        stack.callback(told['api'].close)
        # Falcon looks at the signature of what it calls, and the outermost layer has none.
        client = TestClient(lambda environ, start_response: app(environ, start_response))
        yield AnnouncedHouse(client, ear, Store(sessions), told['engine'])


def tell_all(house: AnnouncedHouse) -> None:
    """The story: audits and plans that end well, that fail, that are cancelled, that are deleted."""
    ear = house.ear
    for says, event_type in (('no strategy', 'audit.strategy.error'), ('no plan', 'audit.planner.error')):
        ear.wait_for(event_type, uuid=house.audit(says)['uuid'])
    ear.wait_for('action_plan.execution.error', uuid=house.plan_of(house.audit('fail')))
    for says, end in (('wait', 'end'), ('resist', 'error')):
        plan = house.plan_of(house.audit(says))
        ear.wait_for('action.execution.start', action_plan_uuid=plan)
        house.cancel(plan)
        ear.wait_for(f'action_plan.cancel.{end}', uuid=plan)
    audit = house.audit('hello')
    plan = house.plan_of(audit)
    ear.wait_for('action_plan.execution.end', uuid=plan)
    for kind, uuid in (('action_plan', plan), ('audit', audit['uuid'])):
        assert house.api.simulate_delete(f'/v1/{kind}s/{uuid}').status_code == 204
        ear.wait_for(f'{kind}.delete', uuid=uuid)
    lose_a_service(house)


def lose_a_service(house: AnnouncedHouse) -> None:
    moment = now()
    row = Service(name='watcher-applier', host='ctl2', last_seen_up=moment)
    house.store.add(row)
    watch = Watch(house.store, house.announcer, NAME, 'engine', ACTIVE_FOR, lambda: moment)
    watch.look()
    house.store.change(row, last_seen_up=moment - 2 * ACTIVE_FOR)
    watch.look()
    house.ear.wait_for('service.update', sevice_host='ctl2')
