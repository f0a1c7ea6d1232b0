# SPDX-License-Identifier: Apache-2.0
"""What OpenStack says becomes a Cluster that tells the truth, and says what it doesn't know."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import HostAggregate, Hypervisor, Server, ServerGroup, ServiceNow
from watcher_py.cloud.placement import Inventory, Placement, Provider
from watcher_py.cloud.session import connect_with
from watcher_py.core import document
from watcher_py.core.cluster import Policy
from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.engine.collector import Collector, assemble
from watcher_py.engine.measure import gather
from watcher_py.sim.clock import Clock
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud as EmulatedCloud

ROOM = {'VCPU': Inventory(16, 2, 4.0), 'MEMORY_MB': Inventory(32768, 512, 1.5),
        'DISK_GB': Inventory(500, 10, 1)}
SERVER = Server(
    uuid='s1', name='web', project='p', host='cn1', hypervisor='cn1.x', vm_state='active', task_state=None,
    locked=False, flavor='m1', vcpus=2, ram=2048, disk=20, extra_specs={}, metadata={}, created='',
    pinned_zone=None)


class Cloud:
    """The lists that a cloud would give; also stands for Nova and Placement at once."""

    def __init__(self, *hosts):
        self.nodes = [Hypervisor(f'u-{host}', f'{host}.x', host, 'QEMU') for host in hosts]
        self.of_services = [ServiceNow(f'v-{host}', host, True, True, None, '') for host in hosts]
        self.inventories = {f'u-{host}': ROOM for host in hosts}
        self.usages = {}
        self.all_servers, self.groups, self.all_aggregates = [], [], []

    def hypervisors(self):
        return self.nodes

    def services(self):
        return self.of_services

    def servers(self):
        return self.all_servers

    def server_groups(self):
        return self.groups

    def aggregates(self):
        return self.all_aggregates

    def providers(self, only):
        return {uuid: Provider(uuid, uuid, room, self.usage(uuid), frozenset({'T'}))
                for uuid, room in self.inventories.items() if uuid in only}

    def usage(self, uuid):
        on_it = [one for one in self.all_servers if f'u-{one.host}' == uuid]
        counted = {'VCPU': sum(one.vcpus for one in on_it), 'MEMORY_MB': sum(one.ram for one in on_it),
                   'DISK_GB': sum(one.disk for one in on_it)}
        return self.usages.get(uuid, counted)

    def add(self, uuid, host='cn1', **changes):
        self.all_servers.append(replace(SERVER, uuid=uuid, host=host, **{
            'hypervisor': host and f'{host}.x', **changes}))

    def collect(self):
        return Collector(self, self).collect()


def test_capacity_comes_from_placement():
    nodes = Cloud('cn1').collect().nodes
    assert nodes.total.tolist() == [[16, 32768, 500]]
    assert nodes.reserved.tolist() == [[2, 512, 10]]
    assert nodes.ratio.tolist() == [[4, 1.5, 1]]
    assert nodes.traits == ({'T'},)
    assert (nodes.uuid, nodes.name, nodes.hypervisor) == (('u-cn1',), ('cn1',), ('cn1.x',))
    assert nodes.known.all()


def test_the_same_cloud_gives_the_same_rows_in_whatever_order_it_is_listed():
    cloud, mirrored = Cloud('cn1', 'cn10', 'cn2'), Cloud('cn2', 'cn10', 'cn1')
    for each, uuids in ((cloud, 'abc'), (mirrored, 'cba')):
        for uuid in uuids:
            each.add(uuid, 'cn2')
    for cluster in (cloud.collect(), mirrored.collect()):
        assert cluster.nodes.name == ('cn1', 'cn10', 'cn2')
        assert cluster.servers.uuid == ('a', 'b', 'c')
        assert cluster.servers.node.tolist() == [2, 2, 2]


def test_a_disabled_or_silent_service_is_told():
    cloud = Cloud('cn1', 'cn2')
    cloud.of_services = [ServiceNow('1', 'cn1', False, True, 'broken fan', ''),
                         ServiceNow('2', 'cn2', True, False, None, '')]
    nodes = cloud.collect().nodes
    assert nodes.enabled.tolist() == [False, True]
    assert nodes.up.tolist() == [True, False]
    assert nodes.disabled_reason == ('broken fan', None)


def test_a_node_without_service_or_provider_is_not_known():
    cloud = Cloud('cn1', 'cn2', 'cn3')
    del cloud.of_services[0]
    del cloud.inventories['u-cn2']
    cloud.add('s1', 'cn2')
    cluster = cloud.collect()
    assert cluster.nodes.known.tolist() == [False, False, True]
    assert cluster.capacity()[1].tolist() == [0, 0, 0]
    assert cluster.used()[1].tolist() == [2, 2048, 20]


def test_what_no_server_accounts_for_is_held():
    cloud = Cloud('cn1')
    cloud.add('s1')
    cloud.usages['u-cn1'] = {'VCPU': 6, 'MEMORY_MB': 4096, 'DISK_GB': 20}
    cluster = cloud.collect()
    assert cluster.nodes.held.tolist() == [[4, 2048, 0]]
    assert cluster.used().tolist() == [[6, 4096, 20]]


def test_a_node_on_which_placement_counts_less_than_its_servers_is_not_known():
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1', 'cn1')
    cloud.add('s2', 'cn2')
    cloud.usages['u-cn1'] = {'VCPU': 1, 'MEMORY_MB': 4096, 'DISK_GB': 20}
    nodes = cloud.collect().nodes
    assert nodes.known.tolist() == [False, True]
    assert nodes.held[0].tolist() == [0, 2048, 0]


def test_a_disk_that_a_shared_provider_gives_is_not_the_nodes():
    cloud = Cloud('cn1')
    cloud.inventories['u-cn1'] = {key: room for key, room in ROOM.items() if key != 'DISK_GB'}
    cloud.usages['u-cn1'] = {'VCPU': 2, 'MEMORY_MB': 2048}
    cloud.add('s1')
    cluster = cloud.collect()
    assert cluster.nodes.known.all()
    assert (cluster.used() <= cluster.capacity()).all()


def test_a_server_listed_twice_stands_where_the_later_page_says():
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1', 'cn1')
    cloud.add('s1', 'cn2')
    cluster = cloud.collect()
    assert cluster.servers.uuid == ('s1',)
    assert cluster.nodes.name[cluster.servers.node[0]] == 'cn2'


def test_servers_that_stand_nowhere_are_left_out_with_their_membership():
    cloud = Cloud('cn1')
    cloud.add('placed')
    cloud.add('shelved', None, vm_state='shelved_offloaded')
    cloud.add('elsewhere', 'gone')
    cloud.groups = [ServerGroup('g', 'web', 'anti-affinity', ('shelved', 'placed', 'deleted', 'placed'), 2)]
    cluster = cloud.collect()
    assert cluster.servers.uuid == ('placed',)
    [group] = cluster.groups
    assert (group.members.tolist(), group.policy, group.limit) == ([0], Policy.ANTI_AFFINITY, 2)


def test_a_group_without_a_policy_binds_nobody():
    cloud = Cloud('cn1')
    cloud.groups = [ServerGroup('g', 'old', '', (), 1)]
    assert cloud.collect().groups == ()


def test_a_server_in_building_that_names_only_its_host_stands_there():
    cloud = Cloud('cn1')
    cloud.add('s1', hypervisor=None)
    assert cloud.collect().servers.uuid == ('s1',)


def test_where_a_host_has_two_hypervisors_the_server_names_its_own():
    cloud = Cloud('cn1')
    cloud.nodes.append(Hypervisor('u-second', 'second', 'cn1', 'QEMU'))
    cloud.inventories['u-second'] = ROOM
    cloud.add('s1', hypervisor='second')
    cloud.add('s2', hypervisor=None)
    cluster = cloud.collect()
    assert cluster.servers.uuid == ('s1',)
    assert cluster.nodes.hypervisor[cluster.servers.node[0]] == 'second'


def test_bare_metal_is_not_a_place_for_servers():
    cloud = Cloud('cn1')
    cloud.nodes.append(Hypervisor('metal', 'metal', 'ironic-host', 'ironic'))
    cloud.add('s1', 'ironic-host', hypervisor='metal')
    cluster = cloud.collect()
    assert (cluster.nodes.name, cluster.servers.uuid) == (('cn1',), ())


def test_the_zone_is_the_services_else_the_aggregates_else_nova():
    cloud = Cloud('cn1', 'cn2', 'cn3')
    cloud.of_services[0] = replace(cloud.of_services[0], zone='north')
    cloud.all_aggregates = [HostAggregate(1, 'az', ('cn2',), {'availability_zone': 'south'}),
                            HostAggregate(2, 'ssd', ('cn3', 'stranger'), {'ssd': 'true'})]
    cluster = cloud.collect()
    assert cluster.nodes.zone == ('north', 'south', 'nova')
    assert [(one.id, one.name, one.nodes.tolist(), one.metadata) for one in cluster.aggregates] == [
        (1, 'az', [1], {'availability_zone': 'south'}), (2, 'ssd', [2], {'ssd': 'true'})]


def test_an_empty_cloud_is_an_empty_cluster():
    cluster = assemble([], {}, [], [], [], {})
    assert (len(cluster.nodes), len(cluster.servers)) == (0, 0)
    assert cluster.used().shape == cluster.capacity().shape == (0, 3)


class Watch:
    now = 1000.0

    def __call__(self):
        return self.now


def test_the_newest_is_kept_until_it_is_too_old():
    cloud, clock = Cloud('cn1'), Watch()
    collector = Collector(cloud, cloud, clock)
    first = collector.newest(60)
    clock.now += 60
    assert collector.newest(60) is first
    assert collector.newest(59) is not first


def test_a_reading_that_failed_leaves_the_kept_one_for_who_accepts_its_age():
    cloud, clock = Cloud('cn1'), Watch()
    collector = Collector(cloud, cloud, clock)
    first = collector.newest(60)
    clock.now += 100

    def services():
        raise Unavailable('Nova doesn\'t answer')
    cloud.services = services
    with pytest.raises(Unavailable):
        collector.newest(60)
    assert collector.newest(1000) is first


def test_many_who_ask_at_once_cause_one_reading():
    cloud = Cloud('cn1')
    readings = []
    listed = cloud.hypervisors
    cloud.hypervisors = lambda: readings.append(1) or listed()
    collector, together = Collector(cloud, cloud, Watch()), Barrier(8)

    def ask(_):
        together.wait()
        return collector.newest(60)
    with ThreadPoolExecutor(8) as pool:
        clusters = list(pool.map(ask, range(8)))
    assert len(readings) == 1
    assert all(cluster is clusters[0] for cluster in clusters)


def test_columns_have_their_types():
    cloud = Cloud('cn1')
    cluster = cloud.collect()
    assert cluster.servers.demand.shape == (0, 3)
    assert cluster.servers.node.dtype == np.int64
    assert cluster.nodes.enabled.dtype == cluster.servers.locked.dtype == np.bool_


@pytest.fixture(scope='module')
def emulated():
    """A generated cluster, and what the collector reads of it over HTTP."""
    snapshot = document.read(generate(hosts=16, servers=160, seed=5))
    with EmulatedCloud(snapshot, Clock(speed=0)) as cloud:
        connection = connect_with(cloud.credentials('watcher'))
        yield snapshot.cluster, Collector(Compute(connection), Placement(connection)).collect(), cloud


def _by_uuid(table, *columns):
    rows = zip(*(getattr(table, column) for column in columns), strict=True)
    return {uuid: tuple(item.tolist() if isinstance(item, np.ndarray | np.generic) else item for item in row)
            for uuid, row in zip(table.uuid, rows, strict=True)}


def test_the_nodes_of_an_emulated_cloud_are_those_of_its_document(emulated):
    described, collected, _ = emulated
    columns = ('name', 'hypervisor', 'zone', 'enabled', 'up', 'known', 'total', 'reserved', 'ratio', 'held',
               'traits')
    assert _by_uuid(collected.nodes, *columns) == _by_uuid(described.nodes, *columns)
    rows = [described.nodes.uuid.index(uuid) for uuid in collected.nodes.uuid]
    np.testing.assert_allclose(collected.used(), described.used()[rows])
    np.testing.assert_allclose(collected.capacity(), described.capacity()[rows])


def test_the_servers_of_an_emulated_cloud_are_those_of_its_document(emulated):
    described, collected, _ = emulated
    columns = ('name', 'project', 'state', 'task_state', 'locked', 'excluded', 'demand', 'pinned_zone',
               'metadata', 'extra_specs')
    assert _by_uuid(collected.servers, *columns) == _by_uuid(described.servers, *columns)
    assert _places(collected) == _places(described)


def test_groups_and_aggregates_of_an_emulated_cloud_are_those_of_its_document(emulated):
    described, collected, _ = emulated
    assert _groups(collected) == _groups(described)
    assert _aggregates(collected) == _aggregates(described)


def test_the_load_of_an_emulated_cloud_is_read_in_one_query_a_metric(emulated):
    _, collected, cloud = emulated
    needs = [MetricNeed(metric, 600, 300) for metric in Metric]
    readings, notes = gather(needs, collected, [Prometheus(cloud.prometheus_url, tries=1)])
    assert notes == []
    for metric in (Metric.HOST_CPU, Metric.INSTANCE_CPU):
        assert ((readings.columns[metric] >= 0) & (readings.columns[metric] <= 100)).all()
    for metric in (Metric.HOST_RAM, Metric.INSTANCE_RAM):
        assert (readings.columns[metric] >= 0).all()


def test_a_migration_in_flight_is_held_on_the_target_and_lost_on_none():
    room = {'vcpus': 8, 'ram_mb': 8192, 'disk_gb': 100}
    hosts = [{'id': name, 'name': name, **room} for name in ('cn1', 'cn2')]
    servers = [{'id': 's1', 'host': 'cn1', 'vcpus': 2, 'ram_mb': 2048, 'disk_gb': 10}]
    snapshot = document.read({'format': 'watcher-cluster', 'version': 1, 'hosts': hosts,
                              'instances': servers})
    clock = Clock(speed=0)
    with EmulatedCloud(snapshot, clock) as cloud:
        connection = connect_with(cloud.credentials('watcher'))
        compute = Compute(connection)
        collector = Collector(compute, Placement(connection))
        compute.live_migrate('s1', 'cn2')
        moving = collector.collect()
        assert moving.used().tolist() == [[2, 2048, 10], [2, 2048, 10]]
        assert moving.nodes.held.tolist() == [[0, 0, 0], [2, 2048, 10]]
        assert moving.servers.task_state == ('migrating',)
        clock.advance(3600)
        moved = collector.collect()
        assert moved.used().tolist() == [[0, 0, 0], [2, 2048, 10]]
        assert moved.nodes.held.sum() == 0


def _places(cluster):
    return {uuid: cluster.nodes.uuid[node]
            for uuid, node in zip(cluster.servers.uuid, cluster.servers.node, strict=True)}


def _groups(cluster):
    return {group.uuid: (group.name, group.policy, group.limit,
                         {cluster.servers.uuid[row] for row in group.members}) for group in cluster.groups}


def _aggregates(cluster):
    return {aggregate.name: (aggregate.metadata, {cluster.nodes.name[row] for row in aggregate.nodes})
            for aggregate in cluster.aggregates}
