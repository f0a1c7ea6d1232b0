# SPDX-License-Identifier: Apache-2.0
"""The queries that a datasource asks, answered from the workload; others are not understood."""

from typing import Any

import pytest
import requests

DAY = 86400
HOST_CPU = '100 - (avg by (fqdn) (rate(node_cpu_seconds_total{mode="idle"}[%s])) * 100)'
HOST_RAM = ('(avg by (fqdn) (node_memory_MemTotal_bytes) - avg by (fqdn) '
            '(avg_over_time(node_memory_MemAvailable_bytes[%s]))) / 1048576')
SERVER_CPU = 'sum by (resource) (rate(ceilometer_cpu[%s])) / 1e9 * 100'
SERVER_RAM = 'avg by (resource) (avg_over_time(ceilometer_memory_usage[%s]))'


def get(cloud: Any, path: str, **params: Any) -> requests.Response:
    return requests.get(cloud.prometheus_url + path, params=params, timeout=30)


def ask(cloud: Any, query: str, label: str) -> dict[str, float]:
    answer = get(cloud, '/api/v1/query', query=query, time=1)
    assert answer.status_code == 200, answer.text
    data = answer.json()['data']
    assert data['resultType'] == 'vector'
    return {sample['metric'][label]: float(sample['value'][1]) for sample in data['result']}


@pytest.mark.parametrize('window', ['86400s', '1440m', '24h'])
def test_over_a_day_the_documents_readings_come_back(cloud: Any, window: str) -> None:
    """The CPU of a server is in % of one CPU: two vCPUs at 20 % are 40."""
    servers = ask(cloud, SERVER_CPU % window, 'resource')
    assert servers['plain'] == pytest.approx(40)
    assert ask(cloud, HOST_CPU % window, 'fqdn')['alpha'] == pytest.approx(30)
    assert ask(cloud, HOST_RAM % window, 'fqdn')['alpha'] == pytest.approx(20000)
    assert ask(cloud, SERVER_RAM % window, 'resource')['plain'] == pytest.approx(2500)


def test_what_is_off_or_unmeasured_has_no_series(document: Any, cloud: Any) -> None:
    assert 'off' not in ask(cloud, SERVER_CPU % '300s', 'resource')
    assert 'off' not in ask(cloud, SERVER_RAM % '300s', 'resource')
    assert ask(cloud, SERVER_CPU % '300s', 'resource')['frozen'] == 0
    assert 'echo' not in ask(cloud, HOST_CPU % '300s', 'fqdn')
    assert ask(cloud, 'up', 'fqdn')['echo'] == 0


def test_load_moves_with_the_server(cloud: Any, admin: Any) -> None:
    before = ask(cloud, HOST_CPU % '24h', 'fqdn')
    admin.live('plain', 'beta')
    cloud.clock.advance(60)
    admin.server('plain')
    after = ask(cloud, HOST_CPU % '24h', 'fqdn')
    assert after['alpha'] == pytest.approx(before['alpha'] - 40 / 8)
    assert after['beta'] == pytest.approx(before['beta'] + 40 / 8)


def test_load_follows_the_hours(cloud: Any) -> None:
    seen = set()
    for _ in range(4):
        cloud.clock.advance(DAY / 4)
        seen.add(ask(cloud, SERVER_CPU % '600s', 'resource')['plain'])
    assert len(seen) > 2


@pytest.mark.parametrize('query', [
    '', 'down', 'rate(x[5m])', SERVER_CPU % '5d', (SERVER_CPU % '5m') + ' + 1'])
def test_what_can_not_be_parsed_is_bad_data(cloud: Any, query: str) -> None:
    answer = get(cloud, '/api/v1/query', query=query)
    assert answer.status_code == 400
    assert (answer.json()['status'], answer.json()['errorType']) == ('error', 'bad_data')


def test_a_time_that_is_none_is_bad_data(cloud: Any) -> None:
    answer = get(cloud, '/api/v1/query', query='up', time='soon')
    assert answer.status_code == 400


def test_queries_may_be_posted(cloud: Any) -> None:
    answer = requests.post(f'{cloud.prometheus_url}/api/v1/query', data={'query': 'up'}, timeout=30)
    assert len(answer.json()['data']['result']) == 9


def test_a_range_has_a_point_a_step(cloud: Any) -> None:
    now = cloud.clock.now()
    params = {'query': SERVER_CPU % '300s', 'start': now - 3600, 'end': now, 'step': '10m'}
    answer = get(cloud, '/api/v1/query_range', **params).json()
    assert answer['data']['resultType'] == 'matrix'
    assert {len(series['values']) for series in answer['data']['result']} == {7}
    params['step'] = '0.01'
    answer = get(cloud, '/api/v1/query_range', **params)
    assert answer.status_code == 400


def test_targets_and_readiness(cloud: Any) -> None:
    targets = get(cloud, '/api/v1/targets').json()['data']['activeTargets']
    assert {target['labels']['fqdn']: target['health'] for target in targets}['echo'] == 'down'
    assert get(cloud, '/-/ready').status_code == 200
