# SPDX-License-Identifier: Apache-2.0
"""The state of the emulated storage: pools, volumes, and the moves that are under way."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core import storage as core
from watcher_py.core.columns import NO_ROW
from watcher_py.core.errors import NotFound
from watcher_py.sim.clock import Clock, moment_of
from watcher_py.sim.ids import derived_id
from watcher_py.sim.storage_records import Message, Move, Pool, Volume, VolumeType


class StorageWorld:
    """What Cinder knows; as the World, it is touched under the World's lock."""

    def __init__(self, clock: Clock, storage: core.Storage = core.NO_STORAGE):
        self.clock = clock
        self.pools = {pool.name: pool for pool in _pools(storage.pools)}
        self.types = {one.name: one for one in map(_type, storage.types)}
        self.volumes = {one.uuid: one for one in _volumes(storage, clock.now())}
        self.moves: dict[str, Move] = {}        # by the volume
        self.departures: list[Move] = []        # all there were
        self.messages: list[Message] = []
        self._of_servers: dict[str, list[str]] = {}
        for one in self.volumes.values():
            for server in one.attached_to:
                self._of_servers.setdefault(server, []).append(one.uuid)

    def volume(self, uuid: str) -> Volume:
        if uuid not in self.volumes:
            raise NotFound(f'Volume {uuid} could not be found.')
        return self.volumes[uuid]

    def change(self, uuid: str, **fields: Any) -> Volume:
        changed = replace(self.volumes[uuid], updated=self.clock.now(), **fields)
        self.volumes[uuid] = changed
        return changed

    def complain(self, volume: str, text: str) -> None:
        """A message to the user of the volume."""
        self.messages.append(Message(id=derived_id('message', volume, len(self.messages)), volume=volume,
                                     text=text, created=self.clock.now()))

    def of_server(self, server: str) -> list[str]:
        """The volumes that are attached to it."""
        return self._of_servers.get(server, [])

    def detach(self, server: str) -> None:
        """The server is deleted: its volumes are free."""
        for uuid in self._of_servers.pop(server, []):
            one = self.volumes[uuid]
            left = tuple(other for other in one.attached_to if other != server)
            self.change(uuid, attached_to=left, status=one.status if left else 'available')

    def take(self, pool: str | None, size: float) -> None:
        """So many GB of the pool are given out from now on; with a negative size they are given back."""
        if pool is not None:
            now = self.pools[pool]
            # Of what is promised in a thin pool only a share is written.
            written = (now.total - now.free) / now.provisioned if now.thin and now.provisioned else 1.0
            self.pools[pool] = replace(
                now, allocated=now.allocated + size, provisioned=now.provisioned + size,
                free=now.free - size * (written if math.isfinite(written) else 1.0))


def _pools(pools: core.Pools) -> Iterator[Pool]:
    for row in range(len(pools)):
        yield Pool(
            name=pools.name[row], host=pools.host[row], backend=pools.backend[row], zone=pools.zone[row],
            types=pools.types[row], enabled=bool(pools.enabled[row]), up=bool(pools.up[row]),
            known=bool(pools.known[row]), total=float(pools.total[row]), free=float(pools.free[row]),
            allocated=float(pools.allocated[row]), provisioned=float(pools.provisioned[row]),
            reserved_percentage=float(pools.reserved_percentage[row]),
            max_over_subscription_ratio=float(pools.max_over_subscription_ratio[row]),
            thin=bool(pools.thin[row]))


def _type(one: core.VolumeType) -> VolumeType:
    # Where the document doesn't tell what a type asks for, it asks for a capability of its own name.
    specs = {f'offers_{one.name}': '<is> True'} if one.extra_specs is None else dict(one.extra_specs)
    return VolumeType(id=one.uuid or derived_id('volume type', one.name), name=one.name, extra_specs=specs)


def _volumes(storage: core.Storage, now: float) -> Iterator[Volume]:
    volumes, pools = storage.volumes, storage.pools
    for row in range(len(volumes)):
        created = moment_of(volumes.created[row]) if volumes.created[row] else now
        pool, size, snapshots = volumes.pool[row], volumes.size[row], np.nan_to_num(volumes.snapshots[row])
        yield Volume(
            uuid=volumes.uuid[row], name=volumes.name[row], project=volumes.project[row],
            type=volumes.type[row] or None,
            size=int(size) if np.isfinite(size) and volumes.known[row] else None,
            pool=None if pool == NO_ROW else pools.name[pool], zone=volumes.zone[row], created=created,
            updated=created, status=volumes.status[row], migration_status=volumes.migration_status[row],
            bootable=bool(volumes.bootable[row]), multiattach=bool(volumes.multiattach[row]),
            attached_to=volumes.attached_to[row], snapshots=int(snapshots),
            metadata=dict(volumes.metadata[row]))
