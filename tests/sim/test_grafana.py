# SPDX-License-Identifier: Apache-2.0
"""Grafana passes queries on to an InfluxDB, which tells of the workload in steps."""

from typing import Any

import pytest
import requests

from watcher_py.sim.grafana import DATABASE, TOKEN

QUERY = ('SELECT mean("value") FROM "{}" WHERE "{}" =~ /./ AND time > now()-1200s '
         'GROUP BY time(300s), "{}" fill(none)')


def ask(cloud: Any, query: str, token: str = TOKEN, database: str = DATABASE) -> requests.Response:
    return requests.get(f'{cloud.url}/grafana/api/datasources/proxy/7/query', timeout=30,
                        params={'q': query, 'db': database, 'epoch': 's'},
                        headers={'Authorization': f'Bearer {token}'})


def series(cloud: Any, measurement: str, tag: str) -> dict[str, list[list[float]]]:
    [result] = ask(cloud, QUERY.format(measurement, tag, tag)).json()['results']
    return {one['tags'][tag]: one['values'] for one in result.get('series', ())}


def test_steps_are_whole_from_the_epoch_on(cloud: Any) -> None:
    now = cloud.world.now()
    for _, values in series(cloud, 'host_cpu', 'host').items():
        starts = [start for start, _ in values]
        assert starts == list(range(int((now - 1200) // 300) * 300, int(now) + 1, 300))


def test_hosts_and_servers_are_told_of_as_they_are_measured(cloud: Any) -> None:
    assert {value for _, value in series(cloud, 'host_ram', 'host')['alpha']} == {20000 * 1024}
    assert {value for _, value in series(cloud, 'server_ram', 'uuid')['plain']} == {2500}
    assert 'off' not in series(cloud, 'server_cpu', 'uuid')
    assert 'echo' not in series(cloud, 'host_cpu', 'host')
    assert series(cloud, 'nothing', 'host') == {}


@pytest.mark.parametrize('query', ['', 'SHOW MEASUREMENTS', 'SELECT max("value") FROM "host_cpu"'])
def test_what_can_not_be_parsed_is_refused(cloud: Any, query: str) -> None:
    answer = ask(cloud, query)
    assert (answer.status_code, 'not understood' in answer.json()['error']) == (400, True)


def test_a_stranger_is_not_let_in(cloud: Any) -> None:
    assert ask(cloud, QUERY.format('host_cpu', 'host', 'host'), token='other').status_code == 401


def test_a_database_that_is_not_there_is_told(cloud: Any) -> None:
    [result] = ask(cloud, QUERY.format('host_cpu', 'host', 'host'), database='none').json()['results']
    assert result['error'] == 'database not found: none'
