# SPDX-License-Identifier: Apache-2.0
"""Which pools take a volume, and how much of it."""

import math

import pytest

from tests.core.clusters import document
from tests.core.storages import pool, volume
from watcher_py.core.document import read
from watcher_py.core.volumes.rules import VolumeRules, room_of


def rules(pools, volumes, **lists):
    return VolumeRules(read(document([], [], pools=pools, volumes=volumes, **lists)).cluster)


@pytest.mark.parametrize(('values', 'room'), [
    ({}, 500), ({'reserved_percentage': 10}, 400), ({'reserved_percentage': 60}, 0),
    ({'reserved_percentage': None}, 0), ({'free_gb': None}, 0), ({'free_gb': 'infinite'}, math.inf),
    ({'free_gb': 'infinite', 'total_gb': 'infinite', 'reserved_percentage': 10}, math.inf),
    ({'thin': True, 'max_over_subscription_ratio': 2.0, 'provisioned_gb': 1700}, 300),
    ({'thin': True, 'max_over_subscription_ratio': 20.0}, 500),
    ({'thin': True, 'max_over_subscription_ratio': 0.9}, 0),
    ({'thin': True, 'max_over_subscription_ratio': None}, 0),
    ({'thin': True, 'max_over_subscription_ratio': 2.0, 'provisioned_gb': None}, 0)])
def test_room_is_what_is_free_not_reserved_and_not_promised(values, room):
    storage = read(document([], [], pools=[pool(1, **values)])).cluster.storage
    assert room_of(storage.pools).tolist() == [room]


def test_a_volume_goes_to_open_pools_of_its_zone_that_offer_its_type():
    gold = {'volume_types': ['gold']}
    found = rules([pool(1, **gold), pool(2, **gold), pool(3), pool(4, zone='far', **gold)],
                  [volume('v', 1, type='gold', snapshots=0), volume('w', 1, snapshots=0)],
                  volume_types=[{'name': 'gold'}])
    assert found.homes(0).tolist() == [False, True, False, False]
    assert found.homes(1).tolist() == [False, True, True, False]


def test_types_are_alike_that_differ_in_their_backend_alone():
    specs = {'a': {'volume_backend_name': 'x', 'media': 'ssd'}, 'b': {'media': 'ssd'},
             'c': {'volume_backend_name': 'y', 'media': 'disk'}, 'untold': None}
    found = rules([], [], volume_types=[{'name': name, 'extra_specs': asked}
                                        for name, asked in specs.items()])
    assert [found.alike(name) for name in specs] == [('b',), ('a',), (), ()]
    assert found.alike('') == ()
