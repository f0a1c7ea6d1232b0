# SPDX-License-Identifier: Apache-2.0
"""Storage and machines read through faults: never an error, never a pool that is emptier than it is."""

import random

import numpy as np
import pytest

from tests.core.clusters import document, host
from tests.core.storages import pool, volume
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core import storage_document
from watcher_py.core.document import read
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults, Kind
from watcher_py.sim.server import Cloud

RUNS = 25
KINDS = sorted(set(Kind) - {Kind.HANG, Kind.SLOW})
PATHS = ('/get_pools', '/os-services', '/types', '/volumes/detail', '/snapshots', '/nodes', '/volume/v3',
         '/baremetal/v1', '/auth/tokens', '/')
LISTS = {
    'pools': [pool(1, volume_types=['gold']), pool(2, total_gb=None, free_gb=None),
              pool(3, total_gb='infinite', free_gb='infinite'), pool(4)],
    'volumes': [volume(f'v{number}', number % 4 + 1, snapshots=number % 2) for number in range(12)],
    'volume_types': [{'name': 'gold'}],
    'machines': [{'id': f'm{number}', 'power_state': 'power on'} for number in range(4)]}


def _assert_true(storage, world):
    """What is said of known pools is so."""
    for row in np.flatnonzero(storage.pools.known):
        name = storage.pools.name[row]
        inside = {uuid: size for uuid, size, place in zip(
            storage.volumes.uuid, storage.volumes.size, storage.volumes.pool, strict=True) if place == row}
        assert inside == {one.uuid: one.size for one in world.storage.volumes.values() if one.pool == name}
        assert storage.pools.types[row] <= world.storage.pools[name].types
        assert storage.pools.up[row]


@pytest.mark.parametrize('seed', range(4))
def test_whatever_fails_nothing_raises_and_what_is_known_is_true(seed):
    dice = random.Random(seed)
    with Cloud(read(document([host('a')], [], **LISTS)), Clock(speed=0), faults=Faults(seed=seed)) as cloud:
        connection = connect_with(cloud.credentials())
        collector = StorageCollector(Volumes(connection, tries=1, interval=0))
        machines = MachineCollector(Baremetal(connection, tries=1, interval=0))
        for run in range(RUNS):
            if run % 10 == 0:           # every now and then nothing is known from before
                collector = StorageCollector(Volumes(connection, tries=1, interval=0))
            for _ in range(dice.randrange(1, 4)):
                cloud.faults.strike(dice.choice(PATHS), dice.choice(KINDS), times=dice.randrange(1, 4))
            storage, gaps = collector.newest(0)
            _assert_true(storage, cloud.world)
            assert storage.pools.known.all() or gaps
            storage_document.lists(storage)
            found, missing = machines.newest(0)
            assert found.known.all() or missing
            cloud.faults.heal()
            if dice.random() < 0.3:
                assert collector.newest(0)[1] == ()
                assert machines.newest(0)[1] == ()
