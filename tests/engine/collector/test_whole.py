# SPDX-License-Identifier: Apache-2.0
"""The whole cloud over HTTP: what is collected is what is there, at few calls, whatever is on the way."""

from datetime import UTC, datetime

import numpy as np
import pytest

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core import document
from watcher_py.core.machines import NO_MACHINES
from watcher_py.core.metrics import Metric, MetricNeed, Readings
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.storage import NO_STORAGE
from watcher_py.core.strategy import Part
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.measure import gather
from watcher_py.sim.clock import Clock
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud


def collector_of(cloud):
    connection = connect_with(cloud.credentials('watcher'))
    return ComputeCollector(Reader(Compute(connection, tries=1), Placement(connection, tries=1)))


@pytest.fixture(scope='module')
def emulated():
    """A generated cluster, and what the collector reads of it over HTTP."""
    snapshot = document.read(generate(hosts=16, servers=160, seed=5))
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        collected = collector_of(cloud).newest(0)
        assert collected.gaps == ()
        yield snapshot.cluster, collected.cluster, cloud


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
    metrics = (Metric.HOST_CPU, Metric.HOST_RAM, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)
    source = Prometheus(WebSite('prometheus', cloud.prometheus_url), patience=Patience(tries=1))
    cloud.calls.reset()
    gathered = gather([MetricNeed(metric, 600, 300) for metric in metrics], collected, [source])
    assert gathered.notes == []
    assert cloud.calls.by_service() == {'prometheus': len(metrics)}
    columns = gathered.readings.columns
    for metric in (Metric.HOST_CPU, Metric.INSTANCE_CPU):
        assert ((columns[metric] >= 0) & (columns[metric] <= 100)).all()
    for metric in (Metric.HOST_RAM, Metric.INSTANCE_RAM):
        assert (columns[metric] >= 0).all()


def test_a_large_cloud_is_read_in_few_calls_and_its_changes_in_fewer():
    snapshot = document.read(generate(hosts=60, servers=600, seed=3))
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        collector = collector_of(cloud)
        collector.newest(0)
        whole = cloud.calls.total()
        cloud.calls.reset()
        collector.newest(0)
        assert cloud.calls.total() <= whole <= 60


def test_what_has_changed_since_shows_as_if_all_were_read_again():
    with Cloud(document.read(generate(hosts=8, servers=40, seed=2)), Clock(speed=0)) as cloud:
        nova = connect_with(cloud.credentials('admin')).compute
        collector = collector_of(cloud)
        before = collector.newest(0).cluster.servers
        cloud.clock.advance(1000)
        free = [uuid for uuid, state, locked in zip(before.uuid, before.state, before.locked, strict=True)
                if state == 'active' and not locked]
        gone, locked, stopped, moved = free[:4]
        nova.delete(f'/servers/{gone}')
        for uuid, action in ((locked, 'lock'), (stopped, 'os-stop'), (moved, 'migrate')):
            nova.post(f'/servers/{uuid}/action', json={action: None}, microversion='2.56')
        cloud.clock.advance(1000)
        changed, read_anew = collector.newest(0), collector_of(cloud).newest(0)
        after = changed.cluster.servers
        assert gone not in after.uuid
        assert after.locked[after.uuid.index(locked)]
        assert after.state[after.uuid.index(stopped)] == 'stopped'
        assert after.state[after.uuid.index(moved)] == 'resized'
        assert changed.gaps == read_anew.gaps == ()
        assert _written(changed.cluster) == _written(read_anew.cluster)


def _written(cluster):
    return document.write(Snapshot(cluster, Readings(), datetime(2026, 11, 21, tzinfo=UTC)))


# Who is on the way.

