# SPDX-License-Identifier: Apache-2.0
"""Hear what the cloud's services tell of themselves, without taking it away from anybody else."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Any

from kombu.exceptions import ChannelError, KombuError
from oslo_config.cfg import ConfigOpts

from watcher_py.bus.messaging import oslo_messaging, register_observation
from watcher_py.bus.notice import Notice
from watcher_py.core.errors import Invalid

LOG = logging.getLogger(__name__)

Ear = Callable[[Notice], None]

# Notices of one object must be heard in the order in which they came.
THREADS = 1
PAUSE = 10.0                # seconds between two tries to begin
FAREWELL = 10.0             # seconds that a bus may take to let go of us

AWAY = (oslo_messaging.MessagingException, ChannelError, KombuError, OSError)


class Listener:
    """Hears from start() to stop(); neither waits for a bus that is away."""

    def __init__(self, build: Callable[[], Any]):
        self._build = build         # a server of oslo.messaging, which starts once in its life
        self._server: Any = None
        self._stopping, self._ending = Event(), Lock()
        self._beginning = Thread(target=self._begin, name='listener', daemon=True)

    def start(self) -> None:
        self._beginning.start()

    def stop(self) -> None:
        """Hear no more; what is heard already is handed on."""
        self._stopping.set()
        if self._server is not None:
            ending = Thread(target=self._end, name='end of listener', daemon=True)
            ending.start()
            ending.join(FAREWELL)

    def _begin(self) -> None:
        while not self._stopping.is_set():
            server = self._build()
            try:
                server.start(override_pool_size=THREADS)
            except AWAY as error:
                LOG.warning('Notifications are not heard yet: %s', error)
                self._stopping.wait(PAUSE)
            else:
                self._server = server
                break
        if self._stopping.is_set():
            self._end()

    def _end(self) -> None:
        with self._ending:
            server, self._server = self._server, None
        if server is not None:
            server.stop()
            server.wait()


def connect(conf: ConfigOpts, ears: Mapping[str, Ear]) -> Listener:
    """A listener on the configured topics; an ear hears whoever's name begins with its key."""
    topics = conf.watcher_decision_engine.notification_topics
    targets = [_target(topic) for topic in topics]
    register_observation(conf)
    transport = oslo_messaging.get_notification_transport(conf)
    # A queue of the engine's own, so that it takes nothing from others; a bare host name could be theirs.
    pool = f'watcher.{conf.host}'
    endpoints = [_Endpoint(ears)]

    def build() -> Any:
        return oslo_messaging.get_notification_listener(transport, targets, endpoints, pool=pool)

    return Listener(build if targets else _Silence)


class _Silence:
    """Stands for a server where there is nothing to listen to."""

    def start(self, override_pool_size: int) -> None:
        LOG.info('No notifications are listened to: [watcher_decision_engine] notification_topics is empty')

    def stop(self) -> None: ...

    def wait(self) -> None: ...


class _Endpoint:
    """What oslo.messaging calls with each notification of priority info; it is acknowledged in any case."""

    def __init__(self, ears: Mapping[str, Ear]):
        self._ears = tuple(ears.items())

    def info(self, context: Any, publisher: Any, event_type: Any, payload: Any,
             metadata: Mapping[str, Any]) -> None:
        publisher = str(publisher)
        for beginning, hear in self._ears:
            if publisher.startswith(beginning):
                hear(Notice(publisher, str(event_type), payload, _moment(metadata.get('timestamp'))))


def _target(topic: str) -> Any:
    exchange, _, name = topic.partition('.')
    if not exchange or not name:
        raise Invalid(f'[watcher_decision_engine] notification_topics: {topic!r} is not an exchange and a '
                      f'topic, as nova.versioned_notifications is')
    return oslo_messaging.Target(exchange=exchange, topic=name)


def _moment(timestamp: Any) -> float:
    """Seconds since the epoch; now, where it isn't told."""
    try:
        return datetime.fromisoformat(timestamp).replace(tzinfo=UTC).timestamp()
    except (TypeError, ValueError):
        return time.time()
