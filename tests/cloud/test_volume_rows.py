# SPDX-License-Identifier: Apache-2.0
"""Cinder's JSON as rows: what is odd is understood, what is missing unknown, what is broken refused."""

import math

import pytest

from watcher_py.cloud import volume_rows as rows


def _pool(**capabilities):
    return {'name': 'host@lvm#pool', 'capabilities': {
        'volume_backend_name': 'lvm', 'total_capacity_gb': 100, 'free_capacity_gb': 40,
        'allocated_capacity_gb': 60, 'provisioned_capacity_gb': 60.5, 'reserved_percentage': 10,
        'max_over_subscription_ratio': '20.0', 'thin_provisioning_support': True, **capabilities}}


def _volume(**values):
    return {'id': 'v', 'name': None, 'status': 'in-use', 'size': 10, 'volume_type': None, 'bootable': 'true',
            'attachments': [{'server_id': 's2'}, {'server_id': 's1'}, {'server_id': None}], 'metadata': {},
            'os-vol-tenant-attr:tenant_id': 'red', 'os-vol-host-attr:host': 'host@lvm#pool', **values}


def test_a_pool_is_what_its_capabilities_say():
    pool = rows.pool_now(_pool())
    assert (pool.name, pool.host, pool.backend) == ('host@lvm#pool', 'host@lvm', 'lvm')
    assert (pool.total, pool.free, pool.allocated, pool.provisioned) == (100, 40, 60, 60.5)
    assert (pool.reserved_percentage, pool.max_over_subscription_ratio) == (10, 20)
    assert pool.thin
    assert pool.up
    assert pool.is_told


@pytest.mark.parametrize('said', ['unknown', None, 'plenty', -1, True, []])
def test_a_capacity_that_no_number_tells_is_unknown(said):
    pool = rows.pool_now(_pool(total_capacity_gb=said, max_over_subscription_ratio='auto'))
    assert math.isnan(pool.total)
    assert math.isnan(pool.max_over_subscription_ratio)


@pytest.mark.parametrize('said', ['infinite', 'Infinite', 'inf'])
def test_a_capacity_may_have_no_end(said):
    assert rows.pool_now(_pool(free_capacity_gb=said)).free == math.inf


def test_a_pool_whose_backend_is_down_is_down_whatever_its_service_says():
    assert not rows.pool_now(_pool(backend_state='down')).up


def test_a_pool_that_only_has_a_name_is_not_told():
    pool = rows.pool_now({'name': 'host@lvm#pool'})
    assert not pool.is_told
    assert math.isnan(pool.free)


def test_a_volume_without_type_name_or_zone_is_understood():
    volume = rows.volume_now(_volume())
    assert (volume.type, volume.name, volume.zone, volume.size) == ('', '', '', 10)
    assert volume.attached_to == ('s1', 's2')
    assert volume.bootable
    assert not volume.multiattach


def test_a_volume_may_lie_nowhere_and_have_no_size():
    volume = rows.volume_now(_volume(**{'os-vol-host-attr:host': None, 'size': None}))
    assert volume.pool is None
    assert math.isnan(volume.size)


@pytest.mark.parametrize('lost', ['id', 'status', 'attachments', 'os-vol-host-attr:host'])
def test_a_volume_that_lacks_what_it_must_have_is_refused(lost):
    row = _volume()
    del row[lost]
    with pytest.raises(KeyError):
        rows.volume_now(row)


def test_names_must_be_names():
    with pytest.raises(ValueError, match='no name'):
        rows.pool_now({'name': None})


@pytest.mark.parametrize(('said', 'enabled', 'up'), [
    ({}, True, True), ({'status': 'disabled'}, False, True), ({'state': 'down'}, True, False),
    ({'frozen': True}, False, True), ({'backend_state': 'down'}, True, False)])
def test_a_service_takes_volumes_while_it_is_enabled_and_not_frozen(said, enabled, up):
    row = {'host': 'host@lvm', 'zone': 'nova', 'status': 'enabled', 'state': 'up', 'cluster': None, **said}
    service = rows.volume_service(row)
    assert (service.enabled, service.up) == (enabled, up)


def test_a_type_of_which_no_extra_specs_are_told_is_not_one_without_any():
    assert rows.volume_type({'id': 't', 'name': 'gold'}).extra_specs is None
    assert rows.volume_type({'id': 't', 'name': 'gold', 'extra_specs': {}}).extra_specs == {}
