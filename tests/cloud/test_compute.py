# SPDX-License-Identifier: Apache-2.0
"""Nova is asked in its own words, and its answers come back as rows."""

import pytest

from watcher_py.cloud.compute import UNDER_WAY, Compute
from watcher_py.cloud.compute_rows import (
    ActionNow,
    Flavor,
    Hypervisor,
    MigrationNow,
    ServerGroup,
    ServerNow,
    ServiceNow,
)
from watcher_py.core.cluster import Cpu
from watcher_py.core.errors import NotFound, Refused, Unavailable

SERVER = {'id': 's1', 'name': 'web', 'status': 'ACTIVE', 'locked': False, 'flavor': {}, 'image': '',
          'tenant_id': 'p', 'metadata': {}, 'OS-EXT-SRV-ATTR:host': 'cn1', 'OS-EXT-STS:vm_state': 'active',
          'OS-EXT-STS:task_state': None}
SERVICE = {'id': 'u1', 'host': 'cn1', 'binary': 'nova-compute', 'status': 'enabled', 'state': 'up',
           'zone': 'a', 'disabled_reason': None}


@pytest.fixture
def nova(script):
    return Compute(script.connection(), tries=1)


MIGRATION = {'id': 1, 'uuid': 'm1', 'status': 'running', 'migration_type': 'live-migration',
             'source_compute': 'cn1', 'dest_compute': 'cn2', 'instance_uuid': 's1'}
LISTS = {'servers': 'GET /servers/detail', 'hypervisors': 'GET /os-hypervisors/detail',
         'services': 'GET /os-services', 'aggregates': 'GET /os-aggregates',
         'server_groups': 'GET /os-server-groups', 'migrations': 'GET /os-migrations'}


def _groups(*names):
    return 200, {'server_groups': [{'id': name, 'name': name, 'policy': 'affinity', 'members': []}
                                   for name in names]}


def test_the_servers_of_all_projects_are_listed(script, nova):
    script.answer('GET /servers/detail', (200, {'servers': [SERVER]}))
    found = nova.servers()
    assert found.is_whole
    assert [server.uuid for server in found.rows] == ['s1']
    assert script.asked[0].query == {'all_tenants': 'true', 'limit': '1000'}


def test_what_has_changed_is_listed_with_what_was_deleted(script, nova):
    gone = {**SERVER, 'id': 's2', 'status': 'DELETED', 'OS-EXT-STS:vm_state': 'deleted'}
    script.answer('GET /servers/detail', (200, {'servers': [SERVER, gone]}))
    found = nova.servers(changed_since='2026-01-01T00:00:00Z')
    assert [(server.uuid, server.is_deleted) for server in found.rows] == [('s1', False), ('s2', True)]
    assert script.asked[0].query['changes-since'] == '2026-01-01T00:00:00Z'


@pytest.mark.parametrize('noun', sorted(LISTS))
@pytest.mark.parametrize('answer', [(503, ''), (403, {'forbidden': {'message': 'no'}}), (200, {}),
                                    (200, 'half a')], ids=str)
def test_a_list_that_can_not_be_read_says_so_and_claims_nothing(script, nova, noun, answer):
    script.answer(LISTS[noun], answer)
    found = getattr(nova, noun)()
    assert found.rows == ()
    assert found.missing.startswith(noun.replace('_', ' '))


@pytest.mark.parametrize('noun', sorted(LISTS))
@pytest.mark.parametrize('row', [None, {}, [], 'x', {'id': None}], ids=str)
def test_a_broken_row_is_told_and_breaks_no_list(script, nova, noun, row):
    script.answer(LISTS[noun], (200, {noun: [row]}), (200, {noun: [row]}))
    found = getattr(nova, noun)()
    assert found.rows == ()
    assert 'understood' in found.missing


def test_a_list_that_breaks_off_gives_what_had_come(script, nova):
    script.answer('GET /servers/detail', (200, {'servers': [SERVER], 'servers_links': [{'rel': 'next'}]}),
                  (500, ''))
    found = nova.servers()
    assert [server.uuid for server in found.rows] == ['s1']
    assert found.missing.startswith('servers: Nova')


def test_all_server_groups_are_listed_though_the_list_has_no_links(script, nova):
    script.answer('GET /os-server-groups', _groups('a', 'b'), _groups('b', 'c'), _groups('c'))
    assert [group.uuid for group in nova.server_groups().rows] == ['a', 'b', 'c']
    assert [one.query['offset'] for one in script.asked] == ['0', '1', '2']
    assert script.asked[0].query['all_projects'] == 'true'


@pytest.mark.parametrize('shifted', [_groups('d'), _groups()], ids=['moved', 'empty'])
def test_no_server_group_is_skipped_when_one_before_it_is_deleted(script, nova, shifted):
    script.answer('GET /os-server-groups', _groups('a', 'b'), shifted, _groups('b', 'c', 'd'), _groups('d'))
    assert [group.uuid for group in nova.server_groups().rows] == ['b', 'c', 'd']


