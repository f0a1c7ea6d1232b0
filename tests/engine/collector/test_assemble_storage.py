# SPDX-License-Identifier: Apache-2.0
"""Cinder's lists put together: what is there, what is frozen, and why."""

import math
from dataclasses import replace

import pytest

from watcher_py.cloud.listing import Listing
from watcher_py.cloud.volume_rows import PoolNow, SnapshotNow, VolumeNow, VolumeService
from watcher_py.core.storage import VolumeType
from watcher_py.engine.collector.assemble_storage import assemble_storage
from watcher_py.engine.collector.storage_picture import NOTHING, StoragePicture, lost

BROKEN = 'Cinder doesn\'t answer'


def _pool(name, **values):
    return PoolNow(**{'name': name, 'backend': 'lvm', 'total': 100, 'free': 40, 'allocated': 60,
                      'provisioned': 60, 'reserved_percentage': 0, 'max_over_subscription_ratio': math.nan,
                      'thin': False, 'up': True, 'capabilities': {'volume_backend_name': 'lvm'}, **values})


def _service(host, **values):
    return VolumeService(**{'host': host, 'cluster': None, 'zone': 'nova', 'enabled': True, 'up': True,
                            **values})


def _volume(uuid, pool, **values):
    return VolumeNow(**{
        'uuid': uuid, 'name': '', 'project': 'red', 'type': '', 'size': 10, 'status': 'available',
        'migration_status': None, 'pool': pool, 'cluster_pool': None, 'zone': 'nova', 'bootable': False,
        'multiattach': False, 'attached_to': (), 'metadata': {}, 'created': '', **values})


def _rows(*rows):
    return Listing(rows)


@pytest.fixture
def picture():
    return StoragePicture(
        pools=_rows(_pool('h1@lvm#b'), _pool('h1@lvm#a'), _pool('h2@ssd#c')),
        services=_rows(_service('h1@lvm'), _service('h2@ssd', zone='north', enabled=False)),
        types=_rows(VolumeType('gold', 't1', {'volume_backend_name': 'lvm'})),
        volumes=_rows(_volume('v1', 'h1@lvm#a', type='gold'), _volume('v2', 'h2@ssd#c')),
        snapshots=_rows(SnapshotNow('s1', 'v2'), SnapshotNow('s2', 'v2')))


def _frozen(storage):
    return {name for name, known in zip(storage.pools.name, storage.pools.known, strict=True) if not known}


def test_lists_become_columns(picture):
    storage, gaps = assemble_storage(picture)
    assert gaps == ()
    assert storage.pools.name == ('h1@lvm#a', 'h1@lvm#b', 'h2@ssd#c')
    assert storage.pools.host == ('h1@lvm', 'h1@lvm', 'h2@ssd')
    assert storage.pools.zone == ('nova', 'nova', 'north')
    assert storage.pools.enabled.tolist() == [True, True, False]
    assert [sorted(types) for types in storage.pools.types] == [['gold'], ['gold'], ['gold']]
    assert storage.volumes.pool.tolist() == [0, 2]
    assert storage.volumes.snapshots.tolist() == [0, 2]
    assert storage.used().tolist() == [10, 0, 10]
    assert not _frozen(storage)


@pytest.mark.parametrize('part', ['pools', 'services', 'types', 'volumes'])
def test_a_list_that_is_not_whole_freezes_every_pool_and_is_told_once(picture, part):
    storage, gaps = assemble_storage(replace(
        picture, **{part: Listing(getattr(picture, part).rows, f'{part}: {BROKEN}')}))
    assert _frozen(storage) == set(storage.pools.name)
    assert gaps == (f'{part}: {BROKEN}; frozen: every storage pool',)


def test_snapshots_that_are_not_whole_make_their_numbers_unknown_and_freeze_nothing(picture):
    storage, gaps = assemble_storage(replace(picture, snapshots=Listing((), BROKEN)))
    assert all(map(math.isnan, storage.volumes.snapshots))
    assert not _frozen(storage)
    assert gaps == (f'{BROKEN}; which volumes have snapshots is not known',)


