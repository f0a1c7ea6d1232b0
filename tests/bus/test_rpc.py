# SPDX-License-Identifier: Apache-2.0
"""Services talk over the bus, in one process and over RabbitMQ alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import pytest
from oslo_config.cfg import ConfigOpts

from watcher_py.bus import rpc
from watcher_py.bus.context import RequestContext, admin_context
from watcher_py.bus.rpc import ApplierClient, EngineClient, Transport, answers
from watcher_py.core.errors import NotFound, Unavailable

PATIENCE = 20


class Engine:
    """What a decision engine would hear."""

    def __init__(self) -> None:
        self.heard: Queue[tuple[RequestContext, str]] = Queue()

    def trigger_audit(self, context: RequestContext, audit_uuid: str) -> None:
        self.heard.put((context, audit_uuid))

    @answers
    def get_strategy_info(self, context: RequestContext, strategy_name: str) -> list[dict[str, Any]]:
        if strategy_name == 'unknown':
            raise NotFound('strategy unknown is not installed')
        return [{'type': 'Name', 'state': strategy_name}]

    @answers
    def get_data_model_info(self, context: RequestContext, data_model_type: str,
                            audit_uuid: str | None) -> dict[str, Any]:
        raise ZeroDivisionError('a slip of ours')

    def get_cluster(self, context: RequestContext) -> dict[str, Any]:
        return {'hosts': [], 'request_id': context.request_id, 'token': context.auth_token}

    @answers
    def another_target(self, context: RequestContext, plan_uuid: str, action_uuid: str, besides: list[str],
                       promised: dict[str, str]) -> dict[str, Any]:
        return {'target': None, 'why': f'{plan_uuid} {action_uuid} {besides} {promised}'}

    def _forget(self, context: RequestContext) -> None:
        self.heard = Queue()


class Applier:
    """What an applier would hear."""

    def __init__(self) -> None:
        self.heard: Queue[str] = Queue()

    def launch_action_plan(self, context: RequestContext, action_plan_uuid: str) -> None:
        self.heard.put(action_plan_uuid)


@contextmanager
def serving(transport: Transport, topic: str, endpoint: object, host: str = 'one') -> Iterator[None]:
    server = rpc.serve(transport, topic, host, [endpoint])
    server.start()
    try:
        yield
    finally:
        server.stop()
        server.wait()


@contextmanager
def on_topic(conf: ConfigOpts, name: str) -> Iterator[str]:
    """Speak to engines on a topic that the module's own engine does not hear."""
    topic = f'{conf.watcher_decision_engine.conductor_topic}.{name}'
    conf.set_override('conductor_topic', topic, 'watcher_decision_engine')
    yield topic
    conf.clear_override('conductor_topic', 'watcher_decision_engine')


@pytest.fixture(scope='module')
def engine(conf: ConfigOpts, transport: Transport) -> Iterator[Engine]:
    endpoint = Engine()
    with serving(transport, conf.watcher_decision_engine.conductor_topic, endpoint):
        yield endpoint


