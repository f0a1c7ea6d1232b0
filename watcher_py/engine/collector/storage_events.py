# SPDX-License-Identifier: Apache-2.0
"""The next picture of the storage: the last one, and what was heard since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher_py.cloud.volume_rows import VolumeNow
from watcher_py.engine.collector.cinder_notices import CinderEvent, PoolTold, SnapshotTold, VolumeTold
from watcher_py.engine.collector.storage_picture import StoragePicture

# How far, in seconds, the clock of who sends may be behind ours.
SKEW = 60.0


@dataclass(frozen=True)
class Applied:
    """A picture with events in it; `is_behind` when they tell of more than they say."""

    picture: StoragePicture
    is_behind: bool = False


def applied(picture: StoragePicture, events: Sequence[CinderEvent], read_at: float = 0.0) -> Applied:
    """The picture after these events, in their order.

    `read_at` is when the reading of the picture began, in seconds since the epoch. Of what was sent in the
    minute before, some may be older than the picture: as each event tells the whole of what it can, the last
    one of them puts it right.
    """
    fresh = [event for event in events if event.sent >= read_at - SKEW]
    if not fresh:
        return Applied(picture)
    draft = _Draft(picture)
    for event in fresh:
        draft.take(event)
    return Applied(draft.picture(), draft.is_behind)


class _Draft:
    """The rows of a picture in change, by what events call them."""

    def __init__(self, picture: StoragePicture):
        self._before = picture
        self._pools = {one.name: one for one in picture.pools.rows}
        self._volumes = {one.uuid: one for one in picture.volumes.rows}
        self._snapshots = {one.uuid: one for one in picture.snapshots.rows}
        self._types = {one.uuid: one.name for one in picture.types.rows}
        self.is_behind = False

    def picture(self) -> StoragePicture:
        before = self._before
        return replace(before, pools=replace(before.pools, rows=tuple(self._pools.values())),
                       volumes=replace(before.volumes, rows=tuple(self._volumes.values())),
                       snapshots=replace(before.snapshots, rows=tuple(self._snapshots.values())))

    def take(self, event: CinderEvent) -> None:
        match event:
            case PoolTold():
                self._take_pool(event)
            case VolumeTold():
                self._take_volume(event)
            case SnapshotTold(is_deleted=True):
                self._snapshots.pop(event.snapshot.uuid, None)
            case SnapshotTold():
                self._snapshots[event.snapshot.uuid] = event.snapshot

    def _take_pool(self, event: PoolTold) -> None:
        old = self._pools.get(event.name)
        if old is None:
            self.is_behind = True
            return
        self._pools[event.name] = replace(old, total=event.total, free=event.free, allocated=event.allocated,
                                          provisioned=event.provisioned)

    def _take_volume(self, event: VolumeTold) -> None:
        old = self._volumes.get(event.uuid)
        if event.is_deleted:
            # What a migration leaves behind is deleted, and of the volume that has moved nothing is told.
            self.is_behind |= old is not None and bool(old.migration_status)
            self._volumes.pop(event.uuid, None)
        elif old is None:
            self.is_behind = True
        else:
            self._volumes[event.uuid] = self._next(old, event)

    def _next(self, old: VolumeNow, told: VolumeTold) -> VolumeNow:
        type_ = self._types.get(told.type) if told.type else ''
        self.is_behind |= type_ is None or told.attached_to is None or told.metadata is None
        return replace(
            old, name=told.name, project=told.project, type=old.type if type_ is None else type_,
            size=told.size, status=told.status, pool=told.pool, zone=told.zone,
            attached_to=old.attached_to if told.attached_to is None else told.attached_to,
            metadata=old.metadata if told.metadata is None else told.metadata)
