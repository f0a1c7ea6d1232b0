# SPDX-License-Identifier: Apache-2.0
"""What was heard since a picture was taken makes it the next one."""

from dataclasses import replace

import pytest

from tests.engine.collector.nova_says import (
    READ_AT,
    moment,
    notice,
    payload,
    picture,
    server,
    tells,
    tells_aggregate,
    tells_group,
    tells_service,
)
from watcher_py.cloud.compute_rows import HostAggregate, ServerGroup
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement_rows import Provider
from watcher_py.engine.collector.events import SKEW, Applied, applied
from watcher_py.engine.collector.nova_notices import understand

LATER = moment(20)


def servers(result):
    return {row.uuid: row for row in result.picture.servers.rows}


def services(result):
    return {row.host: row for row in result.picture.services.rows}


def test_without_events_the_picture_is_the_same():
    before = picture(server('s1'))
    assert applied(before, []) == Applied(before)


def test_an_event_that_changes_nothing_leaves_the_picture_as_it_is():
    before = picture(server('s1'))
    result = applied(before, [tells('instance.update', server('s1')), tells_service('service.update', 'cn1')])
    assert result.picture is before
    assert (result.applied, result.dropped, result.needs_delta) == (2, 0, False)


@pytest.mark.parametrize(('event_type', 'change'), [
    ('instance.lock', {'locked': True}),
    ('instance.pause.end', {'vm_state': 'paused'}),
    ('instance.power_off.end', {'vm_state': 'stopped'}),
    ('instance.update', {'task_state': 'powering-off'}),
    ('instance.update', {'name': 'another', 'metadata': {'tier': 'db'}}),
])
def test_a_server_is_seen_as_it_was_told_without_asking_the_cloud(event_type, change):
    old = server('s1', pinned_zone='az', image={'hw_machine_type': 'q35'}, hints={'group': 'g'})
    new = replace(old, updated=LATER, **change)
    result = applied(picture(old, server('s2')), [tells(event_type, new)])
    assert servers(result) == {'s1': new, 's2': server('s2')}
    assert not result.needs_delta


@pytest.mark.parametrize(('event_type', 'change'), [
    ('instance.live_migration_post_dest.end', {'host': 'cn2', 'hypervisor': 'cn2'}),
    ('instance.resize_finish.end', {'vcpus': 4, 'ram': 4096, 'flavor': 'large', 'vm_state': 'resized'}),
    ('instance.update', {'task_state': 'migrating'}),
    ('instance.update', {'task_state': 'resize_prep'}),
    ('instance.shelve_offload.end', {'host': None, 'hypervisor': None, 'vm_state': 'shelved_offloaded'}),
])
def test_what_changes_claims_on_hosts_is_to_be_counted_anew(event_type, change):
    old = server('s1')
    new = replace(old, updated=LATER, **change)
    result = applied(picture(old), [tells(event_type, new)])
    assert servers(result) == {'s1': new}
    assert result.stale


def test_a_resize_that_is_confirmed_frees_its_source():
    result = applied(picture(server('s1', vm_state='resized')), [
        tells('instance.resize_confirm.end', server('s1', updated=LATER))])
    assert result.stale


def test_where_a_source_says_that_a_server_stands_when_it_has_left_is_not_believed():
    moved = server('s1', 'cn2', updated=LATER)
    result = applied(picture(moved), [
        tells('instance.live_migration_post.end', server('s1', 'cn1', updated=LATER))])
    assert servers(result) == {'s1': moved}
    assert result.stale


@pytest.mark.parametrize('event_type', ['instance.delete.end', 'instance.soft_delete.end'])
def test_a_deleted_server_is_gone_and_stays_so(event_type):
    late = server('s1', task_state='deleting', updated=LATER)
    result = applied(picture(server('s1'), server('s2')), [
        tells(event_type, late), tells('instance.update', late)])
    assert servers(result).keys() == {'s2'}
    assert result.stale
    # The cloud is asked, and gives no such server.
    assert result.unknown == {'s1'}


def test_a_server_that_came_and_went_is_nobodys_concern():
    new = server('new', updated=LATER)
    result = applied(picture(), [tells('instance.create.end', new), tells('instance.delete.end', new)])
    assert not result.needs_delta


def test_a_deletion_counts_even_if_who_tells_it_saw_the_server_long_ago():
    gone = server('s1', updated=moment(1))
    assert servers(applied(picture(server('s1')), [tells('instance.delete.end', gone)])) == {}
    assert servers(applied(picture(server('s1')), [tells('instance.soft_delete.end', gone)]))


def test_a_new_server_is_to_be_read():
    before = picture(server('s1'))
    result = applied(before, [tells('instance.create.end', server('new'))])
    assert result.picture is before
    assert result.unknown == {'new'}


def test_a_new_server_without_a_host_can_wait():
    building = server('new', None, vm_state='building', task_state='scheduling')
    assert not applied(picture(), [tells('instance.update', building)]).needs_delta


@pytest.mark.parametrize('event_type', ['instance.rebuild.end', 'instance.unshelve.end'])
def test_what_may_have_changed_more_than_is_told_is_to_be_read(event_type):
    new = server('s1', updated=LATER)
    result = applied(picture(server('s1')), [tells(event_type, new)])
    assert result.unknown == {'s1'}
    assert servers(result) == {'s1': new}


@pytest.mark.parametrize(('flavor', 'unknown'), [('small', set()), ('large', {'s1'})])
def test_sizes_that_are_not_told_stay_as_they_were(flavor, unknown):
    data = payload(server('s1', updated=LATER, vcpus=64, flavor=flavor, locked=True))
    data['flavor']['nova_object.data']['extra_specs'] = None
    result = applied(picture(server('s1')), [understand(notice('instance.lock', 'P', data))])
    assert servers(result) == {'s1': server('s1', updated=LATER, locked=True)}
    assert result.unknown == unknown


