# SPDX-License-Identifier: Apache-2.0
"""The part of the storage that an audit may touch."""

from dataclasses import replace

import numpy as np

from watcher_py.core.columns import Bools, renumbered, rows_of
from watcher_py.core.scope_rules import EVERY, Rules
from watcher_py.core.storage import Pools, Storage, Volumes

_ZONES, _TYPES = 'storage.availability_zones', 'storage.volume_types'


def narrow_storage(storage: Storage, rules: Rules) -> Storage:
    """The storage without the pools that are out of scope; excluded volumes stay, flagged: they take room."""
    chosen = rules.mentions(_ZONES) or rules.mentions(_TYPES)
    kept = ~_excluded_pools(storage.pools, rules)
    if chosen:
        kept &= _listed(storage.pools, rules)
    volumes = replace(storage.volumes,
                      excluded=storage.volumes.excluded | _excluded_volumes(storage.volumes, rules))
    # A volume of which no pool is known is in none of those that were chosen.
    return _only(replace(storage, volumes=volumes), kept, keeps_unplaced=not chosen)


def _listed(pools: Pools, rules: Rules) -> Bools:
    """[P] The pools of the listed zones, and those that offer one of the listed types."""
    zones, types = rules.named(_ZONES, 'name'), rules.named(_TYPES, 'name')
    if EVERY in zones | types:
        return np.ones(len(pools), dtype=bool)
    return np.array([zone in zones or bool(offered & types)
                     for zone, offered in zip(pools.zone, pools.types, strict=True)], dtype=bool)


def _excluded_pools(pools: Pools, rules: Rules) -> Bools:
    names = rules.named('storage.exclude.storage_pools', 'name')
    return np.array([name in names for name in pools.name], dtype=bool)


def _excluded_volumes(volumes: Volumes, rules: Rules) -> Bools:
    uuids = rules.named('storage.exclude.volumes', 'uuid')
    projects = rules.named('storage.exclude.projects', 'uuid')
    return np.array([uuid in uuids or project in projects
                     for uuid, project in zip(volumes.uuid, volumes.project, strict=True)], dtype=bool)


def _only(storage: Storage, kept: Bools, keeps_unplaced: bool) -> Storage:
    """The storage of these pools, and of what is in them."""
    staying = np.append(kept, keeps_unplaced)[storage.volumes.pool]
    volumes = rows_of(storage.volumes, np.flatnonzero(staying))
    return replace(storage, pools=rows_of(storage.pools, np.flatnonzero(kept)),
                   volumes=replace(volumes, pool=renumbered(volumes.pool, kept)))