def test_server_groups_that_never_stand_still_are_told(script, nova):
    script.answer('GET /os-server-groups', *[_groups('a', 'b'), _groups('c')] * 3)
    found = nova.server_groups()
    assert found.rows == ()
    assert 'changed' in found.missing


def test_aggregates_and_services_are_listed(script, nova):
    script.answer('GET /os-aggregates', (200, {'aggregates': [
        {'id': 1, 'name': 'ssd', 'hosts': ['cn1'], 'metadata': {'ssd': 'true'}}]}))
    script.answer('GET /os-services', (200, {'services': [SERVICE]}))
    [aggregate], [service] = nova.aggregates().rows, nova.services().rows
    assert (aggregate.id, aggregate.hosts, aggregate.metadata) == (1, ('cn1',), {'ssd': 'true'})
    assert service == ServiceNow('u1', 'cn1', True, True, None, 'a')


def test_a_service_of_a_cell_that_is_down_is_left_out(script, nova):
    down = {'binary': 'nova-compute', 'host': 'cn9', 'status': 'UNKNOWN'}
    script.answer('GET /os-services', (200, {'services': [down, SERVICE]}))
    found = nova.services()
    assert found.is_whole
    assert [service.host for service in found.rows] == ['cn1']


@pytest.mark.parametrize('newest', ['2.87', '2.100'])
def test_hypervisors_are_read_while_nova_still_told_what_they_have(script, nova, newest):
    script.newest = newest
    script.answer('GET /os-hypervisors/detail', (200, {'hypervisors': [
        {'id': 'h1', 'hypervisor_hostname': 'cn1.x', 'hypervisor_type': 'QEMU', 'service': {'host': 'cn1'},
         'vcpus': 8, 'memory_mb': 4096, 'local_gb': 100, 'cpu_info': {'model': 'EPYC'}}]}))
    [hypervisor] = nova.hypervisors().rows
    assert hypervisor == Hypervisor(uuid='h1', name='cn1.x', host='cn1', type='QEMU',
                                    sizes=(8, 4096, 100), cpu=Cpu(model='EPYC'))
    assert script.asked[0].headers['OpenStack-API-Version'] == 'compute 2.87'


def test_migrations_of_each_status_under_way_are_listed_once(script, nova):
    def answer(asked):
        both = {'queued': [MIGRATION, {**MIGRATION, 'instance_uuid': 's2'}], 'running': [MIGRATION]}
        return 200, {'migrations': both.get(asked.query['status'], [])}
    script.answer('GET /os-migrations', answer)
    found = nova.migrations()
    assert found.rows == tuple(MigrationNow(1, 'running', 'live-migration', 'cn1', 'cn2', server)
                               for server in ('s1', 's2'))
    assert [one.query['status'] for one in script.asked] == list(UNDER_WAY)


def test_a_server_is_looked_up(script, nova):
    flavor = {'original_name': 'm1', 'vcpus': 2, 'ram': 512, 'disk': 9, 'extra_specs': {'a': 'b'}}
    script.answer('GET /servers/s1', (200, {'server': {
        **SERVER, 'flavor': flavor, 'updated': '2026-01-02T00:00:00Z', 'server_groups': ['g']}}))
    assert nova.server('s1') == ServerNow(
        's1', 'web', 'cn1', 'ACTIVE', 'active', None, False, project='p', flavor='m1', extra_specs={'a': 'b'},
        resources={'VCPU': 2, 'MEMORY_MB': 512, 'DISK_GB': 0}, updated='2026-01-02T00:00:00Z', groups=('g',))


