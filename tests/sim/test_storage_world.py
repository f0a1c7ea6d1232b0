# SPDX-License-Identifier: Apache-2.0
"""The emulated pools: what they hold, and what is left of them."""

import math

import pytest

from tests.core.clusters import document
from tests.core.storages import POOLS, pool
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.storage_world import StorageWorld

THIN = {'thin': True, 'total_gb': 100, 'free_gb': 80, 'provisioned_gb': 150, 'max_over_subscription_ratio': 2}


def _world(**values):
    snapshot = read(document([], [], pools=[pool(1, **values)], volume_types=[{'name': 'gold'}]))
    return StorageWorld(Clock(speed=0), snapshot.cluster.storage)


@pytest.mark.parametrize(('values', 'most'), [
    ({'free_gb': 40}, 40), ({'free_gb': 400, 'reserved_percentage': 10}, 300), (THIN, 50)])
def test_a_pool_holds_what_is_free_or_may_be_promised(values, most):
    found = _world(**values).pools[POOLS[0]]
    assert found.holds(most)
    assert not found.holds(most + 1)


@pytest.mark.parametrize('said', [None, 'infinite'])
def test_where_nobody_knows_what_is_free_it_is_tried(said):
    assert _world(free_gb=said).pools[POOLS[0]].holds(10 ** 6)


def test_what_is_taken_is_given_back():
    world = _world(free_gb=40)
    before = world.pools[POOLS[0]]
    world.take(POOLS[0], 10)
    assert (world.pools[POOLS[0]].free, world.pools[POOLS[0]].allocated) == (30, before.allocated + 10)
    world.take(POOLS[0], -10)
    assert world.pools[POOLS[0]] == before


def test_of_a_thin_pool_only_a_share_is_written():
    world = _world(**THIN)
    world.take(POOLS[0], 30)
    assert world.pools[POOLS[0]].free == pytest.approx(80 - 30 * 20 / 150)
    assert world.pools[POOLS[0]].provisioned == 180


def test_a_pool_of_unknown_size_stays_unknown():
    world = _world(**{**THIN, 'free_gb': None})
    world.take(POOLS[0], 30)
    assert math.isnan(world.pools[POOLS[0]].free)


def test_a_type_of_which_nothing_is_told_asks_for_something_of_its_own():
    assert list(_world().types['gold'].extra_specs) == ['offers_gold']
