# SPDX-License-Identifier: Apache-2.0
"""Bring storage pools that are too full below a threshold, by moving as few GB of volumes as it takes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import MoveVolume
from watcher_py.core.cluster import Bools, Cluster, Ints
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.goals import WORKLOAD_BALANCING
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.solve.lots import Levels, Lot, Way
from watcher_py.core.solve.volumes import least_above, level
from watcher_py.core.storage import Volumes
from watcher_py.core.strategy import Params, Part, Strategy
from watcher_py.core.volumes.levels import PoolLevels, above
from watcher_py.core.volumes.rules import VolumeRules

PARAMETERS = {'properties': {
    'volume_threshold': {'description': 'From so many per cent of its size on, a pool is too full',
                         'type': 'number', 'minimum': 0, 'maximum': 100, 'default': 80.0},
    'ex_pools': {'description': 'Pools that give and take no volumes: whole names, or what follows the #',
                 'type': 'array', 'items': {'type': 'string'}, 'default': ['local_vstorage']},
}}


def needs(params: Params) -> list[MetricNeed]:
    return []


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster, pools = snapshot.cluster, _pools(snapshot, params)
    way_out = _WayOut(cluster, pools, VolumeRules(cluster))
    ways = level(pools.levels, way_out.lots(pools.is_full, ~pools.is_full))
    after = way_out.after(ways)
    sizes = cluster.storage.volumes.size[[row for row, _, _ in ways]]
    return Solution(
        tuple(way_out.moves(ways, after)), _indicators(snapshot, pools, sizes.tolist(), above(after)),
        _outcome(pools.levels.above(), after.above(), way_out.bound(after)),
        way_out.stayed(ways, after), '' if ways else _why_nothing(pools))


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    volumes = before.cluster.storage.volumes
    moved = {deed.parameters.get('resource_id') for deed in done.of(MoveVolume.action_type)}
    sizes = [float(size) for uuid, size in zip(volumes.uuid, volumes.size, strict=True) if uuid in moved]
    return {**_indicators(before, _pools(before, params), sizes, _pools(after, params).is_full),
            **of_moves(before, done)}


def _pools(snapshot: Snapshot, params: Params) -> PoolLevels:
    return PoolLevels(snapshot.cluster.storage.pools, params['volume_threshold'] / 100, params['ex_pools'])


def _indicators(snapshot: Snapshot, pools: PoolLevels, moved: Sequence[float],
                is_full: Bools) -> dict[str, float]:
    """`moved` are the sizes of the volumes that moved; NaN where one isn't known."""
    return {'instance_migrations_count': 0, 'instances_count': len(snapshot.cluster.servers),
            'volume_migrations_count': len(moved), 'moved_volumes_gb': round(float(np.nansum(moved)), 3),
            'full_pools_before_count': int(pools.is_full.sum()), 'full_pools_after_count': int(is_full.sum())}


def _outcome(before: float, after: float, bound: float) -> Outcome:
    """Of GB, without the bit by which a pool stays below its threshold, not at it."""
    return Outcome('GB above the threshold', round(before, 2), round(after, 2), round(bound, 2))


def _why_nothing(pools: PoolLevels) -> str:
    if not len(pools.pools):
        return 'no storage pool is known'
    if not pools.is_full.any():
        return f'every storage pool is below the threshold of {100 * pools.threshold:g} %'
    return 'no volume in a pool that is too full finds room in one that stays below the threshold with it'


