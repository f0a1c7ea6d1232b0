# SPDX-License-Identifier: Apache-2.0
"""Nova's JSON, read."""

import pytest

from watcher_py.cloud import compute_rows as rows

FLAVOR = {'original_name': 'm1', 'vcpus': 2, 'ram': 2048, 'disk': 20, 'ephemeral': 5, 'swap': 1025,
          'extra_specs': {'hw:mem_page_size': 'large'}}
SERVER = {
    'id': 's1', 'name': 'web', 'tenant_id': 'p', 'status': 'ACTIVE', 'flavor': FLAVOR,
    'image': {'id': 'i', 'properties': {'hw_cpu_policy': 'dedicated', 'os_distro': None}},
    'metadata': {'k': 'v'}, 'created': '2026-01-01T00:00:00Z', 'updated': '2026-01-02T00:00:00Z',
    'locked': True, 'scheduler_hints': {'group': ['g'], 'query': '[]'},
    'OS-EXT-SRV-ATTR:host': 'cn1', 'OS-EXT-SRV-ATTR:hypervisor_hostname': 'cn1.example.org',
    'OS-EXT-STS:vm_state': 'active', 'OS-EXT-STS:task_state': 'migrating', 'pinned_availability_zone': 'a'}


def _server(**changes):
    return rows.server({**SERVER, **changes})


def test_a_server_is_read_whole():
    assert _server() == rows.Server(
        uuid='s1', name='web', project='p', host='cn1', hypervisor='cn1.example.org', vm_state='active',
        task_state='migrating', locked=True, flavor='m1', vcpus=2, ram=2048, disk=27,
        extra_specs={'hw:mem_page_size': 'large'}, metadata={'k': 'v'}, created='2026-01-01T00:00:00Z',
        pinned_zone='a', updated='2026-01-02T00:00:00Z', image={'hw_cpu_policy': 'dedicated'},
        hints={'group': ['g'], 'query': '[]'})


def _without(row, key):
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize('key', ['id', 'name', 'tenant_id', 'metadata', 'locked', 'image',
                                 'OS-EXT-SRV-ATTR:host', 'OS-EXT-STS:vm_state'])
def test_what_nova_always_tells_is_not_made_up(key):
    with pytest.raises(KeyError):
        rows.server(_without(SERVER, key))


@pytest.mark.parametrize('flavor', [None, {}, *(_without(FLAVOR, key)
                                               for key in ('vcpus', 'ram', 'disk', 'extra_specs'))])
def test_a_server_without_its_whole_flavor_has_no_sizes(flavor):
    server = _server(flavor=flavor)
    assert (server.is_sized, server.vcpus, server.ram, server.disk) == (False, 0, 0, 0)
    assert _server().is_sized


def test_what_an_older_nova_does_not_tell_is_left_empty():
    server = rows.server(_without(_without(SERVER, 'scheduler_hints'), 'pinned_availability_zone'))
    assert (server.hints, server.pinned_zone) == ({}, None)
    assert _server(image={'id': 'i'}).image == {}
    assert _server(metadata=None).metadata == {}


def test_a_deleted_server_keeps_its_host_and_is_told_apart():
    assert _server(status='DELETED').is_deleted
    assert _server(status='SOFT_DELETED').is_deleted
    assert not _server(status='ERROR').is_deleted
    assert _server(status='DELETED', **{'OS-EXT-SRV-ATTR:host': None}).host is None


@pytest.mark.parametrize(('row', 'sizes'), [
    ({'vcpus': 8, 'memory_mb': 4096, 'local_gb': 0}, (8, 4096, 0)),
    ({'vcpus': 8, 'memory_mb': None, 'local_gb': 10}, None),
    ({}, None),
])
def test_sizes_of_a_hypervisor_are_told_whole_or_unknown(row, sizes):
    assert rows.hypervisor({'id': 'u', 'hypervisor_hostname': 'cn1', **row}).sizes == sizes


