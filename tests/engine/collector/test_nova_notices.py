# SPDX-License-Identifier: Apache-2.0
"""Notifications of Nova are understood as the rows that its API would list."""

import pytest

from tests.engine.collector.nova_says import (
    moment,
    notice,
    payload,
    server,
    tells,
    tells_group,
    tells_service,
)
from watcher_py.cloud.compute_rows import ServerGroup, ServiceNow
from watcher_py.engine.collector.nova_notices import understand


def test_a_server_is_told_as_it_is_listed():
    row = server('s1', 'cn2', vm_state='paused', locked=True, metadata={'tier': 'web'}, vcpus=4,
                 extra_specs={'hw:cpu_policy': 'dedicated'}, updated=moment(77))
    told = tells('instance.pause.end', row)
    assert told.server == row
    assert (told.is_final, told.is_vague) == (False, False)


@pytest.mark.parametrize(('fields', 'disk'), [
    ({'image_uuid': 'i'}, 23), ({'image_uuid': ''}, 13), ({'image_uuid': None}, 13)],
    ids=['image', 'volume', 'none'])
def test_a_server_without_an_image_has_its_root_disk_on_a_volume(fields, disk):
    data = payload(server('s1'), **fields)
    data['flavor']['nova_object.data'] |= {'root_gb': 10, 'ephemeral_gb': 12, 'swap': 1000}
    told = understand(notice('instance.update', 'InstanceUpdatePayload', data))
    assert told.server.disk == disk


def test_extra_specs_say_what_is_allocated():
    row = server('s1', extra_specs={'resources:VCPU': '0', 'resources:PCPU': '2'}, vcpus=2)
    assert tells('instance.update', row).server.vcpus == 0


def test_a_flavor_without_its_extra_specs_tells_no_sizes():
    data = payload(server('s1'))
    data['flavor']['nova_object.data']['extra_specs'] = None
    told = understand(notice('instance.lock', 'InstanceActionPayload', data))
    assert not told.server.is_sized
    assert told.server.flavor == 'small'


@pytest.mark.parametrize(('event_type', 'state', 'is_deleted', 'is_final'), [
    ('instance.delete.end', 'deleted', True, True), ('instance.delete.end', 'active', True, True),
    ('instance.soft_delete.end', 'soft-delete', True, False), ('instance.update', 'deleted', True, True),
    ('instance.update', 'soft-delete', True, False), ('instance.update', 'active', False, False)])
def test_what_is_deleted_is_no_longer_listed(event_type, state, is_deleted, is_final):
    told = tells(event_type, server('s1'), state=state)
    assert (told.server.is_deleted, told.is_final) == (is_deleted, is_final)


@pytest.mark.parametrize('event_type', [
    'instance.create.start', 'instance.live_migration_post.start', 'instance.exists', 'flavor.create',
    'scheduler.select_destinations.end', 'compute.metrics.update', 'aggregate.create.start', ''])
def test_what_nobody_follows_is_passed_over(event_type):
    assert understand(notice(event_type, 'Payload', {})) is None


def test_only_services_of_hosts_matter():
    assert tells_service('service.update', 'cn1', binary='nova-scheduler') is None
    told = tells_service('service.update', 'cn1', disabled=True, disabled_reason='fan', forced_down=True)
    assert told.service == ServiceNow('s-cn1', 'cn1', False, False, 'fan', '')


def test_a_group_is_told_as_it_is_listed():
    group = ServerGroup('g', 'web', 'anti-affinity', ('s1', 's2'), 2)
    assert tells_group('server_group.add_member', group).group == group


@pytest.mark.parametrize('wrong', [
    None, 3, 'text', {}, {'nova_object.data': None}, {'nova_object.data': {'uuid': 's1'}}],
    ids=['none', 'number', 'text', 'empty', 'void', 'poor'])
@pytest.mark.parametrize('event_type', [
    'instance.update', 'service.update', 'aggregate.create.end', 'server_group.create'])
def test_what_is_malformed_fails_as_parsing_fails(event_type, wrong):
    malformed = notice(event_type, 'Payload', {})
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        understand(type(malformed)(malformed.publisher, event_type, wrong, 0.0))
