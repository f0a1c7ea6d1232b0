# SPDX-License-Identifier: Apache-2.0
"""The decision engine hears, answers, and leaves nothing half done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from watcher_py import conf as options
from watcher_py.bus import rpc
from watcher_py.bus.context import RequestContext, admin_context
from watcher_py.bus.rpc import EngineClient, Transport
from watcher_py.core import document
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.strategy import Strategy
from watcher_py.db import models
from watcher_py.db.columns import now
from watcher_py.engine import service
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.service import DecisionEngine, Senses

PATIENCE = 20
Maker = Callable[..., Any]


@pytest.fixture
def conf(tmp_path: Path) -> ConfigOpts:
    own = f'watcher-test-{uuid4()}'
    file = tmp_path / 'watcher.conf'
    file.write_text(f'[DEFAULT]\nhost = me\ntransport_url = fake://\ncontrol_exchange = {own}\n'
                    '[watcher_decision_engine]\nmax_audit_workers = 1\n')
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)])
    return conf


@pytest.fixture
def transport(conf: ConfigOpts) -> Iterator[Transport]:
    found = rpc.connect(conf)
    yield found
    found.cleanup()


@pytest.fixture
def client(transport: Transport, conf: ConfigOpts) -> EngineClient:
    return EngineClient(transport, conf)


@pytest.fixture
def launched(transport: Transport, conf: ConfigOpts) -> Iterator['Queue[str]']:
    """The plans that an applier hears of; an audit with auto_trigger ends with one."""
    heard: Queue[str] = Queue()

    class Applier:
        def launch_action_plan(self, context: RequestContext, action_plan_uuid: str) -> None:
            heard.put(action_plan_uuid)

    server = rpc.serve(transport, conf.watcher_applier.conductor_topic, 'applier', [Applier()])
    server.start()
    yield heard
    server.stop()
    server.wait()


@pytest.fixture
def make_engine(transport: Transport, conf: ConfigOpts) -> Maker:
    def make(desk: Any) -> DecisionEngine:
        tools = desk.tools
        return DecisionEngine(tools.store, transport, conf, Senses(tools.collector, tools.sources),
                              tools.strategies)
    return make


@contextmanager
def running(engine: DecisionEngine) -> Iterator[DecisionEngine]:
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def test_a_start_aligns_the_catalogue_and_shows_a_sign_of_life(
        desk: Any, make_engine: Maker, make_strategy: Maker) -> None:
    desk.tools.strategies['new'] = make_strategy('new')
    with running(make_engine(desk)):
        assert desk.store.get(models.Strategy, 'new').goal.name == 'server_consolidation'
        assert desk.store.get_by(models.Service, name='watcher-decision-engine', host='me').last_seen_up


class Sense:
    """A listener that notes when it starts and stops, and who is there by then."""

    def __init__(self, notes: list[str], name: str):
        self._notes, self._name = notes, name

    def start(self) -> None:
        self._notes.append(f'{self._name} starts')

    def stop(self) -> None:
        self._notes.append(f'{self._name} stops')


def test_an_engine_listens_to_the_cloud_before_it_carries_out_anything(
        desk: Any, transport: Transport, conf: ConfigOpts) -> None:
    notes: list[str] = []
    done = Event()
    desk.collector.before = lambda: (notes.append('the cloud is read'), done.set())
    senses = Senses(desk.collector, desk.tools.sources, Sense(notes, 'listener'))   # type: ignore[arg-type]
    desk.audit()
    with running(DecisionEngine(desk.store, transport, conf, senses, desk.tools.strategies)):
        assert done.wait(PATIENCE)
    assert notes == ['listener starts', 'the cloud is read', 'listener stops']


def test_an_audit_that_is_heard_of_is_carried_out(
        desk: Any, make_engine: Maker, client: EngineClient, launched: 'Queue[str]') -> None:
    with running(make_engine(desk)):
        audit = desk.audit(auto_trigger=True)
        client.trigger_audit(admin_context(), audit.uuid)
        plan = desk.store.get(models.ActionPlan, launched.get(timeout=PATIENCE))
    assert plan.audit.uuid == audit.uuid
    assert desk.again(audit).hostname == 'me'


def test_an_audit_whose_message_was_lost_is_picked_up_at_the_start(
        desk: Any, make_engine: Maker, launched: 'Queue[str]') -> None:
    audit = desk.audit(auto_trigger=True)
    on_event = desk.audit(audit_type='EVENT')
    with running(make_engine(desk)):
        plan = desk.store.get(models.ActionPlan, launched.get(timeout=PATIENCE))
    assert plan.audit.uuid == audit.uuid
    assert desk.again(on_event).state == 'PENDING'


def test_what_no_message_tells_of_is_found_all_the_same(
        desk: Any, make_engine: Maker, launched: 'Queue[str]', monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, 'LOOK_INTERVAL', 0.02)
    with running(make_engine(desk)):
        once = desk.audit(auto_trigger=True)
        on_event = desk.audit(audit_type='EVENT', auto_trigger=True, triggered_at=now())
        plans = [desk.store.get(models.ActionPlan, launched.get(timeout=PATIENCE)) for _ in range(2)]
    assert {plan.audit.uuid for plan in plans} == {once.uuid, on_event.uuid}
    assert len(desk.plans()) == 2


def test_an_engine_that_starts_while_the_bus_is_away_carries_out_what_it_finds(
        desk: Any, make_engine: Maker) -> None:
    engine, begun, bus_is_back = make_engine(desk), Event(), Event()
    desk.collector.before = begun.set
    start = engine._server.start
    engine._server.start = lambda: (bus_is_back.wait(PATIENCE), start())
    desk.audit()
    starting = Thread(target=engine.start)
    starting.start()
    assert begun.wait(PATIENCE)
    bus_is_back.set()
    starting.join(PATIENCE)
    engine.stop()
    assert len(desk.plans()) == 1


def test_an_audit_that_is_not_there_stops_nobody(
        desk: Any, make_engine: Maker, client: EngineClient, launched: 'Queue[str]',
        caplog: pytest.LogCaptureFixture) -> None:
    with running(make_engine(desk)):
        client.trigger_audit(admin_context(), str(uuid4()))
        client.trigger_audit(admin_context(), desk.audit(auto_trigger=True).uuid)
        launched.get(timeout=PATIENCE)
    assert 'a job could not be taken up' in caplog.text


def test_audits_that_a_dead_engine_left_unfinished_are_carried_out_anew(
        desk: Any, make_engine: Maker, launched: 'Queue[str]') -> None:
    gone = desk.audit(state='ONGOING', hostname='other', owner='other/1', fence=3, auto_trigger=True,
                      leased_until=now() - timedelta(seconds=1))
    alive = desk.audit(state='ONGOING', hostname='other', owner='other/2', fence=3,
                       leased_until=now() + timedelta(hours=1))
    with running(make_engine(desk)):
        plan = desk.store.get(models.ActionPlan, launched.get(timeout=PATIENCE))
    assert (plan.audit.uuid, desk.again(gone).state) == (gone.uuid, 'SUCCEEDED')
    assert desk.again(alive).owner == 'other/2'
    assert len(desk.plans()) == 1


def test_a_time_zone_that_is_none_is_told_before_the_start(desk: Any, conf: ConfigOpts,
                                                           make_engine: Maker) -> None:
    conf.set_override('cron_timezone', 'Europe/Atlantis', 'watcher_decision_engine')
    with pytest.raises(Invalid, match="There is no time zone 'Europe/Atlantis'"):
        make_engine(desk)


def test_what_is_still_held_at_a_stop_is_another_engines_at_once(desk: Any, make_engine: Maker) -> None:
    engine = make_engine(desk)
    with running(engine):
        hold = engine.leases.claim(desk.audit(state='SUSPENDED', hostname='me'), 'SUSPENDED', 'ONGOING')
    assert hold.lost.is_set()
    assert [row.owner for row in desk.tools.leases.expired(models.Audit, state='ONGOING')] == [None]


def test_a_stop_lets_the_running_audit_finish_and_leaves_none_half_done(
        desk: Any, make_engine: Maker, client: EngineClient) -> None:
    begun, may_go_on = Event(), Event()

    def hold() -> None:
        begun.set()
        may_go_on.wait(PATIENCE)

    desk.collector.before = hold
    running_one, waiting_one = desk.audit(), desk.audit()
    engine = make_engine(desk)
    engine.start()              # picks both up, one at a time
    assert begun.wait(PATIENCE)
    stopping = Thread(target=engine.stop)
    stopping.start()
    may_go_on.set()
    stopping.join(PATIENCE)
    engine.wait()
    states = {desk.again(running_one).state, desk.again(waiting_one).state}
    assert desk.again(running_one).state == 'SUCCEEDED'
    assert 'ONGOING' not in states


def test_questions_are_answered_over_the_bus(desk: Any, make_engine: Maker, client: EngineClient) -> None:
    audit = desk.audit(state='SUCCEEDED', scope=[{'compute': [{'availability_zones': [{'name': 'az-2'}]}]}])
    with running(make_engine(desk)):
        info = client.strategy_info(admin_context(), 'emptying')
        whole = client.data_model(admin_context(), 'compute', None)['context']
        part = client.data_model(admin_context(), 'compute', audit.uuid)['context']
        cluster = document.read(client.cluster(admin_context())).cluster
    assert [row['type'] for row in info] == ['Datasource', 'Metrics', 'CDM']
    assert (len(whole), [row['node_uuid'] for row in part]) == (4, ['cn3-id'])
    assert cluster.servers.uuid == desk.collector.cluster.servers.uuid


def test_a_plan_is_explained_over_the_bus(desk: Any, make_engine: Maker, client: EngineClient) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    plan, = desk.plans()
    with running(make_engine(desk)):
        told = client.explanation(admin_context(), plan.uuid, 'vm-a')
        with pytest.raises(NotFound, match='no server or node mars'):
            client.explanation(admin_context(), plan.uuid, 'mars')
    assert (told['verdict'], told['target']) == ('moved', 'cn2')


def test_questions_about_what_is_not_there_are_not_found(
        desk: Any, make_engine: Maker, client: EngineClient) -> None:
    with running(make_engine(desk)):
        with pytest.raises(NotFound, match='strategy zeal is not installed'):
            client.strategy_info(admin_context(), 'zeal')
        with pytest.raises(NotFound):
            client.data_model(admin_context(), 'compute', str(uuid4()))


def test_audits_run_as_many_at_once_as_configured(
        make_desk: Maker, make_engine: Maker, chained: Strategy, launched: 'Queue[str]') -> None:
    desk = make_desk(chained)
    now_running: list[int] = []
    most: list[int] = []

    def count() -> None:
        now_running.append(1)
        most.append(len(now_running))
        desk.store.count(models.Audit)      # time for another one to come in between
        now_running.pop()

    desk.collector.before = count
    for _ in range(5):
        desk.audit(auto_trigger=True)
    with running(make_engine(desk)):
        for _ in range(5):
            launched.get(timeout=PATIENCE)
    assert max(most) == 1


def test_a_continuous_audit_is_carried_out_without_being_asked_for(
        desk: Any, make_engine: Maker, launched: 'Queue[str]') -> None:
    audit = desk.audit(audit_type='CONTINUOUS', interval='3600', auto_trigger=True)
    with running(make_engine(desk)):
        plan = desk.store.get(models.ActionPlan, launched.get(timeout=PATIENCE))
    assert plan.audit.uuid == audit.uuid
    assert (desk.again(audit).state, desk.again(audit).hostname) == ('ONGOING', 'me')
    assert desk.again(audit).next_run_time > desk.again(audit).created_at


def test_an_event_audit_is_carried_out_each_time_it_is_triggered(
        desk: Any, make_engine: Maker, client: EngineClient, launched: 'Queue[str]') -> None:
    audit = desk.audit(audit_type='EVENT', auto_trigger=True)
    with running(make_engine(desk)):
        for _ in range(2):
            desk.store.change(audit, triggered_at=now())
            client.trigger_audit(admin_context(), audit.uuid)
            launched.get(timeout=PATIENCE)
    assert len(desk.plans()) == 2
    assert desk.again(audit).state == 'SUCCEEDED'


def test_a_continuous_audit_that_the_host_left_running_goes_on_at_the_start(
        desk: Any, make_engine: Maker, launched: 'Queue[str]') -> None:
    audit = desk.audit(audit_type='CONTINUOUS', interval='3600', auto_trigger=True, state='ONGOING',
                       hostname='me')
    with running(make_engine(desk)):
        launched.get(timeout=PATIENCE)
    assert desk.again(audit).state == 'ONGOING'
    assert len(desk.plans()) == 1


def test_plans_that_nobody_launched_are_superseded(desk: Any, make_engine: Maker) -> None:
    audit = desk.audit(state='SUCCEEDED')
    strategy = desk.store.get(models.Strategy, 'emptying')
    old = models.ActionPlan(audit_id=audit.id, strategy_id=strategy.id, state='RECOMMENDED',
                            created_at=audit.created_at - timedelta(hours=25))
    desk.store.add(old)
    superseded = Event()
    claim = desk.store.claim

    def note(row: Any, *states: Any, **values: Any) -> bool:
        is_ours = claim(row, *states, **values)
        superseded.set()
        return bool(is_ours)

    desk.store.claim = note
    with running(make_engine(desk)):
        assert superseded.wait(PATIENCE)
    assert desk.store.get(models.ActionPlan, old.uuid).state == 'SUPERSEDED'