@pytest.mark.parametrize(('act', 'body'), [
    (lambda nova: nova.live_migrate('s1', 'cn2'),
     {'os-migrateLive': {'host': 'cn2', 'block_migration': 'auto'}}),
    (lambda nova: nova.live_migrate('s1', None),
     {'os-migrateLive': {'host': None, 'block_migration': 'auto'}}),
    (lambda nova: nova.cold_migrate('s1', 'cn2'), {'migrate': {'host': 'cn2'}}),
    (lambda nova: nova.confirm_resize('s1'), {'confirmResize': None}),
    (lambda nova: nova.revert_resize('s1'), {'revertResize': None}),
    (lambda nova: nova.stop('s1'), {'os-stop': None}),
    (lambda nova: nova.resize('s1', 'f2'), {'resize': {'flavorRef': 'f2'}}),
    (lambda nova: nova.shelve('s1'), {'shelve': None}),
    (lambda nova: nova.unshelve('s1'), {'unshelve': None}),
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
    assert nova.newest_migration('s1') == MigrationNow(
        2, 'running', 'live-migration', 'cn1', 'cn2', 's1', '2026-01-03', '2026-01-03')
    assert nova.newest_migration('s1') is None
    assert script.asked[0].query == {'instance_uuid': 's1'}


def test_the_migrations_of_a_server_come_the_newest_first_and_of_a_second_by_their_numbers(script, nova):
    rows = [{**MIGRATION, 'id': number, 'created_at': created}
            for number, created in ((7, '2026-01-01'), (9, '2026-01-03'), (8, '2026-01-03'))]
    script.answer('GET /os-migrations', (200, {'migrations': rows}))
    found = nova.migrations_of('s1')
    assert [one.id for one in found] == [9, 8, 7]
    assert [one.birth for one in found] == [('2026-01-03', 9), ('2026-01-03', 8), ('2026-01-01', 7)]


def test_what_has_migrated_since_a_moment_is_asked_for_in_one_question(script, nova):
    script.answer('GET /os-migrations', (200, {'migrations': [
        {**MIGRATION, 'created_at': '2026-01-01', 'updated_at': '2026-01-02'}, {**MIGRATION, 'id': 2}]}))
    assert [(one.id, one.created, one.updated) for one in nova.migrations_since('2026-01-01T00:00:00')] == [
        (1, '2026-01-01', '2026-01-02'), (2, '', '')]
    assert script.asked[0].query == {'changes-since': '2026-01-01T00:00:00', 'limit': '1000'}


def test_a_live_migration_is_forced_to_its_end(script, nova):
    script.answer('POST /servers/s1/migrations/5/action', (202, ''))
    nova.force_live_migration('s1', 5)
    assert script.asked[0].body == {'force_complete': None}


def test_flavors_are_listed_those_of_single_projects_too(script, nova):
    script.answer('GET /flavors', (200, {'flavors': [{'id': '1', 'name': 'm1'}]}))
    assert nova.flavors().rows == (Flavor('1', 'm1'),)
    assert script.asked[0].query['is_public'] == 'None'


def test_a_server_group_is_looked_up(script, nova):
    script.answer('GET /os-server-groups/g', (200, {'server_group': {
        'id': 'g', 'name': 'n', 'policy': 'anti-affinity', 'members': ['s1'], 'rules': {}}}))
    assert nova.server_group('g') == ServerGroup('g', 'n', 'anti-affinity', ('s1',), 1)


def test_a_live_migration_is_aborted(script, nova):
    script.answer('DELETE /servers/s1/migrations/5', (202, ''))
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


def test_a_failure_from_before_the_moment_asked_for_is_no_reason(script, nova):
    path = '/servers/s1/os-instance-actions'
    actions = [{'request_id': 'req-2', 'start_time': '2026-01-02T10:00:05.300000'},
               {'request_id': 'req-1', 'start_time': '2026-01-02T10:00:04.999999'}]
    script.answer(f'GET {path}', (200, {'instanceActions': actions}), (200, {'instanceActions': actions}))
    for request, events in (('req-2', []), ('req-1', [{'event': 'c', 'result': 'Error', 'details': 'old'}])):
        script.answer(f'GET {path}/{request}', (200, {'instanceAction': {'events': events}}))
    assert nova.failure_reason('s1', since='2026-01-02T10:00:05Z') is None
    assert nova.failure_reason('s1', since='2026-01-02T10:00:04Z') == 'old'


def test_the_newest_action_of_a_name_tells_whether_it_failed(script, nova):
    path = '/servers/s1/os-instance-actions'
    actions = [{'action': 'start', 'request_id': 'req-3', 'message': None},
               {'action': 'stop', 'request_id': 'req-2', 'message': 'Error'},
               {'action': 'stop', 'request_id': 'req-1', 'message': None}]
    script.answer(f'GET {path}', *[(200, {'instanceActions': actions})] * 3)
    assert nova.newest_action('s1', 'stop') == ActionNow('req-2', is_failed=True)
    assert nova.newest_action('s1', 'start') == ActionNow('req-3', is_failed=False)
    assert nova.newest_action('s1', 'shelve') is None


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


@pytest.mark.parametrize('ask', [
    lambda nova: nova.server('s1'), lambda nova: nova.newest_migration('s1'),
    lambda nova: nova.failure_reason('s1'),
    lambda nova: nova.service('cn1'), lambda nova: nova.servers_on('cn1'),
    lambda nova: nova.newest_action('s1', 'stop'), lambda nova: nova.migrations_since('2026-01-01'),
    lambda nova: nova.server_group('g')],
    ids=['server', 'newest_migration', 'failure_reason', 'service', 'servers_on',
         'newest_action', 'migrations_since', 'server_group'])
@pytest.mark.parametrize('body', [
    {}, {key: [{}] for key in ('migrations', 'instanceActions', 'services', 'servers')}
    | {'server': {}, 'server_group': {}}],
                         ids=['keyless', 'rows without keys'])
def test_an_answer_about_one_thing_that_makes_no_sense_is_no_answer(script, nova, ask, body):
    for path in ('/servers/s1', '/os-migrations', '/servers/s1/os-instance-actions',
                 '/os-services', '/servers/detail', '/os-server-groups/g'):
        script.answer(f'GET {path}', (200, body))
    with pytest.raises(Unavailable):
        ask(nova)
