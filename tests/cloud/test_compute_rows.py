# SPDX-License-Identifier: Apache-2.0
"""Nova's JSON, read."""

import pytest

from watcher_py.cloud import compute_rows as rows

FLAVOR = {'original_name': 'm1', 'vcpus': 2, 'ram': 2048, 'disk': 20, 'ephemeral': 5, 'swap': 1025,
          'extra_specs': {'hw:mem_page_size': 'large'}}
SERVER = {
    'id': 's1', 'name': 'web', 'tenant_id': 'p', 'status': 'ACTIVE', 'flavor': FLAVOR, 'image': {'id': 'i'},
    'metadata': {'k': 'v'}, 'created': '2026-01-01T00:00:00Z', 'locked': True,
    'OS-EXT-SRV-ATTR:host': 'cn1', 'OS-EXT-SRV-ATTR:hypervisor_hostname': 'cn1.example.org',
    'OS-EXT-STS:vm_state': 'active', 'OS-EXT-STS:task_state': 'migrating', 'pinned_availability_zone': 'a'}


def _server(**changes):
    return rows.server({**SERVER, **changes})


def test_a_server_is_read_whole():
    assert _server() == rows.Server(
        uuid='s1', name='web', project='p', host='cn1', hypervisor='cn1.example.org', vm_state='active',
        task_state='migrating', locked=True, flavor='m1', vcpus=2, ram=2048, disk=27,
        extra_specs={'hw:mem_page_size': 'large'}, metadata={'k': 'v'}, created='2026-01-01T00:00:00Z',
        pinned_zone='a')


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
    assert (server.uuid, server.host, server.vcpus, server.pinned_zone) == ('s1', None, 0, None)


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
    assert rows.failure(events) == reason
