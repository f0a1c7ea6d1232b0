# SPDX-License-Identifier: Apache-2.0
"""Every engine hears what the cloud's services notify of, on RabbitMQ, and nobody else loses it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import Queue
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.bus.cloud_bus import (
    PATIENCE,
    Forward,
    Forwarder,
    forget,
    hearing,
    notifier,
    probe,
    raw,
    topic_of,
    types,
    waiting,
)
from tests.conftest import RABBIT, need_rabbit
from watcher_py import conf as options
from watcher_py.bus import listener
from watcher_py.bus.listener import Listener
from watcher_py.bus.messaging import oslo_messaging
from watcher_py.bus.notice import Notice
from watcher_py.core.errors import Invalid

LASTING = 'watcher-lasting'        # what is called so stays on the bus while nobody listens
NOVA, CINDER = 'nova-compute:host1', 'volume.host1@lvm'


@pytest.fixture(scope='module')
def conf_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ConfigOpts]]:
    """The configuration of an engine on a host; all of the module listen to one topic."""
    own = f'watcher-test-{uuid4()}'

    # The queue of those who have no pool is named after the topic, whatever the exchange.
    def make(host: str, url: str = RABBIT, topic: str = f'{own}.of-{own}') -> ConfigOpts:
        file = tmp_path_factory.mktemp('bus') / 'watcher.conf'
        file.write_text(f"""
            [DEFAULT]
            host = {own}.{host}
            transport_url = {url}
            control_exchange = {topic.partition('.')[0]}
            [oslo_messaging_rabbit]
            amqp_auto_delete = {not topic.startswith(LASTING)}
            [watcher_decision_engine]
            notification_topics = {topic}
            """.replace('            ', ''))
        conf = ConfigOpts()
        options.register(conf)
        conf(['--config-file', str(file)])
        return conf

    need_rabbit()
    yield make
    forget(own, f'of-{own}.info')


def test_each_engine_gets_a_copy_and_nobody_else_loses_one(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one')
    others: Queue[str] = Queue()

    class Other:
        def info(self, context: Any, publisher: str, event_type: str, *rest: Any) -> None:
            if publisher == NOVA:
                others.put(event_type)

    exchange, topic = topic_of(conf)
    other = oslo_messaging.get_notification_listener(
        oslo_messaging.get_notification_transport(conf),
        [oslo_messaging.Target(exchange=exchange, topic=topic)], [Other()])
    other.start(override_pool_size=1)
    told = [f'event.{number}' for number in range(20)]
    with hearing(conf, 'nova-') as one, hearing(conf_of('two'), 'nova-') as two:
        send = notifier(conf, NOVA)
        for event_type in told:
            send(event_type, {})
        assert types(one, 20) == told
        assert types(two, 20) == told
    assert [others.get(timeout=PATIENCE) for _ in told] == told
    other.stop()
    other.wait()


def test_a_notice_says_who_told_what_and_when(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one')
    with hearing(conf, 'nova-') as heard:
        notifier(conf, NOVA)('instance.lock', {'nova_object.data': {'locked': True}})
        notice = heard.get(timeout=PATIENCE)
    assert (notice.publisher, notice.type) == (NOVA, 'instance.lock')
    assert notice.payload == {'nova_object.data': {'locked': True}}
    assert notice.sent > 1_500_000_000


def test_each_ear_hears_its_own_publishers(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one')
    with hearing(conf, 'nova-', 'volume.') as heard:
        for publisher, event_type in ((NOVA, 'instance.lock'), ('compute.host1', 'legacy'),
                                      (CINDER, 'volume.create.end')):
            notifier(conf, publisher)(event_type, {})
        assert types(heard, 2) == ['instance.lock', 'volume.create.end']


def test_many_are_heard_in_the_order_in_which_they_came(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one')
    with hearing(conf, 'nova-') as heard:
        send = notifier(conf, NOVA)
        for number in range(300):
            send(f'event.{number}', {})
        assert types(heard, 300) == [f'event.{number}' for number in range(300)]


NONSENSE = {
    'bytes': b'no JSON', 'list': '[]', 'text': '"text"', 'empty': '{}',
    'half': '{"oslo.version": "2.0", "oslo.message": "{"}',
    'odd': '{"priority": null, "publisher_id": 7, "event_type": null, "payload": 3, "timestamp": "soon"}'}


@pytest.mark.parametrize('name', NONSENSE)
def test_what_is_no_notification_is_passed_over(conf_of: Callable[..., ConfigOpts], name: str) -> None:
    conf = conf_of('one')
    with hearing(conf, 'nova-') as heard:
        raw(conf, NONSENSE[name], content_type='application/json', content_encoding='utf-8')
        notifier(conf, NOVA)('instance.lock', {})
        assert types(heard, 1) == ['instance.lock']


def test_nothing_that_was_heard_comes_again_and_what_was_missed_comes_later(
        conf_of: Callable[..., ConfigOpts]) -> None:
    own = f'{LASTING}-{uuid4()}'
    conf = conf_of('one', topic=f'{own}.of-{own}')
    try:
        with hearing(conf, 'nova-') as heard:
            for body in NONSENSE.values():
                raw(conf, body, content_type='application/json', content_encoding='utf-8')
            send = notifier(conf, NOVA)
            send('instance.lock', {})
            assert types(heard, 1) == ['instance.lock']
        # What is not acknowledged RabbitMQ takes back when the listener goes.
        assert waiting(conf) == 0
        send('instance.unlock', {})
        with hearing(conf, 'nova-') as heard:
            assert types(heard, 1) == ['instance.unlock']
    finally:
        forget(own, f'of-{own}.info', f'watcher.{conf.host}')


def test_odd_values_are_handed_on_as_they_are(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one')
    with hearing(conf, 'nova-') as heard:
        raw(conf, {'priority': 'INFO', 'publisher_id': NOVA, 'event_type': None, 'payload': 3,
                   'timestamp': 'soon'})
        notice = heard.get(timeout=PATIENCE)
    assert (notice.type, notice.payload) == ('None', 3)
    assert notice.sent > 1_500_000_000


def test_an_ear_that_fails_hears_the_next_one(conf_of: Callable[..., ConfigOpts]) -> None:
    def stumble(notice: Notice) -> None:
        if notice.type == 'bad':
            raise ZeroDivisionError('a slip of ours')

    conf = conf_of('one')
    with hearing(conf, 'nova-', hear=stumble) as heard:
        send = notifier(conf, NOVA)
        send('bad', {})
        send('good', {})
        assert types(heard, 2) == ['bad', 'good']


@pytest.fixture
def later() -> Iterator[tuple[int, Callable[[], None]]]:
    """A port at which RabbitMQ is not yet, and what brings it there."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    with ExitStack() as open_:
        def come() -> None:
            way = open_.enter_context(Forwarder(('127.0.0.1', port), Forward))
            Thread(target=way.serve_forever, daemon=True).start()
            open_.callback(way.shutdown)

        yield port, come