@pytest.fixture
def pair():
    """A server that takes all classes, on the first of two hosts."""
    room = {'vcpus': 8, 'ram_mb': 8192, 'disk_gb': 100}
    hosts = [{'id': name, 'name': name, **room} for name in ('cn1', 'cn2')]
    servers = [{'id': 's1', 'host': 'cn1', 'vcpus': 2, 'ram_mb': 2048, 'disk_gb': 10}]
    snapshot = document.read({'format': 'watcher-cluster', 'version': 1, 'hosts': hosts,
                              'instances': servers})
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        yield cloud, Compute(connect_with(cloud.credentials('watcher')))


FULL, EMPTY = [2, 2048, 10], [0, 0, 0]


def test_a_live_migration_counts_at_both_ends_until_it_is_over(pair):
    cloud, compute = pair
    collector = collector_of(cloud)
    compute.live_migrate('s1', 'cn2')
    moving = collector.newest(0).cluster
    assert moving.used().tolist() == [FULL, FULL]
    assert moving.nodes.held.tolist() == [EMPTY, FULL]
    assert moving.servers.task_state == ('migrating',)
    cloud.clock.advance(3600)
    moved = collector.newest(0).cluster
    assert (moved.used().tolist(), moved.nodes.held.sum()) == ([EMPTY, FULL], 0)
    assert moved.nodes.known.all()


@pytest.mark.parametrize(('word', 'used'), [
    ('confirm_resize', [EMPTY, FULL]), ('revert_resize', [FULL, EMPTY])])
def test_a_cold_migration_counts_at_both_ends_until_its_word_is_given(pair, word, used):
    cloud, compute = pair
    collector = collector_of(cloud)
    compute.cold_migrate('s1', 'cn2')
    assert collector.newest(0).cluster.used().tolist() == [FULL, FULL]
    cloud.clock.advance(3600)
    waiting = collector.newest(0).cluster
    assert waiting.used().tolist() == [FULL, FULL]
    assert (waiting.servers.state, waiting.nodes.held.tolist()) == (('resized',), [FULL, EMPTY])
    getattr(compute, word)('s1')
    cloud.clock.advance(3600)
    after = collector.newest(0).cluster
    assert (after.used().tolist(), after.nodes.known.all()) == (used, True)


# The parts together.

class FixedPart:
    def __init__(self, *found):
        self.found, self.asked = found, []

    def newest(self, max_age):
        self.asked.append(max_age)
        return self.found

    def keep_up(self):
        self.asked.append('keep up')


def test_the_gaps_of_all_parts_are_told(pair):
    cloud, _ = pair
    cloud.faults.break_path('/os-migrations')
    storage, machines = FixedPart(NO_STORAGE, ('pools: boom',)), FixedPart(NO_MACHINES, ('machines: boom',))
    collected = Collector(collector_of(cloud), storage, machines).newest(7, Part)
    assert [gap.partition(':')[0] for gap in collected.gaps] == ['migrations', 'pools', 'machines']
    assert storage.asked == machines.asked == [7]


def test_a_part_that_is_not_asked_for_is_not_read(emulated):
    storage, machines = FixedPart(NO_STORAGE, ('pools: boom',)), FixedPart(NO_MACHINES, ())
    collected = Collector(collector_of(emulated[2]), storage, machines).newest(7, {Part.BAREMETAL})
    assert collected.gaps == ()
    assert (storage.asked, machines.asked) == ([], [7])


def test_all_parts_are_kept_up():
    parts = [FixedPart(), FixedPart(), FixedPart()]
    Collector(*parts).keep_up()
    assert [part.asked for part in parts] == [['keep up']] * 3


def _places(cluster):
    return {uuid: cluster.nodes.uuid[node]
            for uuid, node in zip(cluster.servers.uuid, cluster.servers.node, strict=True)}


def _groups(cluster):
    return {group.uuid: (group.name, group.policy, group.limit,
                         {cluster.servers.uuid[row] for row in group.members}) for group in cluster.groups}


def _aggregates(cluster):
    return {aggregate.name: (aggregate.metadata, {cluster.nodes.name[row] for row in aggregate.nodes})
            for aggregate in cluster.aggregates}
