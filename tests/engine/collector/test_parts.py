# SPDX-License-Identifier: Apache-2.0
"""Hosts, storage and machines of an emulated cloud as one Cluster, and what a scope leaves of it."""

import pytest

from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, pool, volume
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.document import read, write
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Part
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.engine.collector.whole import Collector
from watcher_py.sim import cinder_moves, machine_power
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

DESCRIBED = read(document(
    [host('a'), host('b', zone='az-2')], [instance('vm', 'a')],
    pools=[pool(1, volume_types=['gold']), pool(2)],
    volumes=[volume('v1', 1, type='gold', attached_to=['vm'], snapshots=0, project='red'),
             volume('v2', 2, snapshots=0)],
    volume_types=[{'name': 'gold'}],
    machines=[{'id': 'm1', 'host': 'a-id', 'compute_node': 'a-id', 'power_state': 'power on'},
              {'id': 'm2', 'host': 'b-id', 'compute_node': 'b-id', 'power_state': 'power on'}]))


@pytest.fixture
def cloud():
    with Cloud(DESCRIBED, Clock(speed=0)) as cloud:
        yield cloud


@pytest.fixture
def collector(cloud):
    connection, patience = connect_with(cloud.credentials('admin')), (1, 0.0)
    nova = Reader(Compute(connection, *patience), Placement(connection, *patience))
    return Collector(ComputeCollector(nova), StorageCollector(Volumes(connection, *patience)),
                     MachineCollector(Baremetal(connection, *patience)))


def test_the_parts_make_one_cluster(collector):
    collected = collector.newest(0, Part)
    assert collected.gaps == ()
    found, described = write(Snapshot(collected.cluster)), write(DESCRIBED)
    assert [row['name'] for row in found['hosts']] == ['a', 'b']
    assert found['machines'] == described['machines']
    assert found['pools'] == described['pools']
    assert [{**row, 'created': ''} for row in found['volumes']] == described['volumes']


def test_what_is_done_shows_in_every_part(cloud, collector):
    collector.newest(0, Part)
    world = cloud.world
    with world.lock:
        cinder_moves.migrate(world, world.storage.volume('v2'), POOLS[0], lock=False)
        machine_power.switch(world, world.machines.machine('m2'), 'power off')
    cloud.clock.advance(3600)
    cluster = collector.newest(0, Part).cluster
    assert cluster.storage.volumes.pool.tolist() == [0, 0]
    assert cluster.machines.power_state == ('power on', 'power off')
    assert cluster.nodes.up.tolist() == [True, False]


def test_a_part_that_can_not_be_read_freezes_itself_alone(cloud, collector):
    cloud.faults.break_path('/volumes/detail', times=9)
    collected = collector.newest(0, Part)
    assert collected.cluster.nodes.known.all()
    assert collected.cluster.machines.known.all()
    assert not collected.cluster.storage.pools.known.any()
    assert len(collected.gaps) == 1


def test_a_scope_narrows_every_part(collector):
    cluster = narrow(collector.newest(0, Part).cluster, [
        {'compute': [{'availability_zones': [{'name': 'az-2'}]}]},
        {'storage': [{'volume_types': [{'name': 'gold'}]}, {'exclude': [{'projects': [{'uuid': 'red'}]}]}]}])
    assert cluster.nodes.name == ('b',)
    assert cluster.machines.uuid == ('m2',)
    assert cluster.machines.node.tolist() == [0]
    assert cluster.storage.pools.name == (POOLS[0],)
    assert cluster.storage.volumes.uuid == ('v1',)
    assert cluster.storage.volumes.excluded.tolist() == [True]
