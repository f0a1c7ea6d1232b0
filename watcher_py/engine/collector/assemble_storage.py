# SPDX-License-Identifier: Apache-2.0
"""Cinder's lists become a Storage that tells the truth, and says what it doesn't know."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watcher_py.cloud.volume_rows import PoolNow, VolumeNow, VolumeService
from watcher_py.core.columns import NO_ROW, Bools, Floats, Ints
from watcher_py.core.storage import Pools, Storage, Volumes
from watcher_py.engine.collector.doubts import Doubts, named
from watcher_py.engine.collector.offered_types import offered
from watcher_py.engine.collector.storage_picture import StoragePicture

Collected = tuple[Storage, tuple[str, ...]]


def assemble_storage(picture: StoragePicture) -> Collected:
    """What the lists describe together, and a sentence for each gap; pools that a gap concerns are frozen."""
    pools = sorted({one.name: one for one in picture.pools.rows}.values(), key=lambda one: one.name)
    volumes = sorted({one.uuid: one for one in picture.volumes.rows}.values(), key=lambda one: one.uuid)
    types = {one.name: one for one in picture.types.rows}
    services = _services(picture.services.rows)
    rows = _rows(pools, volumes)
    known, gaps = _truth(picture, pools, services, volumes, rows)
    return Storage(_pools(picture, pools, services, known), _volumes(picture, volumes, rows),
                   tuple(types[name] for name in sorted(types))), gaps


def _services(services: Iterable[VolumeService]) -> dict[str, list[VolumeService]]:
    """The services by what pools are called after: the service's host, or its cluster."""
    found: dict[str, list[VolumeService]] = {}
    for one in services:
        for name in {one.host, one.cluster} - {None, ''}:
            found.setdefault(str(name), []).append(one)
    return found


def _rows(pools: Sequence[PoolNow], volumes: Sequence[VolumeNow]) -> Ints:
    """[V] The row of each volume's pool."""
    by_name = {one.name: row for row, one in enumerate(pools)}
    # Volumes from before there were pools name their host alone.
    pools_of = Counter(one.host for one in pools)
    only = {one.host: row for row, one in enumerate(pools) if pools_of[one.host] == 1}
    places = {**only, **by_name}
    return np.array([places.get(one.pool or '', places.get(one.cluster_pool or '', NO_ROW))
                     for one in volumes], dtype=np.int64)


def _truth(picture: StoragePicture, pools: Sequence[PoolNow], services: Mapping[str, list[VolumeService]],
           volumes: Sequence[VolumeNow], rows: Ints) -> tuple[Bools, tuple[str, ...]]:
    """[P] Whether a pool is known, and a sentence for each gap."""
    doubts = Doubts(tuple(one.name for one in pools), 'every storage pool')
    every = np.ones(len(pools), dtype=bool)
    # A volume that isn't listed may lie in any pool, a type that isn't may be one that any pool offers.
    for part in (picture.pools, picture.services, picture.types, picture.volumes):
        if part.missing:
            doubts.add(every, part.missing)
    doubts.add(_flags(one.host not in services for one in pools), None,
               'Cinder knows no volume service of theirs')
    doubts.add(_flags(not one.is_told for one in pools), None, 'their backends tell nothing of them')
    unsized = [row for row, one in enumerate(volumes) if math.isnan(one.size)]
    doubts.add(np.isin(np.arange(len(pools)), rows[unsized]), None,
               f'Cinder does not tell the size of {named([volumes[row].uuid for row in unsized])}')
    if vague := [one.name for one in picture.types.rows if one.extra_specs is None]:
        doubts.tell(f'Cinder does not tell what volume types ask for; offered nowhere: {named(vague)}')
    if missing := picture.snapshots.missing:
        doubts.tell(f'{missing}; which volumes have snapshots is not known')
    return doubts.known, tuple(doubts.gaps)


def _pools(picture: StoragePicture, pools: Sequence[PoolNow], services: Mapping[str, list[VolumeService]],
           known: Bools) -> Pools:
    found = [services.get(one.host, []) for one in pools]
    zones = [next((one.zone for one in some), '') for some in found]
    return Pools(
        name=tuple(one.name for one in pools), host=tuple(one.host for one in pools),
        backend=tuple(one.backend for one in pools), zone=tuple(zones),
        types=tuple(offered(picture.types.rows, one.capabilities, zone)
                    for one, zone in zip(pools, zones, strict=True)),
        enabled=_flags(any(one.enabled for one in some) for some in found),
        up=_flags(one.up and any(service.up for service in some)
                  for one, some in zip(pools, found, strict=True)),
        known=known, total=_amounts(one.total for one in pools), free=_amounts(one.free for one in pools),
        allocated=_amounts(one.allocated for one in pools),
        provisioned=_amounts(one.provisioned for one in pools),
        reserved_percentage=_amounts(one.reserved_percentage for one in pools),
        max_over_subscription_ratio=_amounts(one.max_over_subscription_ratio for one in pools),
        thin=_flags(one.thin for one in pools))


def _volumes(picture: StoragePicture, volumes: Sequence[VolumeNow], rows: Ints) -> Volumes:
    counts = Counter(one.volume for one in picture.snapshots.rows)
    sizes = _amounts(one.size for one in volumes)
    snapshots = _amounts(counts[one.uuid] for one in volumes)
    return Volumes(
        uuid=tuple(one.uuid for one in volumes), name=tuple(one.name for one in volumes),
        project=tuple(one.project for one in volumes), type=tuple(one.type for one in volumes),
        size=sizes, status=tuple(one.status for one in volumes),
        migration_status=tuple(one.migration_status for one in volumes), pool=rows,
        zone=tuple(one.zone for one in volumes), bootable=_flags(one.bootable for one in volumes),
        multiattach=_flags(one.multiattach for one in volumes),
        attached_to=tuple(one.attached_to for one in volumes),
        snapshots=snapshots if picture.snapshots.is_whole else np.full(len(volumes), np.nan),
        metadata=tuple(one.metadata for one in volumes), created=tuple(one.created for one in volumes),
        excluded=np.zeros(len(volumes), dtype=bool), known=~np.isnan(sizes))


def _amounts(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=float)


def _flags(values: Iterable[bool]) -> Bools:
    return np.array(list(values), dtype=bool)
