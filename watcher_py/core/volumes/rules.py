# SPDX-License-Identifier: Apache-2.0
"""Which pools take a volume, and how much of it: as Cinder sees it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Floats, Ints
from watcher_py.core.columns import Names
from watcher_py.core.storage import Pools, Storage
from watcher_py.core.volumes.stay import reasons

# What of a type's extra specs chooses the backend; the rest is what its users were promised.
BACKEND_SPEC = 'volume_backend_name'


@dataclass(frozen=True, eq=False)
class VolumeRules:
    """The rules of one cluster; a volume keeps its zone, and if it can its type."""

    cluster: Cluster

    @property
    def storage(self) -> Storage:
        return self.cluster.storage

    def stuck(self, volumes: Ints) -> list[str]:
        """[volumes] Why each of these stays wherever else there is room; '' if it may move."""
        return reasons(self.cluster, volumes)

    @cached_property
    def open(self) -> Bools:
        """[P] The pools that take anything at all."""
        pools = self.storage.pools
        return np.asarray(pools.known & pools.up & pools.enabled & (self.room > 0))

    @cached_property
    def room(self) -> Floats:
        """[P] GB of volumes that still go in, each counted in full; 0 where that isn't known.

        What is reserved is for no volume, and where a pool is thin no more is promised than it allows.
        """
        return room_of(self.storage.pools)

    def homes(self, volume: int) -> Bools:
        """[P] The other open pools that take it as it is, whatever it needs of their room."""
        volumes = self.storage.volumes
        return self._open_to(volume) & self._offering(volumes.type[volume])

    def retyped(self, volume: int, to: str) -> Bools:
        """[P] The open pools where it may come to lie when it becomes one of this type; none unless it moves.

        Cinder chooses among them. It leaves a volume where it is if its pool offers the type as well.
        """
        volumes = self.storage.volumes
        offers = self._offering(to)
        if offers[volumes.pool[volume]] or to == volumes.type[volume]:
            return np.zeros(len(offers), dtype=bool)
        return self._open_to(volume) & offers

    def may_choose(self, to: str) -> Bools:
        """[P] The pools that Cinder may choose for a type, those too of which not enough is known."""
        pools = self.storage.pools
        return np.asarray(self._offering(to) & pools.up & pools.enabled)

    def alike(self, type_name: str) -> Names:
        """Other types that promise the same but for the backend."""
        specs = {one.name: one.extra_specs for one in self.storage.types}
        promised = _promised(specs.get(type_name))
        return tuple(name for name, asked in specs.items()
                     if name != type_name and promised is not None and _promised(asked) == promised)

    def _open_to(self, volume: int) -> Bools:
        volumes = self.storage.volumes
        found: Bools = self.open & self._zones[volumes.zone[volume]]
        found[volumes.pool[volume]] = False
        return found

    def _offering(self, type_name: str) -> Bools:
        """[P] The pools that offer the type; a volume without a type goes anywhere."""
        if type_name not in self._offers:
            self._offers[type_name] = np.array(
                [not type_name or type_name in types for types in self.storage.pools.types], dtype=bool)
        return self._offers[type_name]

    @cached_property
    def _offers(self) -> dict[str, Bools]:
        return {}

    @cached_property
    def _zones(self) -> dict[str, Bools]:
        zones = np.array(self.storage.pools.zone, dtype=object)
        return {zone: np.array(zones == zone, dtype=bool) for zone in set(self.storage.volumes.zone)}


def room_of(pools: Pools) -> Floats:
    """[P] See VolumeRules.room."""
    return np.asarray(rooms_of(pools).min(axis=1))


def rooms_of(pools: Pools) -> Floats:
    """[P, 2] GB that are free and not reserved, and GB that may still be promised; 0 where not known."""
    # A pool without an end has no share of it that is reserved.
    reserved = np.where(np.isinf(pools.total), 0.0, pools.total) * pools.reserved_percentage / 100
    with np.errstate(invalid='ignore'):         # what has no end less what has none
        free = pools.free - np.ceil(reserved)
        promised = pools.total * pools.max_over_subscription_ratio - pools.provisioned
    # Cinder takes a ratio below 1 for a mistake, and puts nothing there.
    promised = np.where(pools.max_over_subscription_ratio >= 1, promised, 0.0)
    rooms = np.stack([free, np.where(pools.thin, promised, np.inf)], axis=1)
    return np.asarray(np.maximum(np.nan_to_num(rooms, nan=0.0, posinf=math.inf), 0.0))


def _promised(specs: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if specs is None else {
        key: value for key, value in specs.items() if key.split(':')[-1] != BACKEND_SPEC}
