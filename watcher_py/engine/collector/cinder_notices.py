# SPDX-License-Identifier: Apache-2.0
"""What Cinder's notifications say: the one place that knows the keys of their payloads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from watcher_py.bus.notice import Notice
from watcher_py.cloud.json_values import amount, maybe, named, text, texts
from watcher_py.cloud.volume_rows import SnapshotNow

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PoolTold:
    """The sizes of a pool, as Cinder's scheduler has just learned them."""

    sent: float
    name: str
    total: float
    free: float
    allocated: float
    provisioned: float


@dataclass(frozen=True, slots=True)
class VolumeTold:
    """A volume as a notification tells it; None is what isn't told."""

    sent: float
    uuid: str
    name: str
    project: str
    type: str | None                            # the uuid of its type
    size: float
    status: str
    pool: str | None
    zone: str
    attached_to: tuple[str, ...] | None
    metadata: Mapping[str, str] | None
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class SnapshotTold:
    sent: float
    snapshot: SnapshotNow
    is_deleted: bool


CinderEvent: TypeAlias = PoolTold | VolumeTold | SnapshotTold


def understand(notice: Notice) -> CinderEvent | None:
    """The event; None when nobody follows its type; fails as parsing fails when its payload is malformed."""
    read = _READERS.get(notice.type)
    return read(notice) if read else None


def _pool(notice: Notice) -> PoolTold:
    told = notice.payload
    return PoolTold(notice.sent, named(told['name_to_id']), amount(told['total']), amount(told['free']),
                    amount(told['allocated']), amount(told['provisioned']))


def _volume(notice: Notice) -> VolumeTold:
    told = notice.payload
    return VolumeTold(
        notice.sent, uuid=named(told['volume_id']), name=text(told['display_name']),
        project=text(told['tenant_id']), type=maybe(told['volume_type']), size=amount(told['size']),
        status=named(told['status']), pool=maybe(told['host']), zone=text(told['availability_zone']),
        attached_to=_servers(told.get('volume_attachment')), metadata=_metadata(told.get('metadata')),
        is_deleted=notice.type == 'volume.delete.end')


def _snapshot(notice: Notice) -> SnapshotTold:
    told = notice.payload
    return SnapshotTold(notice.sent, SnapshotNow(named(told['snapshot_id']), named(told['volume_id'])),
                        notice.type == 'snapshot.delete.end')


def _servers(attachments: Any) -> tuple[str, ...] | None:
    """Those of a volume that is being attached or detached count until they are gone."""
    if not _are_rows(attachments, 'instance_uuid'):
        return None
    return tuple(sorted(map(named, {one['instance_uuid'] for one in attachments} - {None})))


def _metadata(told: Any) -> Mapping[str, str] | None:
    """Some releases send an object, others the rows of a table."""
    if isinstance(told, Mapping):
        return texts(told)
    return texts({one['key']: one['value'] for one in told}) if _are_rows(told, 'key', 'value') else None


def _are_rows(value: Any, *keys: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and all(key in one for key in keys) for one in value)


_VOLUMES = tuple(f'volume.{deed}.end' for deed in (
    'create', 'update', 'attach', 'detach', 'resize', 'delete'))
_SNAPSHOTS = ('snapshot.create.end', 'snapshot.delete.end')

_READERS: Mapping[str, Callable[[Notice], CinderEvent]] = {
    'capacity.pool': _pool, **dict.fromkeys(_VOLUMES, _volume), **dict.fromkeys(_SNAPSHOTS, _snapshot)}
