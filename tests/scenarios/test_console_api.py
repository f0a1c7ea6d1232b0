# SPDX-License-Identifier: Apache-2.0
"""What a console asks for over REST, on an emulated cloud."""

import pytest
import requests

from tests.core.clusters import document, host, instance

SERVERS = [f'{number:032x}' for number in range(4)]


@pytest.fixture
def here(town):
    """Two hosts that share four servers, one of which is locked, and a host that takes no more."""
    hosts = [host('cn1'), host('cn2'), host('cn3', status='disabled', disabled_reason='fan')]
    servers = [instance(uuid, 'cn2' if number == 2 else 'cn1', locked=number == 3) | {'name': f'web-{number}'}
               for number, uuid in enumerate(SERVERS)]
    return town(document(hosts, servers, server_groups=[
        {'id': f'{9:032x}', 'name': 'pair', 'policy': 'anti-affinity', 'members': [SERVERS[0], SERVERS[2]]}]))


def test_where_authentication_is_off_all_is_allowed(here):
    me = here.get('/v2/me')
    assert (me['user'], me['is_authenticated']) == (None, False)
    assert {'host:get_all', 'audit:create', 'action_plan:start'} <= set(me['allowed'])


def test_the_hosts_are_as_they_are(here):
    told = here.get('/v2/hosts')
    figures = told['figures']
    assert (figures['hosts'], figures['hosts_in_use'], figures['servers']) == (3, 2, 4)
    rows = {row['name']: row for row in told['hosts']}
    assert [rows[name]['servers'] for name in ('cn1', 'cn2', 'cn3')] == [3, 1, 0]
    assert rows['cn1']['vcpus']['allocated'] == 6
    assert rows['cn1']['vcpus']['used'] > 0
    assert rows['cn1']['memory_mb']['used'] > 0
    assert (rows['cn3']['enabled'], rows['cn3']['disabled_reason']) == (False, 'fan')
    assert figures['cpu_max'] >= figures['cpu_mean'] > 0


def test_a_host_and_a_server_tell_where_servers_may_go(here):
    servers = {row['name']: row for row in here.get('/v2/hosts/cn1')['servers']}
    assert {name: (row['may_go_to'], row['stays']) for name, row in servers.items()} == {
        'web-0': (0, None), 'web-1': (1, None), 'web-3': (0, 'it is locked')}
    told = here.get(f'/v2/servers/{SERVERS[0]}')
    assert told['host'] == 'cn1'
    why = {row['node']: row['why_not'] for row in told['targets']}
    assert why['cn2'].startswith('anti-affinity group pair')
    assert why['cn3'] == 'its compute service is disabled'
    assert {member['host'] for member in told['groups'][0]['members']} == {'cn1', 'cn2'}


def test_load_has_a_past(here):
    series = here.get(f'/v2/series?metric=instance_cpu_usage&resource={SERVERS[1]}&hours=2')
    assert (series['unit'], len(series['times'])) == ('%', len(series['values']))
    assert len(series['times']) > 12
    assert all(0 < value <= 100 for value in series['values'])
    history = here.get('/v2/history?hours=2')
    assert len(history['times']) == len(history['cpu_mean']) > 12
    assert all(most >= mean for most, mean in zip(history['cpu_max'], history['cpu_mean'], strict=True))


def test_the_engine_tells_how_well_it_sees(here):
    told = here.get('/v2/health')
    assert told['engine'] == 'demo'
    assert {(row['name'], row['status']) for row in told['services']} == {
        ('watcher-decision-engine', 'ACTIVE'), ('watcher-applier', 'ACTIVE')}
    compute = told['collectors'][0]
    assert (compute['part'], compute['is_blind'], compute['frozen']) == ('compute', False, [])
    assert compute['age_s'] is not None
    [source] = told['datasources']
    metrics = {row['metric']: row for row in source['metrics']}
    assert (source['is_there'], metrics['host_cpu_usage']['known']) == (True, 3)


def test_what_is_not_there_is_refused_with_a_sentence(here):
    refused = {'/v2/hosts/cn9': 404, '/v2/servers/cn1': 404, '/v2/series?metric=host_power': 400}
    for path, status in refused.items():
        answer = requests.get(f'{here.house.url}{path}', timeout=60)
        assert answer.status_code == status
        assert 'faultstring' in answer.json()['error_message']
