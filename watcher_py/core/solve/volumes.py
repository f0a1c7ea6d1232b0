# SPDX-License-Identifier: Apache-2.0
"""Bring storage pools below their thresholds: a whole-number programme of volumes that are alike."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, diags_array, eye_array, hstack

from watcher_py.core.cluster import Floats
from watcher_py.core.solve.lots import SLACK, Levels, Lot, Way
from watcher_py.core.solve.shed import shed

# An effort, not a time: the same answer on every machine.
_BRANCHINGS = 500
# As a share of all that is moved, so much more than the least is near enough: a GB in a TB.
_NEAR = 1e-3
# GB that one more volume on its way has to save.
_PRICE = 1e-3
# Of the pools where a volume may go, those with the most room.
_TARGETS = 12


Column = tuple[int, int]                # a lot's place, the pool where some of it goes


def level(levels: Levels, lots: Sequence[Lot]) -> list[Way]:
    """As few GB above the threshold as can be; for that, few GB of the higher ranks, then few GB at all.

    Only what is above gives, and only what is below takes, up to its threshold: in any order there is room.
    """
    ways = shed(levels, lots)
    if ways is not None:
        return ways
    programme = _Programme(levels, lots)
    if not programme.columns:
        return []
    found = programme.least(programme.above, None)
    for cost in programme.costs():
        found = programme.least(cost, found)
    return list(programme.ways(found))


def least_above(levels: Levels, lots: Sequence[Lot]) -> float:
    """GB above the threshold that every plan leaves, however it divides volumes and whoever makes way.

    A linear programme: volumes are divisible, all go at once, and pools that are above take some too.
    """
    pools, lots = len(levels.over), _poured(lots)
    columns = [(number, target) for number, lot in enumerate(lots) for target in lot.ways]
    if not pools:
        return 0.0
    come, gone = _flows(lots, columns, pools)
    is_finite = np.isfinite(levels.over)
    lifted = hstack([come - diags_array(levels.share) @ gone, -eye_array(pools)]).tocsr()[is_finite]
    answer = milp(np.concatenate([np.zeros(len(columns)), np.ones(pools)]), constraints=[
        _of_lots(lots, columns, pools),
        LinearConstraint(_and_none(come - gone, pools), -np.inf, levels.room),
        LinearConstraint(lifted, -np.inf, -levels.over[is_finite])], bounds=Bounds(0, np.inf))
    return 0.0 if answer.x is None else max(0.0, float(answer.fun) - SLACK)


class _Programme:
    """Columns: how many of a lot go to a pool, and at the right what stays above in each pool."""

    def __init__(self, levels: Levels, lots: Sequence[Lot]):
        self._levels, self._lots = levels, lots
        self._headroom = levels.headroom()
        self.columns = [(number, target) for number, lot in enumerate(lots)
                        for target in self._targets(lot)]
        pools = len(levels.over)
        come, gone = _flows(lots, self.columns, pools)
        self.above = np.concatenate([np.zeros(len(self.columns)), np.ones(pools)])
        self._rules = [
            _of_lots(lots, self.columns, pools),
            LinearConstraint(_and_none(come, pools), -np.inf, self._headroom),
            LinearConstraint(hstack([diags_array(levels.share) @ gone, eye_array(pools)]),
                             np.maximum(levels.over, 0.0), np.inf)]

    def costs(self) -> Iterator[Floats]:
        """GB of the higher ranks, each with those above it; last of all of every rank, and a bit a volume."""
        sizes = np.array([self._lots[number].size for number, _ in self.columns])
        ranks = np.array([self._lots[number].rank for number, _ in self.columns])
        zeros = np.zeros(len(self._levels.over))
        for rank in sorted(set(ranks.tolist()), reverse=True)[:-1]:
            yield np.concatenate([np.where(ranks >= rank, sizes, 0.0), zeros])
        yield np.concatenate([sizes + _PRICE, zeros])

    def least(self, cost: Floats, before: Floats | None) -> Floats:
        """A solution of this least cost, from now on no costlier; the one before where none is found."""
        if before is not None and cost @ before <= SLACK:
            self._rules.append(LinearConstraint(cost[None, :], -np.inf, SLACK))
            return before
        kinds = np.concatenate([np.ones(len(self.columns)), np.zeros(len(self._levels.over))])
        answer = milp(cost, constraints=self._rules, bounds=Bounds(0, np.inf), integrality=kinds,
                      options={'node_limit': _BRANCHINGS, 'mip_rel_gap': _NEAR})
        found = before if answer.x is None else np.where(kinds > 0, np.round(answer.x), answer.x)
        if found is None:
            found = np.concatenate([np.zeros(len(self.columns)), np.maximum(self._levels.over, 0.0)])
        self._rules.append(LinearConstraint(cost[None, :], -np.inf, float(cost @ found) + SLACK))
        return np.asarray(found, dtype=float)

    def ways(self, found: Floats) -> Iterator[Way]:
        taken = [0] * len(self._lots)
        for (number, target), count in zip(self.columns, found, strict=False):
            lot, first = self._lots[number], taken[number]
            taken[number] += round(count)
            for volume in lot.volumes[first:taken[number]]:
                yield volume, target, lot.ways[target]

    def _targets(self, lot: Lot) -> list[int]:
        fitting = [target for target in lot.ways if self._headroom[target] >= lot.size - SLACK]
        return sorted(fitting, key=lambda target: (-self._headroom[target], target))[:_TARGETS]


def _poured(lots: Sequence[Lot]) -> list[Lot]:
    """Of each pool, what has the same ways as one volume."""
    found: dict[tuple[int, frozenset[int]], float] = {}
    for lot in lots:
        key = lot.pool, frozenset(lot.ways)
        found[key] = found.get(key, 0.0) + lot.size * len(lot.volumes)
    return [Lot(pool, size, 0, dict.fromkeys(sorted(ways)), (number,))
            for number, ((pool, ways), size) in enumerate(found.items())]


def _flows(lots: Sequence[Lot], columns: Sequence[Column], pools: int) -> tuple[csr_array, csr_array]:
    """[P, columns] GB that come to a pool and that go from it, for one volume of each column."""
    sizes = np.array([lots[number].size for number, _ in columns], dtype=float)
    sources = np.array([lots[number].pool for number, _ in columns], dtype=np.int64)
    targets = np.array([target for _, target in columns], dtype=np.int64)
    places, shape = np.arange(len(columns)), (pools, len(columns))
    return csr_array((sizes, (targets, places)), shape), csr_array((sizes, (sources, places)), shape)


def _of_lots(lots: Sequence[Lot], columns: Sequence[Column], pools: int) -> LinearConstraint:
    """No more of a lot go than there are."""
    numbers = np.array([number for number, _ in columns], dtype=np.int64)
    ones = csr_array((np.ones(len(columns)), (numbers, np.arange(len(columns)))), (len(lots), len(columns)))
    return LinearConstraint(_and_none(ones, pools), -np.inf, [len(lot.volumes) for lot in lots])


def _and_none(block: csr_array, pools: int) -> csr_array:
    """The block, and nothing in the columns of what stays above."""
    return hstack([block, csr_array((block.shape[0], pools))])