@dataclass(frozen=True, eq=False)
class _WayOut:
    """Where volumes may go; ways are those that are gone."""

    cluster: Cluster
    pools: PoolLevels
    rules: VolumeRules

    @cached_property
    def volumes(self) -> Volumes:
        return self.cluster.storage.volumes

    def lots(self, giving: Bools, taking: Bools) -> list[Lot]:
        """What may leave these pools [P] for those [P], alike volumes together."""
        placed, types, zones = self._placed(giving), self.volumes.type, self.volumes.zone
        pools, sizes = self.volumes.pool[placed].tolist(), self.volumes.size[placed].tolist()
        alike: defaultdict[tuple[int, str, str, float, int], list[int]] = defaultdict(list)
        for row, pool, size, rank, stuck in zip(
                placed.tolist(), pools, sizes, self._ranks(placed), self.rules.stuck(placed), strict=True):
            if not stuck:
                alike[pool, types[row], zones[row], size, rank].append(row)
        known: dict[tuple[int, str, str], dict[int, str | None]] = {}
        lots = []
        for (pool, of_type, zone, size, rank), rows in alike.items():
            if (pool, of_type, zone) not in known:
                known[pool, of_type, zone] = self._ways(rows[0], taking)
            if ways := known[pool, of_type, zone]:
                lots.append(Lot(pool, size, rank, ways, tuple(rows)))
        return lots

    def bound(self, after: Levels) -> float:
        """GB above the threshold that every plan leaves; where none are, nothing has to be proven."""
        if not above(after).any():
            return 0.0
        judged = self.pools.is_judged
        return min(least_above(self.pools.levels, self.lots(judged, judged)), after.above())

    def after(self, ways: Sequence[Way]) -> Levels:
        gone, come = np.zeros(len(self.pools.pools)), np.zeros(len(self.pools.pools))
        for row, target, _ in ways:
            gone[self.volumes.pool[row]] += self.volumes.size[row]
            come[target] += self.volumes.size[row]
        return self.pools.levels.after(gone, come)

    def moves(self, ways: Sequence[Way], after: Levels) -> Iterator[Proposal]:
        """What nobody uses goes first, and the small ones before the large."""
        volumes, name, fill = self.volumes, self.pools.pools.name, self.pools.fill
        ranks = self._ranks(np.array([row for row, _, _ in ways], dtype=np.int64))
        for _, (row, target, new_type) in sorted(zip(ranks, ways, strict=True), key=lambda ranked: (
                ranked[0], volumes.size[ranked[1][0]], ranked[1][0])):
            source = int(volumes.pool[row])
            yield Proposal(
                MoveVolume(volumes.uuid[row], volumes.name[row], name[source], name[target], new_type),
                f'{name[source]} is {fill(source, self.pools.levels)} full, and too full from '
                f'{100 * self.pools.threshold:g} % on; {name[target]} has room for its '
                f'{volumes.size[row]:g} GB and ends {fill(target, after)} full')

    def stayed(self, ways: Sequence[Way], after: Levels) -> dict[str, str]:
        """Why volumes stay in pools that stay too full, and why those pools do; pools by name."""
        names, moving, is_full = self.pools.pools.name, {row for row, _, _ in ways}, above(after)
        found = {names[pool]: 'the audit leaves it alone' if self.pools.is_excluded[pool]
                 else 'how much of it is used is not known'
                 for pool in np.flatnonzero(~self.pools.is_judged).tolist()}
        found |= {names[pool]: f'it stays {self.pools.fill(pool, after)} full: no more of what may leave it '
                               'finds room below the threshold elsewhere'
                  for pool in np.flatnonzero(is_full).tolist()}
        rows = self._placed(is_full)
        return found | {self.volumes.uuid[row]: reason or self._why_nowhere(row)
                        for row, reason in zip(rows.tolist(), self.rules.stuck(rows), strict=True)
                        if row not in moving}

    def _placed(self, pools: Bools) -> Ints:
        """The volumes in these pools [P]."""
        return np.flatnonzero(np.append(pools, False)[self.volumes.pool])

    def _ranks(self, rows: Ints) -> list[int]:
        """What nobody uses goes before what is in use, and that before what a server has booted from."""
        users, status = self.volumes.attached_to, self.volumes.status
        return [1 + is_bootable if users[row] or status[row] == 'in-use' else 0
                for row, is_bootable in zip(rows.tolist(), self.volumes.bootable[rows].tolist(), strict=True)]

    def _ways(self, row: int, taking: Bools) -> dict[int, str | None]:
        """A volume keeps its type if another pool offers that; else it may become one that promises the same.

        Where Cinder has a choice, nobody can say which pool it would fill.
        """
        homes = self.rules.homes(row) & self.pools.is_judged
        if homes.any():
            return dict.fromkeys(np.flatnonzero(homes & taking).tolist())
        found: dict[int, str | None] = {}
        for name in self.rules.alike(self.volumes.type[row]):
            chosen = self.rules.retyped(row, name) & self.pools.is_judged & taking
            if chosen.any() and self.rules.may_choose(name).sum() == 1:
                found.setdefault(int(chosen.argmax()), name)
        return found

    def _why_nowhere(self, row: int) -> str:
        if not self._ways(row, self.pools.is_judged):
            return 'no other pool in its zone offers its type, or one that promises the same'
        if not self._ways(row, ~self.pools.is_full):
            return 'every other pool that offers its type is too full as well'
        return 'no other pool has room for it below the threshold'


STRATEGY = Strategy('storage_capacity_balance', 'Storage Capacity Balance Strategy', WORKLOAD_BALANCING,
                    PARAMETERS, needs, decide, parts=frozenset({Part.STORAGE}), measure=measure)
