# SPDX-License-Identifier: Apache-2.0
"""The storage of the cloud as columns: pools, the volumes in them, and the types of volumes. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from watcher_py.core.columns import NO_ROW, Bools, Floats, Ints, Names


@dataclass(frozen=True)
class VolumeType:
    """What a volume may be asked for as."""

    name: str
    uuid: str = ''
    extra_specs: Mapping[str, str] | None = None        # None: not told


@dataclass(frozen=True, eq=False, kw_only=True)
class Pools:
    """Storage pools, a row each; P rows. Sizes are GB; NaN is unknown, inf is a pool that has no end."""

    name: Names                         # host@backend#pool, as Cinder names it
    host: Names                         # of its volume service: host@backend
    backend: Names                      # volume_backend_name, '' when unknown
    zone: Names
    types: tuple[frozenset[str], ...]   # names of the volume types whose extra specs it satisfies
    enabled: Bools                      # [P] its service takes new volumes
    up: Bools                           # [P] its service and its backend report
    known: Bools                        # [P] False: something of it could not be read
    total: Floats                       # [P]
    free: Floats                        # [P]
    allocated: Floats                   # [P] what Cinder itself has given out of it
    provisioned: Floats                 # [P] promised to whoever uses it: above `total`, where it is thin
    reserved_percentage: Floats         # [P] of `total`, not for volumes
    max_over_subscription_ratio: Floats     # [P] of `total`, that may be promised where it is thin
    thin: Bools                         # [P]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, eq=False, kw_only=True)
class Volumes:
    """Volumes, a row each; V rows."""

    uuid: Names
    name: Names
    project: Names
    type: Names                         # '' for a volume without a type
    size: Floats                        # [V] GB, NaN when unknown
    status: Names                       # Cinder's: available, in-use, retyping, ...
    migration_status: tuple[str | None, ...]    # Cinder's: migrating, success, target:<uuid>, ...
    pool: Ints                          # [V] row of its pool, NO_ROW where that isn't known
    zone: Names
    bootable: Bools                     # [V]
    multiattach: Bools                  # [V]
    attached_to: tuple[Names, ...]      # uuids of servers
    snapshots: Floats                   # [V] how many there are of it, NaN when unknown
    metadata: tuple[Mapping[str, str], ...]
    created: Names                      # ISO 8601, '' when unknown
    excluded: Bools                     # [V] by the audit's scope: stays where it is
    known: Bools                        # [V] False: something of it could not be read

    def __len__(self) -> int:
        return len(self.uuid)


@dataclass(frozen=True, eq=False)
class Storage:
    """Pools, volumes, and the types that volumes have."""

    pools: Pools
    volumes: Volumes
    types: tuple[VolumeType, ...] = ()

    def used(self) -> Floats:
        """[P] GB of the volumes in each pool; NaN where the size of one isn't known."""
        volumes = self.volumes
        placed = volumes.pool != NO_ROW
        return np.bincount(volumes.pool[placed], volumes.size[placed], len(self.pools)).astype(float)


_FLAGS = np.zeros(0, dtype=bool)
_SIZES = np.zeros(0)
_ROWS = np.zeros(0, dtype=np.int64)

NO_STORAGE = Storage(
    Pools(name=(), host=(), backend=(), zone=(), types=(), enabled=_FLAGS, up=_FLAGS, known=_FLAGS,
          total=_SIZES, free=_SIZES, allocated=_SIZES, provisioned=_SIZES, reserved_percentage=_SIZES,
          max_over_subscription_ratio=_SIZES, thin=_FLAGS),
    Volumes(uuid=(), name=(), project=(), type=(), size=_SIZES, status=(), migration_status=(), pool=_ROWS,
            zone=(), bootable=_FLAGS, multiattach=_FLAGS, attached_to=(), snapshots=_SIZES, metadata=(),
            created=(), excluded=_FLAGS, known=_FLAGS))
