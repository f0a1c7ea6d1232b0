# SPDX-License-Identifier: Apache-2.0
"""The storage of an emulated cloud, collected: true, fresh, and honest about what is missing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.core.clusters import document, host
from tests.core.storages import POOLS, pool, volume
from watcher_py.bus.notice import Notice
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.document import read
from watcher_py.core.storage import NO_STORAGE
from watcher_py.core.storage_document import lists
from watcher_py.engine.collector import cinder_notices
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

FOR_EVER = 1e9


class Watch:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


def _cloud(lists):
    return Cloud(read(document([host('a')], [], **lists)), Clock(speed=0))


def _collector(cloud, **more):
    return StorageCollector(Volumes(connect_with(cloud.credentials()), tries=1, interval=0), **more)


@pytest.fixture
def cloud():
    with _cloud({'pools': [pool(1, volume_types=['gold']), pool(2)],
                 'volumes': [volume('a', 1, type='gold', attached_to=['vm']), volume('b', 2)],
                 'volume_types': [{'name': 'gold'}]}) as cloud:
        yield cloud


@pytest.fixture
def feed():
    return Feed(cinder_notices.understand)


def _notice(kind, sent=2e9, **payload):
    return Notice('volume.host', kind, payload, sent)


def _told(uuid, place, **more):
    return {'volume_id': uuid, 'display_name': 'n', 'tenant_id': 'red', 'volume_type': None, 'size': 10,
            'status': 'available', 'host': place, 'availability_zone': 'nova', 'volume_attachment': [],
            'metadata': {}, **more}


EVERYTHING = {
    'pools': [
        pool(1, zone='north', volume_types=['bare', 'fast', 'gold'], thin=True, reserved_percentage=10.0,
             max_over_subscription_ratio=20.0, provisioned_gb=1500.5),
        pool(2, zone='south', volume_types=['bare', 'gold'], total_gb=None, free_gb=None, allocated_gb=None,
             provisioned_gb=None),
        pool(3, volume_types=['bare'], total_gb='infinite', free_gb='infinite', status='disabled'),
        pool(4, volume_types=['bare', 'lvm'], backend='lvm4', state='down')],
    'volumes': [
        volume('a', 1, name='root', project='red', type='gold', status='in-use', attached_to=['vm1', 'vm2'],
               bootable=True, multiattach=True, metadata={'tier': 'one'}, zone='north', snapshots=2,
               created='2026-01-05T08:00:00.000000'),
        volume('b', 2, migration_status='success', snapshots=0, created='2026-01-05T08:00:00.000000'),
        volume('c', None, status='error', snapshots=0, created='2026-01-05T08:00:00.000000')],
    'volume_types': [
        {'name': 'gold', 'id': 't1', 'extra_specs': {'tier': 'gold'}},
        {'name': 'bare', 'id': 't2', 'extra_specs': {}},
        {'name': 'lvm', 'id': 't3', 'extra_specs': {'volume_backend_name': 'lvm4'}},
        {'name': 'fast', 'id': 't4', 'extra_specs': {'speed': '<is> True', 'driver:raid': '10'}}]}


def test_what_a_cloud_stores_is_what_is_collected():
    expected = lists(read(document([], [], **EVERYTHING)).cluster.storage)
    with _cloud(EVERYTHING) as cloud:
        storage, gaps = _collector(cloud).newest(0)
    assert gaps == ()
    found = lists(storage)
    for part in ('pools', 'volumes'):
        assert found[part] == expected[part]
    assert found['volume_types'] == sorted(expected['volume_types'], key=lambda row: row['name'])


@pytest.mark.parametrize(('lists', 'gap'), [
    ({'pools': [pool(1, known=False)], 'volumes': []}, 'their backends tell nothing of them'),
    ({'pools': [pool(1)], 'volumes': [volume('a', 1, size_gb=None)]}, 'Cinder does not tell the size of a')])
def test_what_cinder_does_not_tell_is_frozen(lists, gap):
    with _cloud(lists) as cloud:
        storage, gaps = _collector(cloud).newest(0)
    assert not storage.pools.known.any()
    assert gaps == (f'{gap}; frozen: every storage pool',)


def test_it_is_read_in_five_calls_and_kept_while_it_is_young_enough(cloud):
    collector = _collector(cloud)
    first, _ = collector.newest(0)
    calls = cloud.calls.by_service()['volume']
    assert calls <= 7
    assert collector.newest(FOR_EVER)[0] is first
    assert cloud.calls.by_service()['volume'] == calls
    assert collector.newest(0)[0] is not first


def test_a_cloud_without_cinder_has_no_storage_and_no_gap():
    with _cloud({}) as cloud:
        assert _collector(cloud).newest(0) == (NO_STORAGE, ())


@pytest.mark.parametrize('path', ['/get_pools', '/os-services', '/types', '/volumes/detail'])
def test_what_fails_freezes_the_pools_and_what_was_known_stands_in(cloud, path):
    collector = _collector(cloud)
    whole, _ = collector.newest(0)
    cloud.faults.break_path(path, times=9)
    storage, gaps = collector.newest(0)
    assert storage.pools.name == whole.pools.name
    assert storage.volumes.uuid == whole.volumes.uuid
    assert not storage.pools.known.any()
    assert len(gaps) == 1
    cloud.faults.heal()
    assert collector.newest(0)[1] == ()


def test_a_cloud_that_is_away_at_first_is_a_gap_and_no_error(cloud):
    collector = _collector(cloud)
    cloud.faults.break_path('/identity', times=99)
    storage, gaps = collector.newest(0)
    assert len(storage.pools) == 0
    assert 'Cinder' in gaps[0]


def test_keystone_that_goes_away_freezes_what_is_known(cloud):
    collector = _collector(cloud)
    collector.newest(0)
    cloud.faults.break_path('/', times=999)
    storage, gaps = collector.newest(0)
    assert len(storage.volumes) == 2
    assert not storage.pools.known.any()
    assert gaps


def test_no_pools_where_there_were_some_is_no_answer(cloud):
    collector = _collector(cloud)
    collector.newest(0)
    cloud.world.storage.pools.clear()
    storage, gaps = collector.newest(0)
    assert storage.pools.name == POOLS[:2]
    assert gaps[0].startswith('Cinder lists no storage pool')


def test_what_was_heard_is_in_it_without_a_call(cloud, feed):
    collector = _collector(cloud, feed=feed)
    collector.newest(0)
    calls = cloud.calls.by_service()
    feed.hear(_notice('capacity.pool', name_to_id=POOLS[0], total=1000, free='unknown', allocated=1,
                      provisioned=2, virtual_free=3, reported_at=None))
    feed.hear(_notice('volume.resize.end', **_told('b', POOLS[1], size=77)))
    feed.hear(_notice('volume.delete.end', **_told('a', POOLS[0], status='deleting')))
    storage, _ = collector.newest(FOR_EVER)
    assert np.isnan(storage.pools.free[0])
    assert storage.volumes.uuid == ('b',)
    assert storage.volumes.size.tolist() == [77]
    assert cloud.calls.by_service() == calls


def test_an_unknown_volume_is_read_with_the_next_bulk(cloud, feed):
    watch = Watch()
    collector = _collector(cloud, feed=feed, clock=watch)
    collector.newest(0)
    feed.hear(_notice('volume.create.end', **_told('new', POOLS[0])))
    assert len(collector.newest(FOR_EVER)[0].volumes) == 2
    cloud.world.storage.volumes['new'] = replace(cloud.world.storage.volume('a'), uuid='new')
    watch.now = 60
    calls = cloud.calls.by_service()['volume']
    assert collector.newest(FOR_EVER)[0].volumes.uuid == ('a', 'b', 'new')
    assert cloud.calls.by_service()['volume'] == calls + 5
    collector.newest(FOR_EVER)
    assert cloud.calls.by_service()['volume'] == calls + 5


def test_what_was_lost_on_the_way_is_read(cloud, feed):
    watch = Watch()
    small = Feed(cinder_notices.understand, limit=1)
    collector = _collector(cloud, feed=small, clock=watch)
    collector.newest(0)
    for size in (1, 2):
        small.hear(_notice('volume.resize.end', **_told('b', POOLS[1], size=size)))
    watch.now = 60
    assert collector.newest(FOR_EVER)[0].volumes.size.tolist() == [10, 10]


def test_it_keeps_up_once_somebody_has_asked(cloud):
    watch = Watch()
    collector = _collector(cloud, period=100, clock=watch)
    collector.keep_up()
    assert 'volume' not in cloud.calls.by_service()
    collector.newest(0)
    calls = cloud.calls.by_service()['volume']
    watch.now = 99
    collector.keep_up()
    assert cloud.calls.by_service()['volume'] == calls
    watch.now = 101
    collector.keep_up()
    assert cloud.calls.by_service()['volume'] == calls + 5


def test_what_is_collected_can_be_written_and_read(cloud):
    storage, _ = _collector(cloud).newest(0)
    written = lists(storage)
    assert lists(read(document([], [], **json.loads(json.dumps(written)))).cluster.storage) == written
