# SPDX-License-Identifier: Apache-2.0
"""Empty storage pools for a strategy: which volumes go where and why, and why others stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watcher_py.core.changes import MoveVolume
from watcher_py.core.cluster import Bools, Cluster
from watcher_py.core.solution import Proposal
from watcher_py.core.volumes.rules import VolumeRules


@dataclass(frozen=True)
class Leaving:
    """What is to leave a pool, and for where: a pool as it is, or any pool as one of another type."""

    source: int                     # rows of pools
    target: int | None = None
    new_type: str | None = None
    of_type: str | None = None      # None: volumes of every type


@dataclass(frozen=True, eq=False)
class VolumeEvacuation:
    """Pools that were to be emptied; volumes are rows."""

    cluster: Cluster
    wishes: Mapping[int, Leaving]   # of each volume that is to leave
    targets: Mapping[int, int]      # of those that do: the pool; of a retyped one where Cinder is to put it
    reasons: Mapping[int, str]      # of those that stay
    bound: int                      # so many stay whatever is done

    def move(self, volume: int) -> Proposal:
        volumes, name = self.cluster.storage.volumes, self.cluster.storage.pools.name
        wish, target = self.wishes[volume], name[self.targets[volume]]
        change = MoveVolume(volumes.uuid[volume], volumes.name[volume], name[wish.source], target,
                            wish.new_type)
        what = f'all volumes of type {wish.of_type}' if wish.of_type else 'all volumes'
        why = 'is named to take them' if wish.new_type is None else f'offers type {wish.new_type}'
        return Proposal(change, f'{what} leave {name[wish.source]}; {target} {why}, and has room for its '
                                f'{volumes.size[volume]:g} GB')

    def stayed(self) -> dict[str, str]:
        """Why they stay: uuid -> reason."""
        return {self.cluster.storage.volumes.uuid[row]: why for row, why in self.reasons.items()}


def evacuate_pools(cluster: Cluster, wishes: Sequence[Leaving]) -> VolumeEvacuation:
    """As many volumes leave as find room."""
    leaving = leaving_volumes(cluster, wishes)
    if not leaving:
        return VolumeEvacuation(cluster, {}, {}, {}, 0)
    rules, closed = VolumeRules(cluster), np.zeros(len(cluster.storage.pools), dtype=bool)
    closed[[wish.source for wish in wishes]] = True
    room, targets, reasons = rules.room.copy(), {}, {}
    sizes, reachable, able = cluster.storage.volumes.size, closed & ~closed, []
    # The smallest first: no other order brings more of them into one pool.
    rows = sorted(leaving, key=lambda row: (sizes[row], row))
    for row, stuck in zip(rows, rules.stuck(np.array(rows)), strict=True):
        ways, why = (closed & ~closed, stuck) if stuck else _ways(rules, row, leaving[row], closed)
        if not ways.any():
            reasons[row] = why
            continue
        able.append(float(sizes[row]))
        reachable |= ways
        fitting = np.flatnonzero(ways & (room >= sizes[row]))
        if len(fitting):
            # Where Cinder chooses, it takes the pool with the most room.
            targets[row] = int(max(fitting.tolist(), key=lambda pool: (room[pool], pool)))
            room[targets[row]] -= sizes[row]
        else:
            reasons[row] = 'no pool where it may go has room for it'
    most = int((np.cumsum(able) <= rules.room[reachable].sum()).sum())
    return VolumeEvacuation(cluster, leaving, targets, reasons, len(leaving) - most)


def leaving_volumes(cluster: Cluster, wishes: Sequence[Leaving]) -> dict[int, Leaving]:
    """What is to leave, and for where; of several wishes the first counts that concerns a volume."""
    volumes = cluster.storage.volumes
    found: dict[int, Leaving] = {}
    for wish in wishes:
        for row in np.flatnonzero(volumes.pool == wish.source).tolist():
            if wish.of_type in (None, volumes.type[row]):
                found.setdefault(row, wish)
    return found


def _ways(rules: VolumeRules, row: int, wish: Leaving, closed: Bools) -> tuple[Bools, str]:
    """[P] Where it may go, whatever its size; and where that is nowhere, why."""
    nowhere = np.zeros(len(closed), dtype=bool)
    if wish.target is not None:
        return _ways_as_it_is(rules, row, wish.target)
    new_type, volumes = wish.new_type or '', rules.storage.volumes
    if new_type == volumes.type[row]:
        return nowhere, f'it is of type {new_type} already, and that moves nothing'
    if new_type in rules.storage.pools.types[volumes.pool[row]]:
        return nowhere, f'its pool offers type {new_type} as well, so Cinder would leave it there'
    ways = rules.retyped(row, new_type) & ~closed
    if (rules.may_choose(new_type) & ~ways).any():
        return nowhere, (f'of the pools that offer type {new_type}, Cinder may choose one that is to be '
                         'emptied, in another zone, full or not known in whole')
    return ways, f'no pool that takes volumes offers type {new_type}'


def _ways_as_it_is(rules: VolumeRules, row: int, target: int) -> tuple[Bools, str]:
    pools, volumes = rules.storage.pools, rules.storage.volumes
    ways = rules.homes(row)
    ways[:target], ways[target + 1:] = False, False
    if not rules.open[target]:
        why = 'takes no volumes: it is down, disabled, full or not known in whole'
    elif pools.zone[target] != volumes.zone[row]:
        why = f'is in zone {pools.zone[target]}, it is in {volumes.zone[row]}'
    else:
        why = f'does not offer its type {volumes.type[row]}'
    return ways, f'{pools.name[target]} {why}'