def test_a_bus_that_comes_late_is_heard(
        conf_of: Callable[..., ConfigOpts], later: tuple[int, Callable[[], None]]) -> None:
    port, come = later
    conf = conf_of('late', f'rabbit://guest:guest@127.0.0.1:{port}/')
    probes: Queue[Notice] = Queue()
    listening = listener.connect(conf, {'probe': probes.put})
    listening.start()
    come()
    probe(conf, probes)
    listening.stop()


def test_without_a_bus_it_starts_and_stops_and_does_not_come_back_with_it(
        conf_of: Callable[..., ConfigOpts], later: tuple[int, Callable[[], None]]) -> None:
    port, come = later
    listening = listener.connect(conf_of('late', f'rabbit://guest:guest@127.0.0.1:{port}/'), {})
    listening.start()
    listening.stop()
    come()
    for thread in threading.enumerate():
        if thread.name == 'listener':
            thread.join(PATIENCE)
            assert not thread.is_alive()


class Server:
    """Stands for one of oslo.messaging, on a bus that refuses the first few."""

    started: list['Server']
    refusals = 2

    def start(self, override_pool_size: int) -> None:
        self.started.append(self)
        if len(self.started) <= self.refusals:
            raise oslo_messaging.MessageDeliveryFailure('wrong password')
        self.is_up.set()

    is_up: Event

    def stop(self) -> None: ...

    def wait(self) -> None: ...


def test_a_bus_that_refuses_is_asked_again(
        monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(listener, 'PAUSE', 0.001)
    monkeypatch.setattr(Server, 'started', [], raising=False)
    monkeypatch.setattr(Server, 'is_up', Event(), raising=False)
    listening = Listener(Server)
    listening.start()
    assert Server.is_up.wait(PATIENCE)
    listening.stop()
    assert len(Server.started) == 3
    assert caplog.messages == ['Notifications are not heard yet: wrong password'] * 2


def test_without_topics_nothing_is_listened_to(conf_of: Callable[..., ConfigOpts]) -> None:
    conf = conf_of('one', 'rabbit://guest:guest@127.0.0.1:1/')
    conf.set_override('notification_topics', [], 'watcher_decision_engine')
    listening = listener.connect(conf, {})
    listening.start()
    listening.stop()


@pytest.mark.parametrize('topic', ['notifications', '.notifications', 'nova.'])
def test_a_topic_without_its_exchange_is_refused(
        conf_of: Callable[..., ConfigOpts], topic: str) -> None:
    conf = conf_of('one')
    conf.set_override('notification_topics', [topic], 'watcher_decision_engine')
    with pytest.raises(Invalid, match='as nova'):
        listener.connect(conf, {})
