# SPDX-License-Identifier: Apache-2.0
"""What holds for every move of a volume, by Cinder's own words and without asking the code that made it."""

import math

from watcher_py.core.changes import Migrate, MoveVolume


class VolumeLedger:
    """Pools as Cinder keeps them: a volume on its way counts in both."""

    def __init__(self, cluster):
        self.cluster, storage = cluster, cluster.storage
        self.pools = {name: row for row, name in enumerate(storage.pools.name)}
        self.volumes = {uuid: row for row, uuid in enumerate(storage.volumes.uuid)}
        self.free, self.provisioned = storage.pools.free.copy(), storage.pools.provisioned.copy()
        self.moved, self.moving, self.travelling = set(), set(), set()

    def start(self, change):
        if isinstance(change, Migrate):
            self.travelling.add(change.server)
            busy = {server for row in self.moving for server in self.cluster.storage.volumes.attached_to[row]}
            assert change.server not in busy, f'{change}: one of its volumes is on its way'
        if isinstance(change, MoveVolume):
            row, target = self.volumes[change.volume], self.pools[change.target]
            assert row not in self.moved, f'{change}: it moves twice'
            self.check_volume(row, change)
            self.check_pool(row, target, change)
            size = self.cluster.storage.volumes.size[row]
            self.free[target] -= size
            self.provisioned[target] += size
            self.moved.add(row)
            self.moving.add(row)

    def end(self, change):
        if isinstance(change, Migrate):
            self.travelling.discard(change.server)
        if isinstance(change, MoveVolume):
            row, source = self.volumes[change.volume], self.pools[change.source]
            self.moving.discard(row)
            size = self.cluster.storage.volumes.size[row]
            self.provisioned[source] -= size
            # Of a thin volume nobody knows what was written: nothing of it is sure to come free.
            self.free[source] += 0.0 if self.cluster.storage.pools.thin[source] else size

    def check_volume(self, row, change):
        volumes, servers = self.cluster.storage.volumes, self.cluster.servers
        assert volumes.pool[row] == self.pools[change.source] != self.pools[change.target], change
        assert not volumes.excluded[row], f'{change}: excluded'
        assert volumes.known[row], f'{change}: not known'
        assert volumes.snapshots[row] == 0, f'{change}: it has snapshots, or nobody knows'
        assert volumes.status[row] in ('available', 'in-use'), f'{change}: {volumes.status[row]}'
        assert volumes.migration_status[row] in (None, '', 'none', 'success', 'error'), f'{change}: under way'
        assert len(volumes.attached_to[row]) <= 1, f'{change}: it has several users'
        for uuid in set(volumes.attached_to[row]) & set(servers.uuid):
            server = servers.uuid.index(uuid)
            assert servers.state[server] in ('active', 'paused'), f'{change}: under a server that is off'
            assert uuid not in self.travelling, f'{change}: its server is on its way'
            for flag in (servers.locked[server], servers.excluded[server], servers.task_state[server]):
                assert not flag, f'{change}: its server is not to be touched'

    def check_pool(self, row, target, change):
        pools, volumes = self.cluster.storage.pools, self.cluster.storage.volumes
        source = volumes.pool[row]
        for pool in (source, target):
            assert pools.known[pool], f'{change}: {pools.name[pool]} is not known'
            assert pools.up[pool], f'{change}: {pools.name[pool]} is down'
        assert pools.enabled[target], f'{change}: the target is disabled'
        assert pools.zone[target] == volumes.zone[row], f'{change}: into another zone'
        wanted = change.target_type or volumes.type[row]
        assert not wanted or wanted in pools.types[target], f'{change}: of another type'
        if change.target_type:
            assert change.target_type not in pools.types[source], f'{change}: Cinder would leave it there'
        size, total = volumes.size[row], pools.total[target]
        reserved = 0 if math.isinf(total) else total * pools.reserved_percentage[target] / 100
        assert self.free[target] - reserved >= size - 1e-6, f'{change}: no room'
        if pools.thin[target]:
            promised = total * pools.max_over_subscription_ratio[target]
            assert promised - self.provisioned[target] >= size - 1e-6, f'{change}: promises too much'