def test_a_server_that_boots_from_a_volume_has_no_root_disk_on_its_host():
    assert _server(image='').disk == 7


@pytest.mark.parametrize(('swap', 'disk'), [(0, 25), ('', 25), (1, 26), (1024, 26), (1025, 27)])
def test_swap_counts_in_whole_gib(swap, disk):
    assert _server(flavor={**FLAVOR, 'swap': swap}).disk == disk


def test_a_flavor_may_ask_placement_for_other_amounts():
    asked = {'resources:VCPU': '0', 'resources:MEMORY_MB': '1', 'resources:DISK_GB': 'all'}
    server = _server(flavor={**FLAVOR, 'extra_specs': asked})
    assert (server.vcpus, server.ram, server.disk) == (0, 1, 27)


def test_a_server_of_a_cell_that_is_down_stands_nowhere():
    server = rows.server({'id': 's1', 'status': 'UNKNOWN', 'tenant_id': 'p', 'created': 'c', 'links': []})
    assert (server.uuid, server.host, server.is_sized, server.pinned_zone) == ('s1', None, False, None)


@pytest.mark.parametrize(('read', 'row'), [
    (rows.server_group, {'id': 'g', 'name': 'n', 'members': []}),
    (rows.server_group, {'id': 'g', 'name': 'n', 'policy': 'affinity'}),
    (rows.host_aggregate, {'id': 1, 'name': 'n', 'hosts': []}),
    (rows.host_aggregate, {'id': 1, 'name': 'n', 'metadata': {}}),
    (rows.migration_now, {'id': 1, 'status': 'running', 'source_compute': 'a', 'dest_compute': 'b'}),
    (rows.migration_now, {'id': 1, 'status': 'running', 'source_compute': 'a', 'instance_uuid': 's'}),
    (rows.service_now, {'id': 1, 'status': 'enabled', 'host': 'a'}),
], ids=['no policy', 'no members', 'no metadata', 'no hosts', 'no server', 'no target', 'no state'])
def test_a_row_that_lacks_what_rules_need_is_broken(read, row):
    with pytest.raises(KeyError):
        read(row)


@pytest.mark.parametrize(('row', 'policy', 'limit'), [
    ({'policy': 'anti-affinity', 'rules': {'max_server_per_host': 3}}, 'anti-affinity', 3),
    ({'policy': 'affinity', 'rules': {}}, 'affinity', 1),
    ({'policies': ['soft-affinity']}, 'soft-affinity', 1),
    ({'policies': []}, '', 1),
])
def test_a_group_is_read_in_the_old_form_and_in_the_new(row, policy, limit):
    group = rows.server_group({'id': 'g', 'name': 'n', 'members': ['s1'], **row})
    assert (group.policy, group.limit, group.members) == (policy, limit, ('s1',))


def test_a_hypervisor_without_a_service_has_no_host():
    assert rows.hypervisor({'id': 'u', 'hypervisor_hostname': 'cn1', 'service': None}).host == ''


@pytest.mark.parametrize(('events', 'reason'), [
    ([], None),
    ([{'event': 'a', 'result': 'Success'}], None),
    ([{'event': 'a', 'result': 'Error', 'details': 'no room', 'traceback': 'File "x"\nboom'}], 'no room'),
    ([{'event': 'a', 'result': 'Error', 'traceback': 'File "x"\n  line\nNoRoom: none\n'}], 'NoRoom: none'),
    ([{'event': 'a', 'result': 'Error', 'details': None, 'traceback': None}], 'a failed'),
    ([{'event': 'a', 'result': 'Error', 'start_time': '1', 'details': 'old'},
      {'event': 'b', 'result': 'Error', 'start_time': '2', 'details': 'new'}], 'new'),
])
def test_the_reason_of_a_failure_comes_without_its_traceback(events, reason):
    assert rows.failure({'events': events}) == reason
