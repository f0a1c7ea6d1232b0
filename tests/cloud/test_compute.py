# SPDX-License-Identifier: Apache-2.0
"""Nova is asked in its own words, and its answers come back as rows."""

import pytest

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import Hypervisor, MigrationNow, ServerNow, ServiceNow
from watcher_py.core.errors import NotFound, Refused

SERVER = {'id': 's1', 'name': 'web', 'status': 'ACTIVE', 'locked': False, 'flavor': {}, 'image': '',
          'OS-EXT-SRV-ATTR:host': 'cn1', 'OS-EXT-STS:vm_state': 'active', 'OS-EXT-STS:task_state': None}
SERVICE = {'id': 'u1', 'host': 'cn1', 'binary': 'nova-compute', 'status': 'enabled', 'state': 'up',
           'zone': 'a', 'disabled_reason': None}


@pytest.fixture
def nova(script):
    return Compute(script.connection(), tries=1)


def test_the_servers_of_all_projects_are_listed(script, nova):
    script.answer('GET /servers/detail', (200, {'servers': [SERVER]}))
    assert [server.uuid for server in nova.servers()] == ['s1']
    assert script.asked[0].query['all_tenants'] == 'true'


def test_all_server_groups_are_listed_though_the_list_has_no_links(script, nova):
    groups = [{'id': name, 'name': name, 'policy': 'affinity', 'members': []} for name in 'abc']
    script.answer('GET /os-server-groups', (200, {'server_groups': groups[:2]}),
                  (200, {'server_groups': groups[2:]}), (200, {'server_groups': []}))
    assert [group.uuid for group in nova.server_groups()] == ['a', 'b', 'c']
    assert [one.query['offset'] for one in script.asked] == ['0', '2', '3']
    assert script.asked[0].query['all_projects'] == 'true'


def test_aggregates_hypervisors_and_services_are_listed(script, nova):
    script.answer('GET /os-aggregates', (200, {'aggregates': [
        {'id': 1, 'name': 'ssd', 'hosts': ['cn1'], 'metadata': {'ssd': 'true'}}]}))
    script.answer('GET /os-hypervisors/detail', (200, {'hypervisors': [
        {'id': 'h1', 'hypervisor_hostname': 'cn1.x', 'hypervisor_type': 'QEMU',
         'service': {'host': 'cn1'}}]}))
    script.answer('GET /os-services', (200, {'services': [SERVICE]}))
    [aggregate], [hypervisor], [service] = nova.aggregates(), nova.hypervisors(), nova.services()
    assert (aggregate.id, aggregate.hosts, aggregate.metadata) == (1, ('cn1',), {'ssd': 'true'})
    assert hypervisor == Hypervisor(uuid='h1', name='cn1.x', host='cn1', type='QEMU')
    assert service == ServiceNow('u1', 'cn1', True, True, None, 'a')


def test_a_server_is_looked_up(script, nova):
    script.answer('GET /servers/s1', (200, {'server': SERVER}))
    assert nova.server('s1') == ServerNow('s1', 'web', 'cn1', 'ACTIVE', 'active', None, False)


@pytest.mark.parametrize(('act', 'body'), [
    (lambda nova: nova.live_migrate('s1', 'cn2'),
     {'os-migrateLive': {'host': 'cn2', 'block_migration': 'auto'}}),
    (lambda nova: nova.live_migrate('s1', None),
     {'os-migrateLive': {'host': None, 'block_migration': 'auto'}}),
    (lambda nova: nova.cold_migrate('s1', 'cn2'), {'migrate': {'host': 'cn2'}}),
    (lambda nova: nova.confirm_resize('s1'), {'confirmResize': None}),
    (lambda nova: nova.revert_resize('s1'), {'revertResize': None}),
    (lambda nova: nova.stop('s1'), {'os-stop': None}),
    (lambda nova: nova.start('s1'), {'os-start': None}),
])
def test_each_deed_is_the_action_that_nova_knows(script, nova, act, body):
    script.answer('POST /servers/s1/action', (202, ''))
    act(nova)
    assert script.asked[0].body == body


