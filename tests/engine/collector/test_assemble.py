# SPDX-License-Identifier: Apache-2.0
"""What OpenStack says becomes a Cluster that tells the truth, and says what it doesn't know."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.collector.pictures import ROOM, Sketch
from watcher_py.cloud.compute_rows import HostAggregate, Hypervisor, MigrationNow, ServerGroup, ServiceNow
from watcher_py.core.cluster import Cpu, Policy
from watcher_py.core.errors import Unavailable
from watcher_py.engine.collector.assemble import assemble


def test_capacity_comes_from_placement():
    nodes = Sketch('cn1').collected().cluster.nodes
    assert nodes.total.tolist() == [[16, 32768, 500]]
    assert nodes.reserved.tolist() == [[2, 512, 10]]
    assert nodes.ratio.tolist() == [[4, 1.5, 1]]
    assert nodes.traits == ({'T'},)
    assert (nodes.uuid, nodes.name, nodes.hypervisor) == (('u-cn1',), ('cn1',), ('cn1.x',))
    assert nodes.known.all()


def test_where_all_lists_are_whole_there_are_no_gaps():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1')
    assert sketch.collected().gaps == ()


def test_the_same_cloud_gives_the_same_rows_in_whatever_order_it_is_listed():
    sketch, mirrored = Sketch('cn1', 'cn10', 'cn2'), Sketch('cn2', 'cn10', 'cn1')
    for each, uuids in ((sketch, 'abc'), (mirrored, 'cba')):
        for uuid in uuids:
            each.add(uuid, 'cn2')
    for cluster in (sketch.collected().cluster, mirrored.collected().cluster):
        assert cluster.nodes.name == ('cn1', 'cn10', 'cn2')
        assert cluster.servers.uuid == ('a', 'b', 'c')
        assert cluster.servers.node.tolist() == [2, 2, 2]


def test_hosts_whose_names_begin_alike_are_told_apart():
    sketch = Sketch('cn10', 'cn1.domain', 'cn1')
    for uuid, host in (('a', 'cn1'), ('b', 'cn10'), ('c', 'cn1.domain')):
        sketch.add(uuid, host)
    cluster = sketch.collected().cluster
    assert [cluster.nodes.name[node] for node in cluster.servers.node] == ['cn1', 'cn10', 'cn1.domain']


def test_a_disabled_or_silent_service_is_told():
    sketch = Sketch('cn1', 'cn2')
    sketch.services = [ServiceNow('1', 'cn1', False, True, 'broken fan', ''),
                       ServiceNow('2', 'cn2', True, False, None, '')]
    nodes = sketch.collected().cluster.nodes
    assert nodes.enabled.tolist() == [False, True]
    assert nodes.up.tolist() == [True, False]
    assert nodes.disabled_reason == ('broken fan', None)


def test_what_hypervisor_and_image_tell_is_kept():
    sketch = Sketch('cn1')
    cpu = Cpu('x86_64', 'Intel', 'Cascadelake')
    sketch.hypervisors = [replace(sketch.hypervisors[0], version=8002001, cpu=cpu)]
    sketch.add('s1', image={'hw_architecture': 'x86_64'}, hints={'same_host': ['s2']})
    cluster = sketch.collected().cluster
    assert (cluster.nodes.cpu, cluster.nodes.hypervisor_version.tolist()) == ((cpu,), [8002001])
    assert cluster.servers.image == ({'hw_architecture': 'x86_64'},)
    assert cluster.servers.hints == ({'same_host': ['s2']},)


# Who stands where.

def test_of_a_server_listed_twice_the_newer_word_counts():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn2', updated='2026-11-21T12:00:05Z')
    sketch.add('s1', 'cn1', updated='2026-11-21T12:00:00Z')
    cluster = sketch.collected().cluster
    assert cluster.servers.uuid == ('s1',)
    assert cluster.nodes.name[cluster.servers.node[0]] == 'cn2'


def test_of_two_words_as_old_as_each_other_the_later_counts():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn1')
    sketch.add('s1', 'cn2')
    cluster = sketch.collected().cluster
    assert [cluster.nodes.name[node] for node in cluster.servers.node] == ['cn2']


def test_servers_that_stand_nowhere_are_left_out_with_their_membership():
    sketch = Sketch('cn1')
    sketch.add('placed')
    sketch.add('shelved', None, vm_state='shelved_offloaded')
    sketch.add('elsewhere', 'gone')
    sketch.groups = [ServerGroup('g', 'web', 'anti-affinity', ('shelved', 'placed', 'deleted', 'placed'), 2)]
    collected = sketch.collected()
    assert (collected.cluster.servers.uuid, collected.gaps) == (('placed',), ())
    [group] = collected.cluster.groups
    assert (group.members.tolist(), group.policy, group.limit) == ([0], Policy.ANTI_AFFINITY, 2)


def test_a_group_without_a_policy_binds_nobody():
    sketch = Sketch('cn1')
    sketch.groups = [ServerGroup('g', 'old', '', (), 1)]
    assert sketch.collected().cluster.groups == ()


def test_a_server_in_error_stands_on_its_host_and_takes_its_room():
    sketch = Sketch('cn1')
    sketch.add('s1', vm_state='error')
    cluster = sketch.collected().cluster
    assert (cluster.used().tolist(), cluster.nodes.known.all()) == ([[2, 2048, 20]], True)


def test_a_server_in_building_that_names_only_its_host_stands_there():
    sketch = Sketch('cn1')
    sketch.add('s1', hypervisor=None)
    assert sketch.collected().cluster.servers.uuid == ('s1',)


def test_where_a_host_has_two_hypervisors_the_server_names_its_own():
    sketch = Sketch('cn1')
    sketch.hypervisors.append(Hypervisor('u-second', 'second', 'cn1', 'QEMU'))
    sketch.inventories['u-second'] = ROOM
    sketch.usages['u-second'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20}
    sketch.usages['u-cn1'] = {}
    sketch.add('s1', hypervisor='second')
    sketch.add('s2', hypervisor=None)
    cluster = sketch.collected().cluster
    assert cluster.servers.uuid == ('s1',)
    assert cluster.nodes.hypervisor[cluster.servers.node[0]] == 'second'
    assert cluster.nodes.known.all()


def test_a_hypervisor_that_is_listed_twice_is_one_node():
    sketch = Sketch('cn1')
    sketch.hypervisors *= 2
    sketch.add('s1')
    assert sketch.collected().cluster.nodes.uuid == ('u-cn1',)


def test_bare_metal_is_not_a_place_for_servers():
    sketch = Sketch('cn1')
    sketch.hypervisors.append(Hypervisor('metal', 'metal', 'ironic-host', 'ironic'))
    sketch.add('s1', 'ironic-host', hypervisor='metal')
    cluster = sketch.collected().cluster
    assert (cluster.nodes.name, cluster.servers.uuid) == (('cn1',), ())


def test_the_zone_is_the_services_else_the_aggregates_else_nova():
    sketch = Sketch('cn1', 'cn2', 'cn3')
    sketch.services[0] = replace(sketch.services[0], zone='north')
    sketch.aggregates = [HostAggregate(1, 'az', ('cn2',), {'availability_zone': 'south'}),
                         HostAggregate(2, 'ssd', ('cn3', 'stranger'), {'ssd': 'true'})]
    cluster = sketch.collected().cluster
    assert cluster.nodes.zone == ('north', 'south', 'nova')
    assert [(one.id, one.name, one.nodes.tolist(), one.metadata) for one in cluster.aggregates] == [
        (1, 'az', [1], {'availability_zone': 'south'}), (2, 'ssd', [2], {'ssd': 'true'})]


# What Placement counts.

def test_what_no_server_accounts_for_is_held():
    sketch = Sketch('cn1')
    sketch.add('s1')
    sketch.usages['u-cn1'] = {'VCPU': 6, 'MEMORY_MB': 4096, 'DISK_GB': 20}
    cluster = sketch.collected().cluster
    assert cluster.nodes.held.tolist() == [[4, 2048, 0]]
    assert cluster.used().tolist() == [[6, 4096, 20]]


@pytest.mark.parametrize('resource', ['VCPU', 'MEMORY_MB', 'DISK_GB'])
def test_a_node_on_which_placement_counts_less_than_its_servers_is_not_known(resource):
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn1')
    sketch.add('s2', 'cn2')
    sketch.usages['u-cn1'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20} | {resource: 1}
    collected = sketch.collected()
    assert collected.cluster.nodes.known.tolist() == [False, True]
    assert collected.gaps == ('Placement counts less than their servers take; frozen: cn1',)


def test_a_disk_that_a_shared_provider_gives_is_not_the_nodes():
    sketch = Sketch('cn1')
    sketch.inventories['u-cn1'] = {key: room for key, room in ROOM.items() if key != 'DISK_GB'}
    sketch.usages['u-cn1'] = {'VCPU': 2, 'MEMORY_MB': 2048}
    sketch.add('s1')
    cluster = sketch.collected().cluster
    assert cluster.nodes.known.all()
    assert (cluster.used() <= cluster.capacity()).all()


def migration(kind, status='running', server='s1'):
    return MigrationNow(7, status, kind, 'cn1', 'cn2', server)


@pytest.mark.parametrize('kind', ['live-migration', 'migration', 'evacuation'])
def test_a_move_that_placement_does_not_show_at_its_end_is_held_there(kind):
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', task_state='migrating')
    sketch.migrations = [migration(kind)]
    cluster = sketch.collected().cluster
    assert cluster.used().tolist() == [[2, 2048, 20], [2, 2048, 20]]
    assert cluster.nodes.known.all()


def test_a_move_that_placement_shows_at_both_ends_is_held_once():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', task_state='migrating')
    sketch.migrations = [migration('live-migration')]
    sketch.usages['u-cn2'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20}
    assert sketch.collected().cluster.nodes.held.tolist() == [[0, 0, 0], [2, 2048, 20]]


def test_a_cold_move_that_waits_for_its_word_is_held_where_it_came_from():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn2', vm_state='resized')
    sketch.migrations = [migration('migration', 'finished')]
    assert sketch.collected().cluster.nodes.held.tolist() == [[2, 2048, 20], [0, 0, 0]]


def test_a_cold_move_that_is_over_holds_nothing():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn2')
    sketch.migrations = [migration('migration', 'finished')]
    assert sketch.collected().cluster.nodes.held.sum() == 0


def test_what_a_resize_holds_at_its_other_end_placement_says():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn2', vm_state='resized', vcpus=8)
    sketch.usages['u-cn1'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20}
    sketch.migrations = [migration('resize', 'finished')]
    assert sketch.collected().cluster.nodes.held.tolist() == [[2, 2048, 20], [0, 0, 0]]


# What could not be read.

def test_a_node_without_service_or_provider_is_not_known():
    sketch = Sketch('cn1', 'cn2', 'cn3')
    del sketch.services[0]
    del sketch.inventories['u-cn2']
    sketch.add('s1', 'cn2')
    collected = sketch.collected()
    cluster = collected.cluster
    assert cluster.nodes.known.tolist() == [False, False, True]
    assert cluster.capacity()[1].tolist() == [0, 0, 0]
    assert cluster.used()[1].tolist() == [2, 2048, 20]
    assert collected.gaps == ('Nova knows no compute service of theirs; frozen: cn1',
                              'Placement has no resource provider of theirs; frozen: cn2')
    assert collected.frozen == {'u-cn1': 'Nova knows no compute service of theirs',
                                'u-cn2': 'Placement has no resource provider of theirs'}


@pytest.mark.parametrize('part', ['aggregates', 'groups'])
def test_where_what_binds_servers_is_missing_every_node_is_frozen(part):
    sketch = Sketch('cn1', 'cn2')
    sketch.missing[part] = f'{part}: Nova: boom'
    collected = sketch.collected()
    assert not collected.cluster.nodes.known.any()
    assert collected.gaps == (f'{part}: Nova: boom; frozen: every host',)


@pytest.mark.parametrize('part', ['services', 'providers'])
def test_of_a_broken_list_of_hosts_what_came_is_good(part):
    sketch = Sketch('cn1', 'cn2')
    sketch.missing[part] = f'{part}: boom'
    del sketch.services[0], sketch.inventories['u-cn1']
    collected = sketch.collected()
    assert collected.cluster.nodes.known.tolist() == [False, True]
    assert any('boom' in gap for gap in collected.gaps)


def test_where_servers_are_missing_a_node_is_known_if_placement_counts_just_those_that_came():
    sketch = Sketch('cn1', 'cn2', 'cn3')
    sketch.add('s1', 'cn1')
    sketch.usages['u-cn2'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20}
    sketch.missing['servers'] = 'servers: Nova: boom'
    collected = sketch.collected()
    assert collected.cluster.nodes.known.tolist() == [True, False, True]
    assert collected.gaps == ('servers: Nova: boom; frozen: cn2',)


def test_a_server_of_unknown_size_freezes_its_node():
    sketch = Sketch('cn1', 'cn2')
    sketch.add('s1', 'cn1', is_sized=False, vcpus=0, ram=0, disk=0)
    sketch.usages['u-cn1'] = {'VCPU': 2, 'MEMORY_MB': 2048, 'DISK_GB': 20}
    collected = sketch.collected()
    assert collected.cluster.nodes.known.tolist() == [False, True]
    assert collected.gaps == ('Nova does not tell the size of s1; frozen: cn1',)


def test_servers_of_a_silent_cell_are_told_of():
    sketch = Sketch('cn1')
    sketch.add('s1', None, is_sized=False)
    assert sketch.collected().gaps == (
        'servers of which Nova tells only that they are there: 1; a cell may be down',)


def test_hosts_that_were_not_listed_are_told_of():
    sketch = Sketch('cn1')
    sketch.missing['hypervisors'] = 'hypervisors: Nova: boom'
    collected = sketch.collected()
    assert collected.cluster.nodes.known.all()
    assert collected.gaps == (
        'hypervisors: Nova: boom; what runs on hosts that were not listed is left out or frozen',)


def test_unread_migrations_are_told_of():
    sketch = Sketch('cn1')
    sketch.missing['migrations'] = 'migrations: Nova: boom'
    assert sketch.collected().gaps == (
        'migrations: Nova: boom; servers on the way count as far as Placement counts them',)


def test_a_gap_names_some_hosts_and_counts_the_rest():
    sketch = Sketch(*(f'cn{number:02}' for number in range(13)))
    sketch.services = sketch.services[12:]
    [gap] = sketch.collected().gaps
    assert gap.endswith('cn08, cn09 and 2 more')


def test_without_any_host_nothing_is_known():
    sketch = Sketch()
    sketch.missing['hypervisors'] = 'hypervisors: Nova does not answer'
    with pytest.raises(Unavailable, match='nothing is known of the cloud: hypervisors: Nova does not answer'):
        sketch.collected()


def test_an_empty_cloud_is_an_empty_cluster():
    collected = Sketch().collected()
    assert (len(collected.cluster.nodes), len(collected.cluster.servers), collected.gaps) == (0, 0, ())
    assert collected.cluster.used().shape == collected.cluster.capacity().shape == (0, 3)


def test_columns_have_their_types():
    cluster = assemble(Sketch('cn1').picture()).cluster
    assert cluster.servers.demand.shape == (0, 3)
    assert cluster.servers.node.dtype == np.int64
    assert cluster.nodes.enabled.dtype == cluster.servers.locked.dtype == np.bool_