def test_an_engine_hears_of_an_audit(conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    EngineClient(transport, conf).trigger_audit(admin_context(), 'some-audit')
    assert engine.heard.get(timeout=PATIENCE)[1] == 'some-audit'


def test_an_applier_hears_of_a_plan(conf: ConfigOpts, transport: Transport) -> None:
    applier = Applier()
    with serving(transport, conf.watcher_applier.conductor_topic, applier):
        ApplierClient(transport, conf).launch_action_plan(admin_context(), 'some-plan')
        assert applier.heard.get(timeout=PATIENCE) == 'some-plan'


def test_a_question_is_answered(conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    info = EngineClient(transport, conf).strategy_info(admin_context(), 'dummy')
    assert info == [{'type': 'Name', 'state': 'dummy'}]


def test_an_error_is_raised_as_it_was_where_it_was_asked(
        conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    with pytest.raises(NotFound) as caught:
        EngineClient(transport, conf).strategy_info(admin_context(), 'unknown')
    assert caught.type is NotFound
    assert str(caught.value) == 'strategy unknown is not installed'


def test_a_context_keeps_its_request_id_and_leaves_its_token_behind(
        conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    context = RequestContext(auth_token='secret', user_id='ann', roles=['admin'], overwrite=False)
    answer = EngineClient(transport, conf).cluster(context)
    assert answer == {'hosts': [], 'request_id': context.request_id, 'token': None}
    EngineClient(transport, conf).trigger_audit(context, 'some-audit')
    heard = engine.heard.get(timeout=PATIENCE)[0]
    assert (heard.user_id, heard.roles, heard.is_admin) == ('ann', ['admin'], False)


def test_of_two_engines_exactly_one_hears_of_each_audit(conf: ConfigOpts, transport: Transport) -> None:
    first, second = Engine(), Engine()
    second.heard = first.heard
    audits = {f'audit-{number}' for number in range(20)}
    with (on_topic(conf, 'pair') as topic, serving(transport, topic, first, 'one'),
          serving(transport, topic, second, 'two')):
        client = EngineClient(transport, conf)
        for audit in audits:
            client.trigger_audit(admin_context(), audit)
        heard = [first.heard.get(timeout=PATIENCE)[1] for _ in audits]
    assert sorted(heard) == sorted(audits)
    with pytest.raises(Empty):
        first.heard.get_nowait()


def test_a_server_that_stops_finishes_what_it_is_at(conf: ConfigOpts, transport: Transport) -> None:
    begun, may_end, ended = Event(), Event(), Event()

    class Slow:
        def launch_action_plan(self, context: RequestContext, action_plan_uuid: str) -> None:
            begun.set()
            may_end.wait(PATIENCE)
            ended.set()

    server = rpc.serve(transport, conf.watcher_applier.conductor_topic, 'one', [Slow()])
    server.start()
    ApplierClient(transport, conf).launch_action_plan(admin_context(), 'some-plan')
    assert begun.wait(PATIENCE)
    stopping = Thread(target=lambda: (server.stop(), server.wait()))
    stopping.start()
    may_end.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert ended.is_set()


def test_an_engine_that_is_not_there_is_unavailable(
        conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    with on_topic(conf, 'nobody'):
        client = EngineClient(transport, conf)
        conf.set_override('rpc_response_timeout', 1)
        with pytest.raises(Unavailable, match='the decision engine does not answer get_cluster'):
            client.cluster(admin_context())
        conf.clear_override('rpc_response_timeout')


def test_a_question_of_a_move_that_waits_is_put_for_a_short_while_only(
        conf: ConfigOpts, transport: Transport, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, 'SOON', 0.2)
    assert transport.conf.rpc_response_timeout > 1
    with (on_topic(conf, 'absent'),
          pytest.raises(Unavailable, match='the decision engine does not answer another_target')):
        EngineClient(transport, conf).another_target(admin_context(), 'plan', 'action', ['cn2'], {})


def test_an_engine_tells_where_else_a_server_may_go(
        conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    client = EngineClient(transport, conf)
    found = client.another_target(admin_context(), 'plan', 'action', ['cn2'], {'a': 'cn4'})
    assert found == {'target': None, 'why': "plan action ['cn2'] {'a': 'cn4'}"}


def test_a_slip_of_the_engine_is_told_without_its_traceback(
        conf: ConfigOpts, transport: Transport, engine: Engine) -> None:
    with pytest.raises(Unavailable) as caught:
        EngineClient(transport, conf).data_model(admin_context(), 'compute', None)
    assert str(caught.value) == 'get_data_model_info met an internal error: a slip of ours'


def test_a_bus_that_is_down_is_unavailable(
        conf_for: Callable[[str], ConfigOpts], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, 'RETRIES', 0)
    conf = conf_for('rabbit://guest:guest@127.0.0.1:1/')
    transport = rpc.connect(conf)
    with pytest.raises(Unavailable, match='the message bus does not reach the decision engine'):
        EngineClient(transport, conf).trigger_audit(admin_context(), 'some-audit')
    transport.cleanup()
