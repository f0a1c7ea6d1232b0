# SPDX-License-Identifier: Apache-2.0
"""Cinder's lists as they were read, before they are put together."""

from dataclasses import dataclass, replace

from watcher_py.cloud.listing import Listing
from watcher_py.cloud.volume_rows import PoolNow, SnapshotNow, VolumeNow, VolumeService
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.storage import VolumeType
from watcher_py.engine.collector.merged import stood_in


@dataclass(frozen=True)
class StoragePicture:
    """Cinder's word about the storage of the cloud."""

    pools: Listing[PoolNow]
    services: Listing[VolumeService]
    types: Listing[VolumeType]
    volumes: Listing[VolumeNow]
    snapshots: Listing[SnapshotNow]


NOTHING = StoragePicture(Listing(), Listing(), Listing(), Listing(), Listing())


def read(cinder: Volumes, before: StoragePicture = NOTHING) -> StoragePicture:
    """The storage now; rows of the picture before stand in for those that should come and don't."""
    services = cinder.services()
    pools = _plausible(cinder.pools(), services, before)
    return StoragePicture(
        pools=stood_in(pools, before.pools, lambda one: one.name),
        # Whether a pool takes volumes now, no earlier word can tell.
        services=services,
        types=stood_in(cinder.types(), before.types, lambda one: one.name),
        volumes=stood_in(cinder.volumes(), before.volumes, lambda one: one.uuid),
        snapshots=cinder.snapshots())


def lost(before: StoragePicture, why: str) -> StoragePicture:
    """All that was known, and none of the pools can be relied on any more."""
    return replace(before, pools=Listing(before.pools.rows, why))


def _plausible(pools: Listing[PoolNow], services: Listing[VolumeService],
               before: StoragePicture) -> Listing[PoolNow]:
    """Cinder's scheduler has no pools when it was just started, until they have reported to it."""
    if pools.rows or not pools.is_whole or not (services.rows or before.pools.rows):
        return pools
    return Listing((), 'Cinder lists no storage pool')