def test_a_type_of_which_nobody_tells_what_it_asks_for_is_offered_nowhere(picture):
    storage, gaps = assemble_storage(replace(picture, types=_rows(VolumeType('gold', 't1', None))))
    assert not any(storage.pools.types)
    assert gaps == ('Cinder does not tell what volume types ask for; offered nowhere: gold',)


def test_a_pool_without_service_is_frozen(picture):
    storage, gaps = assemble_storage(replace(picture, services=_rows(_service('h1@lvm'))))
    assert _frozen(storage) == {'h2@ssd#c'}
    assert gaps == ('Cinder knows no volume service of theirs; frozen: h2@ssd#c',)


def test_a_pool_that_only_has_a_name_is_frozen(picture):
    storage, gaps = assemble_storage(replace(picture, pools=_rows(
        _pool('h1@lvm#a'), _pool('h1@lvm#b', is_told=False))))
    assert _frozen(storage) == {'h1@lvm#b'}
    assert gaps == ('their backends tell nothing of them; frozen: h1@lvm#b',)


def test_a_volume_without_size_freezes_the_pool_that_it_lies_in(picture):
    storage, gaps = assemble_storage(replace(picture, volumes=_rows(
        _volume('v1', 'h1@lvm#a', size=math.nan), _volume('lost', None, size=math.nan))))
    assert _frozen(storage) == {'h1@lvm#a'}
    assert storage.volumes.known.tolist() == [False, False]
    assert gaps == ('Cinder does not tell the size of lost, v1; frozen: h1@lvm#a',)


def test_capacities_that_backends_do_not_tell_freeze_nothing(picture):
    storage, gaps = assemble_storage(replace(picture, pools=_rows(
        _pool('h1@lvm#a', total=math.nan, free=math.inf))))
    assert gaps == ()
    assert math.isnan(storage.pools.total[0])
    assert storage.pools.free[0] == math.inf
    assert storage.pools.known[0]


def test_a_volume_that_moves_while_pages_are_read_appears_once(picture):
    storage, _ = assemble_storage(replace(picture, volumes=_rows(
        _volume('v1', 'h1@lvm#a'), _volume('v2', 'h2@ssd#c'), _volume('v1', 'h1@lvm#b'))))
    assert storage.volumes.uuid == ('v1', 'v2')
    assert storage.volumes.pool.tolist() == [1, 2]


def test_a_volume_of_a_clustered_service_lies_in_the_clusters_pool():
    storage, gaps = assemble_storage(replace(
        NOTHING, pools=_rows(_pool('c1@lvm#p')),
        services=_rows(_service('h1@lvm', cluster='c1@lvm', up=False), _service('h2@lvm', cluster='c1@lvm')),
        volumes=_rows(_volume('v', 'h1@lvm#p', cluster_pool='c1@lvm#p'))))
    assert gaps == ()
    assert storage.volumes.pool.tolist() == [0]
    assert storage.pools.up.tolist() == [True]


@pytest.mark.parametrize(('place', 'row'), [('h2@ssd', 2), ('h1@lvm', -1), ('nowhere@lvm#p', -1), (None, -1)])
def test_a_volume_lies_in_a_pool_that_is_known_or_in_none(picture, place, row):
    storage, _ = assemble_storage(replace(picture, volumes=_rows(_volume('v', place))))
    assert storage.volumes.pool.tolist() == [row]


@pytest.mark.parametrize('down', [{'services': _rows(_service('h1@lvm', up=False))},
                                  {'pools': _rows(_pool('h1@lvm#a', up=False))}])
def test_a_pool_is_up_while_its_service_and_its_backend_are(picture, down):
    storage, _ = assemble_storage(replace(
        picture, **{'pools': _rows(_pool('h1@lvm#a')), 'services': _rows(_service('h1@lvm')), **down}))
    assert storage.pools.up.tolist() == [False]


def test_what_is_lost_is_there_and_frozen(picture):
    storage, gaps = assemble_storage(lost(picture, BROKEN))
    assert _frozen(storage) == set(storage.pools.name)
    assert len(storage.volumes) == 2
    assert gaps == (f'{BROKEN}; frozen: every storage pool',)
    assert assemble_storage(lost(NOTHING, BROKEN))[1] == (BROKEN,)