def test_an_event_older_than_the_row_is_dropped():
    row = server('s1', locked=True)
    result = applied(picture(row), [tells('instance.unlock', server('s1', updated=moment(9)))])
    assert servers(result) == {'s1': row}
    assert (result.applied, result.dropped) == (0, 1)


def test_what_was_sent_long_before_the_picture_was_read_is_dropped():
    before = picture(groups=[ServerGroup('g', 'web', 'affinity', ('s1', 's2'), 1)])
    old = tells_group('server_group.add_member', ServerGroup('g', 'web', 'affinity', ('s1',), 1))
    assert applied(before, [old], READ_AT + SKEW + 1).picture is before
    assert applied(before, [old], READ_AT + SKEW).picture is not before


def test_of_a_server_listed_twice_the_newer_row_counts():
    moved = server('s1', 'cn2', updated=LATER)
    result = applied(picture(moved, server('s1')), [tells_service('service.update', 'cn1', disabled=True)])
    assert servers(result) == {'s1': moved}


def test_a_list_that_is_not_whole_stays_so():
    before = picture(server('s1'))
    before = replace(before, servers=Listing(before.servers.rows, 'servers: Nova doesn\'t answer'))
    result = applied(before, [tells('instance.lock', server('s1', locked=True))])
    assert servers(result)['s1'].locked
    assert result.picture.servers.missing == 'servers: Nova doesn\'t answer'


def test_a_disabled_service_is_seen():
    result = applied(picture(), [
        tells_service('service.update', 'cn1', disabled=True, disabled_reason='broken fan')])
    service = services(result)['cn1']
    assert (service.enabled, service.disabled_reason, service.up, service.zone) == (
        False, 'broken fan', True, 'nova')
    assert not result.needs_delta


def test_placement_is_known_to_mark_a_disabled_host():
    before = replace(picture(), providers=Listing(tuple(
        Provider(f'u-{host}', host, {}, {}, frozenset({'HW_CPU'})) for host in ('cn1', 'cn2'))))
    disabled = applied(before, [tells_service('service.update', 'cn1', disabled=True)]).picture
    assert {one.uuid: set(one.traits) for one in disabled.providers.rows} == {
        'u-cn1': {'HW_CPU', 'COMPUTE_STATUS_DISABLED'}, 'u-cn2': {'HW_CPU'}}
    enabled = applied(disabled, [tells_service('service.update', 'cn1')]).picture
    assert enabled.providers == before.providers


def test_a_service_that_is_no_longer_forced_down_may_be_up():
    down = applied(picture(), [tells_service('service.update', 'cn1', forced_down=True)])
    assert not services(down)['cn1'].up
    freed = applied(down.picture, [tells_service('service.update', 'cn1')])
    assert not services(freed)['cn1'].up
    assert freed.unknown == {'cn1'}


def test_a_new_host_is_to_be_read():
    assert applied(picture(), [tells_service('service.create', 'cn3')]).unknown == {'cn3'}


def test_a_removed_host_is_gone():
    result = applied(picture(), [tells_service('service.delete', 'cn1')])
    assert services(result).keys() == {'cn2'}
    assert [one.host for one in result.picture.hypervisors.rows] == ['cn2']


@pytest.mark.parametrize('event_type', [
    'aggregate.create.end', 'aggregate.add_host.end', 'aggregate.remove_host.end',
    'aggregate.update_prop.end', 'aggregate.update_metadata.end'])
def test_an_aggregate_is_as_it_was_told(event_type):
    old, new = HostAggregate(1, 'a', ('cn1',), {}), HostAggregate(1, 'b', ('cn2',), {'ssd': 'true'})
    other = HostAggregate(2, 'c', (), {})
    for before in ((old, other), (other,)):
        result = applied(picture(aggregates=before), [tells_aggregate(event_type, new)])
        assert set(map(str, result.picture.aggregates.rows)) == {str(new), str(other)}
        assert not result.needs_delta


def test_the_zone_of_a_host_is_that_of_its_aggregates():
    zone = HostAggregate(1, 'az', ('cn1',), {'availability_zone': 'north'})
    result = applied(picture(), [tells_aggregate('aggregate.add_host.end', zone)])
    assert {host: row.zone for host, row in services(result).items()} == {'cn1': '', 'cn2': 'nova'}
    left = applied(result.picture, [tells_aggregate('aggregate.remove_host.end', replace(zone, hosts=()))])
    assert services(left)['cn1'].zone == ''
    assert left.picture.aggregates.rows == (replace(zone, hosts=()),)


def test_a_deleted_aggregate_is_gone():
    zone = HostAggregate(1, 'az', ('cn1',), {'availability_zone': 'north'})
    result = applied(picture(aggregates=[zone]), [tells_aggregate('aggregate.delete.end', zone)])
    assert result.picture.aggregates.rows == ()
    assert services(result)['cn1'].zone == ''


def test_a_group_comes_grows_and_goes():
    group = ServerGroup('g', 'web', 'anti-affinity', (), 1)
    made = applied(picture(), [tells_group('server_group.create', group)]).picture
    assert made.groups.rows == (group,)
    grown = applied(made, [tells_group('server_group.add_member', replace(group, members=('s1',)))]).picture
    assert grown.groups.rows == (replace(group, members=('s1',)),)
    gone = applied(grown, [tells_group('server_group.delete', group)])
    assert gone.picture.groups.rows == ()
    assert not gone.needs_delta
