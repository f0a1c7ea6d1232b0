# SPDX-License-Identifier: Apache-2.0
"""Whoever asks at a service's port is told, and nobody else."""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
import requests
from prometheus_client import CollectorRegistry, Gauge

from watcher_py.core.errors import Unavailable
from watcher_py.monitor.checks import Check
from watcher_py.monitor.exporter import Exporter, Port

Get = Callable[[str], Any]


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge('watcher_hosts', 'Hosts.', registry=registry).set(7)
    return registry


@pytest.fixture
def checks() -> list[Check]:
    return []


@pytest.fixture
def exporter(port: Port, registry: CollectorRegistry, checks: list[Check]) -> Iterator[Exporter]:
    exporter = Exporter(port, registry, {'/healthz': list, '/readyz': lambda: checks})
    exporter.start()
    yield exporter
    exporter.stop()


def test_metrics_are_told_until_it_stops(port: Port, registry: CollectorRegistry, get: Get) -> None:
    exporter = Exporter(port, registry)
    exporter.start()
    try:
        answer = get('/metrics')
        assert 'watcher_hosts 7.0' in answer.text
        assert answer.headers['content-type'].startswith('text/plain; version=')
    finally:
        exporter.stop()
    with pytest.raises(requests.ConnectionError):
        get('/metrics')


@pytest.mark.usefixtures('exporter')
def test_what_is_well_is_told_with_200(get: Get, checks: list[Check]) -> None:
    checks.append(Check('database', lambda: None))
    answer = get('/readyz')
    assert (answer.status_code, answer.json()) == (200, {'status': 'OK', 'checks': {'database': 'ok'}})
    assert answer.headers['cache-control'] == 'no-store'


@pytest.mark.usefixtures('exporter')
def test_what_is_wrong_is_told_with_503_and_why(get: Get, checks: list[Check]) -> None:
    def away() -> None:
        raise Unavailable('it does not answer\nand much more')

    checks += [Check('database', away), Check('leases', lambda: 'have not been renewed for 40 s'),
               Check('cloud', lambda: None)]
    answer = get('/readyz')
    assert answer.status_code == 503
    assert answer.json()['checks'] == {
        'database': 'it does not answer', 'leases': 'have not been renewed for 40 s', 'cloud': 'ok'}
    assert get('/healthz').status_code == 200


@pytest.mark.usefixtures('exporter')
def test_what_it_can_do_without_is_told_and_does_not_decide(get: Get, checks: list[Check]) -> None:
    checks.append(Check('message bus', lambda: 'away', decides=False))
    answer = get('/readyz')
    assert (answer.status_code, answer.json()['checks']) == (200, {'message bus': 'away'})


@pytest.mark.usefixtures('exporter')
def test_nothing_else_is_served(port: Port, get: Get) -> None:
    for path in ('/', '/healthz/', '/metrics/..', '/etc/passwd'):
        assert get(path).status_code == 404
    assert requests.post(f'http://127.0.0.1:{port.number}/metrics', timeout=30).status_code == 405


@pytest.mark.usefixtures('exporter')
def test_one_that_hangs_keeps_nobody_else_waiting(get: Get, checks: list[Check]) -> None:
    released, begun = Event(), Event()

    def hang() -> None:
        begun.set()
        released.wait()

    checks.append(Check('it', hang))
    thread = Thread(target=get, args=('/readyz',))
    thread.start()
    try:
        assert begun.wait(30)
        assert get('/healthz').status_code == get('/metrics').status_code == 200
    finally:
        released.set()
        thread.join()


@pytest.mark.usefixtures('exporter')
def test_a_port_that_is_taken_is_told_with_its_option(port: Port) -> None:
    with pytest.raises(Unavailable, match=r'^\[watcher_applier\] metrics_port: 127\.0\.0\.1:\d+ can not be '
                                          'listened on: .*in use'):
        Exporter(port, CollectorRegistry()).start()


def test_without_a_port_nobody_can_ask() -> None:
    exporter = Exporter(Port(0, '127.0.0.1', ''), CollectorRegistry())
    exporter.start()
    exporter.stop()
