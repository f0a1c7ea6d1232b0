# SPDX-License-Identifier: Apache-2.0
"""Requests are counted by route, whatever callers ask for."""

from typing import Any
from uuid import uuid4

import pytest
from falcon.testing import TestClient
from prometheus_client import CollectorRegistry

from watcher_py.api.meter import Meter


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def counted(app: Any, registry: CollectorRegistry) -> TestClient:
    around = Meter(registry).around(app)
    # Falcon's client takes functions only.
    return TestClient(lambda environ, start_response: around(environ, start_response))


def number(registry: CollectorRegistry, method: str, route: str, status: int) -> float | None:
    return registry.get_sample_value('watcher_api_requests_total', {
        'method': method, 'route': route, 'status': str(status)})


def test_a_request_is_counted_by_its_route_not_its_path(
        counted: TestClient, registry: CollectorRegistry) -> None:
    for key in ('dummy', '1', 'server_consolidation'):
        counted.simulate_get(f'/v1/goals/{key}')
    counted.simulate_get('/goals/')
    assert number(registry, 'GET', '/v1/goals/{key}', 200) == 3
    assert number(registry, 'GET', '/v1/goals', 200) == 1
    assert registry.get_sample_value('watcher_api_request_seconds_count', {
        'method': 'GET', 'route': '/v1/goals/{key}'}) == 3
    assert registry.get_sample_value('watcher_api_requests_open') == 0


def test_failures_are_counted_by_their_status(counted: TestClient, registry: CollectorRegistry) -> None:
    counted.simulate_get(f'/v1/audits/{uuid4()}')
    counted.simulate_post('/v1/audits', json={'goal': 'unknown'})
    assert number(registry, 'GET', '/v1/audits/{key}', 404) == 1
    assert number(registry, 'POST', '/v1/audits', 400) == 1


def test_callers_can_not_make_up_series(counted: TestClient, registry: CollectorRegistry) -> None:
    for _ in range(3):
        counted.simulate_request('BREW', f'/v1/{uuid4()}')
        counted.simulate_get(f'/{uuid4()}')
    samples = [sample for family in registry.collect() for sample in family.samples
               if sample.name == 'watcher_api_requests_total']
    assert {(sample.labels['method'], sample.labels['route']) for sample in samples} == {
        ('other', 'other'), ('GET', 'other')}


def test_what_breaks_below_is_counted_as_a_failure(registry: CollectorRegistry) -> None:
    def broken(environ: Any, start_response: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Meter(registry).around(broken)({'REQUEST_METHOD': 'GET'}, lambda *_: None)
    assert number(registry, 'GET', 'other', 500) == 1