def test_a_refusal_carries_novas_message(script, nova):
    script.answer('POST /servers/s1/action', (409, {'conflictingRequest': {'message': 's1 is locked'}}))
    with pytest.raises(Refused, match='Nova: s1 is locked'):
        nova.live_migrate('s1', 'cn2')


def test_the_newest_migration_is_told_whatever_the_order(script, nova):
    rows = [{'id': number, 'status': status, 'created_at': created, 'migration_type': 'live-migration',
             'source_compute': 'cn1', 'dest_compute': 'cn2', 'instance_uuid': 's1'}
            for number, status, created in ((7, 'error', '2026-01-01'), (2, 'running', '2026-01-03'),
                                            (9, 'completed', '2026-01-02'))]
    script.answer('GET /os-migrations', (200, {'migrations': rows}), (200, {'migrations': []}))
    assert nova.newest_migration('s1') == MigrationNow(2, 'running', 'live-migration', 'cn1', 'cn2')
    assert nova.newest_migration('s1') is None
    assert script.asked[0].query == {'instance_uuid': 's1'}


def test_a_running_live_migration_is_found_and_aborted(script, nova):
    script.answer('GET /servers/s1/migrations', (200, {'migrations': [{'id': 5}]}), (200, {'migrations': []}))
    script.answer('DELETE /servers/s1/migrations/5', (202, ''))
    assert nova.running_live_migration('s1') == 5
    assert nova.running_live_migration('s1') is None
    nova.abort_live_migration('s1', 5)
    assert script.asked[-1].method == 'DELETE'


def test_the_reason_is_that_of_the_newest_action_that_failed(script, nova):
    path = '/servers/s1/os-instance-actions'
    script.answer(f'GET {path}', (200, {'instanceActions': [
        {'request_id': request} for request in ('req-3', 'req-2', 'req-1')]}))
    for request, events in (('req-3', [{'event': 'a', 'result': 'Success'}]),
                            ('req-2', [{'event': 'b', 'result': 'Error', 'details': 'No valid host'}]),
                            ('req-1', [{'event': 'c', 'result': 'Error', 'details': 'long ago'}])):
        script.answer(f'GET {path}/{request}', (200, {'instanceAction': {'events': events}}))
    assert nova.failure_reason('s1') == 'No valid host'


def test_a_server_on_which_nothing_failed_has_no_reason(script, nova):
    script.answer('GET /servers/s1/os-instance-actions', (200, {'instanceActions': []}))
    assert nova.failure_reason('s1') is None


def test_cn1_is_not_taken_for_cn10(script, nova):
    cn10 = {**SERVICE, 'id': 'u10', 'host': 'cn10'}
    script.answer('GET /os-services', (200, {'services': [cn10, SERVICE]}), (200, {'services': [cn10]}))
    assert nova.service('cn1').id == 'u1'
    with pytest.raises(NotFound, match='host cn1'):
        nova.service('cn1')
    stranger = {**SERVER, 'OS-EXT-SRV-ATTR:host': 'cn10'}
    script.answer('GET /servers/detail', (200, {'servers': [SERVER, stranger]}))
    assert [server.host for server in nova.servers_on('cn1')] == ['cn1']


@pytest.mark.parametrize(('enabled', 'reason', 'body'), [
    (True, None, {'status': 'enabled'}),
    (True, 'over', {'status': 'enabled'}),
    (False, None, {'status': 'disabled'}),
    (False, 'watcher', {'status': 'disabled', 'disabled_reason': 'watcher'}),
])
def test_a_service_is_enabled_and_disabled_with_a_reason(script, nova, enabled, reason, body):
    script.answer('GET /os-services', (200, {'services': [SERVICE]}))
    script.answer('PUT /os-services/u1', (200, {}))
    nova.set_service('cn1', enabled, reason)
    assert script.asked[-1].body == body
