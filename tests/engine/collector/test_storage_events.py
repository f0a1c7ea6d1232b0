# SPDX-License-Identifier: Apache-2.0
"""What is heard of the storage makes the picture what reading it would have made it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.cloud.listing import Listing
from watcher_py.cloud.volume_rows import PoolNow, SnapshotNow, VolumeNow
from watcher_py.core.storage import VolumeType
from watcher_py.engine.collector.cinder_notices import PoolTold, SnapshotTold, VolumeTold
from watcher_py.engine.collector.storage_events import SKEW, applied
from watcher_py.engine.collector.storage_picture import NOTHING

POOL = PoolNow(name='h@lvm#p', backend='lvm', total=100, free=40, allocated=60, provisioned=60,
               reserved_percentage=0, max_over_subscription_ratio=1, thin=False, up=True, capabilities={})
VOLUME = VolumeNow(
    uuid='v', name='n', project='red', type='gold', size=10, status='available', migration_status=None,
    pool='h@lvm#p', cluster_pool=None, zone='nova', bootable=True, multiattach=True, attached_to=(),
    metadata={'a': 'b'}, created='then')
PICTURE = replace(NOTHING, pools=Listing((POOL,)), volumes=Listing((VOLUME,)),
                  types=Listing((VolumeType('gold', 't1', {}), VolumeType('silver', 't2', {}))))


def _told(volume, sent=1000.0, **values):
    kinds = {'gold': 't1', 'silver': 't2', '': None}
    return VolumeTold(**{
        'sent': sent, 'uuid': volume.uuid, 'name': volume.name, 'project': volume.project,
        'type': kinds[volume.type], 'size': volume.size, 'status': volume.status, 'pool': volume.pool,
        'zone': volume.zone, 'attached_to': volume.attached_to, 'metadata': volume.metadata,
        'is_deleted': False, **values})


def _capacity(pool, sent=1000.0):
    return PoolTold(sent, pool.name, pool.total, pool.free, pool.allocated, pool.provisioned)


def _volume_after(*events):
    found = applied(PICTURE, events)
    return found.picture.volumes.rows[0], found.is_behind


@pytest.mark.parametrize('change', [
    {'size': 20}, {'status': 'in-use', 'attached_to': ('s1',)}, {'name': 'other'}, {'pool': 'h@lvm#q'},
    {'type': 'silver'}, {'type': ''}, {'metadata': {}}, {'zone': 'north'}])
def test_what_is_told_changes_and_all_else_stays(change):
    wanted = replace(VOLUME, **change)
    assert _volume_after(_told(wanted)) == (wanted, False)


@pytest.mark.parametrize('told', [{'type': 'unheard of'}, {'attached_to': None}, {'metadata': None}])
def test_what_can_not_be_told_stays_and_is_to_be_read(told):
    assert _volume_after(_told(VOLUME, **told)) == (VOLUME, True)


def test_an_unknown_volume_is_to_be_read():
    found = applied(PICTURE, [_told(replace(VOLUME, uuid='new'))])
    assert found.is_behind
    assert found.picture.volumes.rows == (VOLUME,)


def test_a_deleted_volume_is_gone():
    found = applied(PICTURE, [_told(VOLUME, is_deleted=True)])
    assert found.picture.volumes.rows == ()
    assert not found.is_behind


def test_what_a_migration_leaves_behind_tells_that_another_volume_has_moved():
    left = replace(VOLUME, uuid='copy', migration_status='target:v')
    picture = replace(PICTURE, volumes=Listing((VOLUME, left)))
    found = applied(picture, [_told(left, is_deleted=True)])
    assert found.picture.volumes.rows == (VOLUME,)
    assert found.is_behind


def test_capacities_of_a_pool_follow_and_an_unknown_pool_is_to_be_read():
    fuller = replace(POOL, free=1, allocated=99, provisioned=99)
    found = applied(PICTURE, [_capacity(fuller)])
    assert (found.picture.pools.rows, found.is_behind) == ((fuller,), False)
    assert applied(PICTURE, [_capacity(replace(POOL, name='h@lvm#new'))]).is_behind


def test_what_is_older_than_the_reading_is_dropped():
    late = _told(replace(VOLUME, size=1), sent=1000.0)
    assert applied(PICTURE, [late], read_at=1000.0 + SKEW + 1).picture is PICTURE
    assert applied(PICTURE, [late], read_at=1000.0 + SKEW - 1).picture.volumes.rows[0].size == 1


def test_a_list_that_was_missing_stays_missing():
    picture = replace(PICTURE, volumes=Listing((VOLUME,), 'gone'))
    assert applied(picture, [_told(replace(VOLUME, size=1))]).picture.volumes.missing == 'gone'


class Cinder:
    """A little storage that tells of what is done to it."""

    def __init__(self):
        self.volumes = {name: replace(VOLUME, uuid=name) for name in ('a', 'b', 'c')}
        self.pool = POOL
        self.snapshots = {}
        self.events = []

    def do(self, deed, name, number):
        getattr(self, deed)(name, number)

    def resize(self, name, number):
        self._change(name, size=number)

    def attach(self, name, number):
        self._change(name, status='in-use', attached_to=(f's{number}',))

    def retype(self, name, number):
        self._change(name, type=('gold', 'silver', '')[number % 3])

    def delete(self, name, number):
        gone = self.volumes.pop(name, None)
        if gone:
            self.events.append(_told(gone, is_deleted=True))

    def report(self, name, number):
        self.pool = replace(self.pool, free=number)
        self.events.append(_capacity(self.pool))

    def snapshot(self, name, number):
        self.snapshots[f's{number}'] = SnapshotNow(f's{number}', name)
        self.events.append(SnapshotTold(1000.0, self.snapshots[f's{number}'], False))

    def forget(self, name, number):
        gone = self.snapshots.pop(f's{number}', None)
        if gone:
            self.events.append(SnapshotTold(1000.0, gone, True))

    def picture(self):
        return replace(PICTURE, pools=Listing((self.pool,)), volumes=Listing(tuple(self.volumes.values())),
                       snapshots=Listing(tuple(self.snapshots.values())))

    def _change(self, name, **values):
        if name in self.volumes:
            self.volumes[name] = replace(self.volumes[name], **values)
            self.events.append(_told(self.volumes[name]))


deeds = st.lists(st.tuples(
    st.sampled_from(['resize', 'attach', 'retype', 'delete', 'report', 'snapshot', 'forget']),
    st.sampled_from(['a', 'b', 'c']), st.integers(1, 4)), max_size=20)


@given(deeds, deeds, st.integers(0, 10))
def test_a_reading_and_the_events_since_are_as_good_as_a_reading_at_the_end(before, after, overlap):
    cinder = Cinder()
    for deed in before:
        cinder.do(*deed)
    read, heard = cinder.picture(), len(cinder.events)
    for deed in after:
        cinder.do(*deed)
    # Some of what was sent before the reading is heard after it.
    found = applied(read, cinder.events[max(heard - overlap, 0):]).picture
    wanted = cinder.picture()
    assert set(found.snapshots.rows) == set(wanted.snapshots.rows)
    assert found.pools == wanted.pools
    assert {one.uuid: one for one in found.volumes.rows} == cinder.volumes
