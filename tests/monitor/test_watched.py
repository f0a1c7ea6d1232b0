# SPDX-License-Identifier: Apache-2.0
"""A service is seen from its first moment to its last."""

import socket
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
import requests
from prometheus_client import CollectorRegistry

from watcher_py.bus.jobs import Jobs
from watcher_py.core.errors import Unavailable
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.monitor.checks import Check
from watcher_py.monitor.exporter import Port
from watcher_py.monitor.insides import Insides
from watcher_py.monitor.watched import Watched

Get = Callable[[str], Any]


class Slow:
    """A service that starts and stops when it is let."""

    def __init__(self, leases: Leases) -> None:
        self.leases = leases
        self.may_start, self.stops, self.may_stop = Event(), Event(), Event()

    def start(self) -> None:
        self.leases.start()
        self.may_start.wait(30)

    def wait(self) -> None:
        """Nothing to wait for."""

    def stop(self) -> None:
        self.leases.stop()
        self.stops.set()
        self.may_stop.wait(30)


@pytest.fixture
def slow(store: Store) -> Slow:
    return Slow(Leases(store, 'me'))


@pytest.fixture
def watched(store: Store, slow: Slow, port: Port, conf: Any) -> Watched:
    insides = Insides(slow.leases, Jobs('me', store, conf, 1, print), [])
    return Watched(slow, insides, port, CollectorRegistry(), [Check('database', lambda: None)])


@pytest.fixture
def starting(watched: Watched) -> Iterator[Thread]:
    thread = Thread(target=watched.start)
    thread.start()
    yield thread
    thread.join()


def heard(get: Get, path: str) -> tuple[int, dict[str, str]]:
    """What is said, once there is somebody to say it."""
    for _ in range(3000):
        try:
            answer = get(path)
        except requests.ConnectionError:
            Event().wait(0.01)
        else:
            return answer.status_code, answer.json()['checks']
    raise AssertionError('nobody answers')


def test_it_lives_while_it_starts_and_drains_and_is_of_use_between(
        watched: Watched, slow: Slow, starting: Thread, get: Get) -> None:
    assert heard(get, '/healthz') == (200, {'service': 'ok'})
    assert heard(get, '/readyz') == (503, {'service': 'it starts', 'database': 'ok'})
    slow.may_start.set()
    starting.join()
    assert heard(get, '/healthz') == (200, {'leases': 'ok'})
    assert heard(get, '/readyz') == (200, {'service': 'ok', 'database': 'ok'})
    stopping = Thread(target=watched.stop)
    stopping.start()
    # Its loops end, as they should.
    assert slow.stops.wait(30)
    assert heard(get, '/healthz') == (200, {'service': 'ok'})
    assert heard(get, '/readyz')[1]['service'] == 'it stops'
    slow.may_stop.set()
    stopping.join()
    with pytest.raises(requests.ConnectionError):
        get('/healthz')


def test_a_service_whose_port_is_taken_does_not_start(watched: Watched, slow: Slow, port: Port) -> None:
    with socket.create_server((port.address, port.number)), \
            pytest.raises(Unavailable, match=r'metrics_port: .* can not be listened on'):
        watched.start()
    assert not slow.leases.is_alive()
