# SPDX-License-Identifier: Apache-2.0
"""The laws of moves of volumes, on storages in which much can move."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from tests.core.laws import check_laws
from tests.core.storages import POOLS
from tests.core.strategies.every import decide, params_for
from watcher_py.core.changes import MoveVolume
from watcher_py.core.document import read
from watcher_py.core.foresight import foreseen
from watcher_py.core.promise import deeds_of
from watcher_py.core.strategies import storage_capacity_balance, zone_migration

SERVERS = ('vm0', 'vm1', 'vm2')
TYPES = {'gold': {'volume_backend_name': 'x', 'media': 'ssd'},
         'gold2': {'volume_backend_name': 'y', 'media': 'ssd'}, 'silver': {'media': 'disk'}}


class Chance(random.Random):
    def mostly(self, usual, *others):
        return usual if self.random() < 0.95 else self.choice(others)


def a_pool(chance, number):
    return {'name': POOLS[number], 'zone': chance.mostly('az-1', 'az-2'),
            'volume_types': chance.sample(sorted(TYPES), chance.randint(1, 3)),
            'total_gb': 100, 'free_gb': chance.choice((5, 15, 30, 60, 100)),
            'provisioned_gb': chance.randint(60, 130), 'state': chance.mostly('up', 'down'),
            'status': chance.mostly('enabled', 'disabled'), 'known': chance.mostly(True, False),
            'reserved_percentage': chance.mostly(0, 5, None), 'thin': chance.random() < 0.4,
            'max_over_subscription_ratio': chance.mostly(1.3, None)}


def a_volume(chance, name):
    server = chance.choice((None, *SERVERS))
    users = [server, *chance.mostly([], SERVERS[:1])] if server else []
    return {'id': name, 'pool': chance.choice((POOLS[0], *POOLS)), 'size_gb': chance.randint(1, 30),
            'zone': chance.mostly('az-1', 'az-2'), 'type': chance.mostly('', *TYPES),
            'status': chance.mostly('in-use' if users else 'available', 'error'), 'attached_to': users,
            'migration_status': chance.mostly(None, 'success', 'migrating'),
            'bootable': chance.random() < 0.5,
            'snapshots': chance.mostly(0, 1, None), 'excluded': chance.mostly(False, True),
            'known': chance.mostly(True, False)}


def a_snapshot(seed):
    """Up to 20 volumes in four pools, some of them attached to three servers."""
    chance = Chance(seed)
    servers = [instance(name, 'cn0', state=chance.choice(('active', 'active', 'stopped', 'paused')),
                        locked=chance.mostly(False, True)) for name in SERVERS]
    return read(document(
        [host('cn0'), host('cn1'), host('cn2')], servers,
        pools=[a_pool(chance, number) for number in range(len(POOLS))],
        volumes=[a_volume(chance, f'v{number}') for number in range(chance.randint(0, 20))],
        volume_types=[{'name': name, 'extra_specs': specs} for name, specs in TYPES.items()]))


# By a number: hypothesis likes odd clusters, in which hardly anything can move.
snapshots = st.integers(0, 1_000_000).map(a_snapshot)


@pytest.mark.parametrize('strategy', [storage_capacity_balance.STRATEGY, zone_migration.STRATEGY],
                         ids=lambda strategy: strategy.name)
@given(snapshot=snapshots, seed=st.integers(0, 1000))
def test_every_volume_moves_lawfully_in_whatever_order(strategy, snapshot, seed):
    solution, plan = decide(strategy, snapshot)
    check_laws(snapshot, solution, plan, seed)
    strategy.goal.check(solution.indicators)
    assert decide(strategy, snapshot) == (solution, plan)
    moved = [each.change.volume for each in solution.proposals if isinstance(each.change, MoveVolume)]
    assert not set(moved) & set(solution.stayed)
    assert len(set(moved)) == len(moved)


@pytest.mark.parametrize('strategy', [storage_capacity_balance.STRATEGY, zone_migration.STRATEGY],
                         ids=lambda strategy: strategy.name)
@given(snapshot=snapshots)
def test_what_is_promised_is_measured_in_what_is_foreseen(strategy, snapshot):
    solution, plan = decide(strategy, snapshot)
    measured = strategy.measure(snapshot, foreseen(snapshot, plan), params_for(strategy, snapshot),
                                deeds_of(plan))
    assert {name: measured[name] for name in solution.indicators} == pytest.approx(dict(solution.indicators))


@given(snapshots)
def test_no_pool_is_lifted_above_the_threshold(snapshot):
    solution, plan = decide(storage_capacity_balance.STRATEGY, snapshot)
    pools, sizes = snapshot.cluster.storage.pools, dict(zip(
        snapshot.cluster.storage.volumes.uuid, snapshot.cluster.storage.volumes.size, strict=True))
    used = dict(zip(pools.name, pools.total - pools.free, strict=True))
    assert plan.left_out == ()
    for each in solution.proposals:
        assert used[each.change.source] > 80
        used[each.change.target] += sizes[each.change.volume]
        assert used[each.change.target] <= 80


@given(snapshots)
def test_what_leaves_a_pool_and_what_stays_in_it_is_all_there_is(snapshot):
    solution, plan = decide(zone_migration.STRATEGY, snapshot)
    volumes = snapshot.cluster.storage.volumes
    asked = {uuid for uuid, pool in zip(volumes.uuid, volumes.pool, strict=True) if pool == 0}
    moved = {each.change.volume for each in solution.proposals if isinstance(each.change, MoveVolume)}
    assert moved | (asked & set(solution.stayed)) == asked
    assert plan.left_out == ()
