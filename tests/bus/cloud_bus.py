# SPDX-License-Identifier: Apache-2.0
"""The bus of a cloud: those who tell on it, what is put there, and who hears it."""

import socket
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest
from kombu import Connection, Exchange, Producer
from oslo_config.cfg import ConfigOpts

from tests.conftest import RABBIT
from watcher_py.bus import listener
from watcher_py.bus.messaging import oslo_messaging
from watcher_py.bus.notice import Notice

PATIENCE = 20
AMQP = RABBIT.replace('rabbit:', 'amqp:')


@contextmanager
def hearing(conf: ConfigOpts, *beginnings: str,
            hear: Callable[[Notice], None] = lambda notice: None) -> Iterator['Queue[Notice]']:
    """What is heard of publishers whose names begin so, once the listener is there for sure."""
    heard: Queue[Notice] = Queue()
    probes: Queue[Notice] = Queue()

    def put(notice: Notice) -> None:
        heard.put(notice)
        hear(notice)

    listening = listener.connect(conf, {**dict.fromkeys(beginnings, put), 'probe': probes.put})
    listening.start()
    try:
        probe(conf, probes)
        yield heard
    finally:
        listening.stop()


def probe(conf: ConfigOpts, probes: 'Queue[Notice]') -> None:
    """Send until it is heard: what is sent before the queue is there is lost."""
    send = notifier(conf, 'probe')
    for _ in range(PATIENCE * 4):
        send('probe', {})
        with suppress(Empty):
            probes.get(timeout=0.25)
            return
    pytest.fail('nothing is heard')


def notifier(conf: ConfigOpts, publisher: str) -> Callable[..., None]:
    """How a service of the cloud tells."""
    transport = oslo_messaging.get_notification_transport(conf, RABBIT)
    telling = oslo_messaging.Notifier(transport, publisher, driver='messagingv2', topics=[topic_of(conf)[1]])
    return lambda event_type, payload: telling.info({}, event_type, payload)


def topic_of(conf: ConfigOpts) -> tuple[str, str]:
    exchange, topic = conf.watcher_decision_engine.notification_topics[0].split('.')
    return exchange, topic


def raw(conf: ConfigOpts, body: object, **how: Any) -> None:
    """Put anything on the topic."""
    exchange, topic = topic_of(conf)
    with Connection(AMQP) as connection:
        producer = Producer(connection, Exchange(exchange, 'topic'), auto_declare=False)
        producer.publish(body, routing_key=f'{topic}.info', **how)


def types(heard: 'Queue[Notice]', count: int) -> list[str]:
    return [heard.get(timeout=PATIENCE).type for _ in range(count)]


def waiting(conf: ConfigOpts) -> int:
    """Messages that RabbitMQ keeps for the engine."""
    with Connection(AMQP) as connection:
        return int(connection.channel().queue_declare(f'watcher.{conf.host}', passive=True).message_count)


def forget(exchange: str, *queues: str) -> None:
    """Remove what stays; those who send on a topic make a queue, so that nothing is lost."""
    with Connection(AMQP) as connection:
        for queue in queues:
            connection.channel().queue_delete(queue)
        connection.channel().exchange_delete(exchange)


class Forwarder(socketserver.ThreadingTCPServer):
    """A way to RabbitMQ that begins to exist."""

    allow_reuse_address = True
    daemon_threads = True


class Forward(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with socket.create_connection(('127.0.0.1', 5672)) as there:
            back = Thread(target=_pass_on, args=(there, self.request), daemon=True)
            back.start()
            _pass_on(self.request, there)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
