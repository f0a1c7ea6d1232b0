# SPDX-License-Identifier: Apache-2.0
"""Cinder's notifications as events."""

import math

import pytest

from watcher_py.bus.notice import Notice
from watcher_py.engine.collector.cinder_notices import PoolTold, SnapshotTold, VolumeTold, understand
from watcher_py.engine.collector.feed import Feed

VOLUME = {
    'volume_id': 'v', 'display_name': None, 'tenant_id': 'red', 'volume_type': 't1', 'size': 10,
    'status': 'in-use', 'host': 'h@lvm#p', 'availability_zone': 'nova', 'user_id': 'u', 'snapshot_id': None,
    'metadata': [{'key': 'tier', 'value': 'gold', 'volume_id': 'v', 'deleted': False}],
    'volume_attachment': [{'instance_uuid': 's2', 'attach_status': 'attached'},
                          {'instance_uuid': 's1', 'attach_status': 'attached'}, {'instance_uuid': None}]}
CAPACITY = {'name_to_id': 'h@lvm#p', 'total': 100, 'free': 'infinite', 'allocated': 60, 'provisioned': None,
            'virtual_free': 40.0, 'reported_at': None}


def _understood(kind, payload):
    return understand(Notice('volume.h@lvm', kind, payload, 5.0))


def test_a_volume_is_what_its_payload_says():
    event = _understood('volume.attach.end', VOLUME)
    assert event == VolumeTold(
        5.0, uuid='v', name='', project='red', type='t1', size=10, status='in-use', pool='h@lvm#p',
        zone='nova', attached_to=('s1', 's2'), metadata={'tier': 'gold'}, is_deleted=False)
    assert _understood('volume.delete.end', VOLUME).is_deleted


@pytest.mark.parametrize(('told', 'metadata'), [
    ({'a': 'b'}, {'a': 'b'}), ([], {}), (None, None), ('a', None), ([['a', 'b']], None)])
def test_metadata_comes_in_two_forms(told, metadata):
    assert _understood('volume.update.end', {**VOLUME, 'metadata': told}).metadata == metadata


@pytest.mark.parametrize('told', [None, ['an object'], [{'id': 'a'}]])
def test_attachments_that_can_not_be_read_are_not_told(told):
    assert _understood('volume.detach.end', {**VOLUME, 'volume_attachment': told}).attached_to is None


def test_a_pool_is_told_with_what_its_backend_knows():
    event = _understood('capacity.pool', CAPACITY)
    assert isinstance(event, PoolTold)
    assert (event.name, event.total, event.free, event.allocated) == ('h@lvm#p', 100, math.inf, 60)
    assert math.isnan(event.provisioned)


@pytest.mark.parametrize('kind', ['snapshot.create.end', 'snapshot.delete.end'])
def test_snapshots_come_and_go(kind):
    event = _understood(kind, {'snapshot_id': 's', 'volume_id': 'v', 'status': 'available'})
    assert isinstance(event, SnapshotTold)
    assert event.is_deleted is (kind == 'snapshot.delete.end')
    assert (event.snapshot.uuid, event.snapshot.volume) == ('s', 'v')


@pytest.mark.parametrize('kind', [
    'volume.create.start', 'capacity.backend', 'volume.usage', 'backup.create.end'])
def test_other_types_are_not_followed(kind):
    assert _understood(kind, None) is None


@pytest.mark.parametrize(('kind', 'payload'), [
    ('volume.create.end', None), ('volume.create.end', {}), ('volume.create.end', {**VOLUME, 'volume_id': 7}),
    ('capacity.pool', [CAPACITY]), ('capacity.pool', {**CAPACITY, 'name_to_id': None}),
    ('snapshot.create.end', {'snapshot_id': 's'})])
def test_what_is_malformed_is_dropped_by_the_feed_and_told(caplog, kind, payload):
    feed = Feed(understand)
    feed.hear(Notice('volume.h@lvm', kind, payload, 5.0))
    assert feed.take().events == ()
    assert feed.malformed == 1
    assert kind in caplog.text
