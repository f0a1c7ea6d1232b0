# SPDX-License-Identifier: Apache-2.0
"""Pools that are too full shed volumes: each the fewest GB that are enough, seated one by one.

What a pool has to shed at least does not depend on the others, and is a subset sum. So where all that is
chosen for each pool by itself finds room, no plan does better, and no programme has to be solved.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from watcher_py.core.solve.lots import SLACK, Levels, Lot, Way

# Some volumes of a lot.
Part = tuple[Lot, tuple[int, ...]]


def shed(levels: Levels, lots: Sequence[Lot]) -> list[Way] | None:
    """What brings every pool to its threshold; None where it can't be told pool by pool, or not at all."""
    headroom: list[float] = levels.headroom().tolist()
    of_pool: defaultdict[int, list[Lot]] = defaultdict(list)
    for lot in lots:
        if any(headroom[target] >= lot.size for target in lot.ways):
            of_pool[lot.pool].append(lot)
    chosen: list[Part] = []
    for pool, (over, share) in enumerate(zip(levels.over.tolist(), levels.share.tolist(), strict=True)):
        if over > SLACK:
            parts = _enough(of_pool[pool], (over - SLACK) / share) if share else None
            if parts is None:
                return None
            chosen += parts
    return _seated(chosen, headroom)


def _enough(lots: Sequence[Lot], least: float) -> list[Part] | None:
    """As few GB of the higher ranks as will do, then few GB at all; None where all is not enough."""
    amounts: dict[int, float] = dict.fromkeys(sorted({lot.rank for lot in lots}, reverse=True), 0.0)
    for lot in lots:
        amounts[lot.rank] += lot.size * len(lot.volumes)
    left = sum(amounts.values())
    if left < least or any(lot.size % 1 for lot in lots):
        return None
    chosen: list[Part] = []
    for rank, amount in amounts.items():
        left -= amount
        parts = _fewest_gb([lot for lot in lots if lot.rank == rank], math.ceil(least - left))
        least -= sum(lot.size * len(volumes) for lot, volumes in parts)
        chosen += parts
    return chosen


def _fewest_gb(lots: Sequence[Lot], least: int) -> list[Part]:
    """Volumes of so many GB or little more, large ones where there is a choice; all are enough."""
    if least <= 0:
        return []
    pieces = [piece for lot in sorted(lots, key=lambda lot: lot.size) for piece in _pieces(lot)]
    bits = (1 << least + max(int(lot.size) for lot in lots)) - 1
    # Bit n of the sums before a piece: some of the pieces before it make n GB.
    sums, sums_before = 1, []
    for lot, volumes in pieces:
        sums_before.append(sums)
        sums |= (sums << int(lot.size) * len(volumes)) & bits
    above = sums >> least
    total = least + (above & -above).bit_length() - 1
    chosen = []
    for (lot, volumes), before in zip(reversed(pieces), reversed(sums_before), strict=True):
        rest = total - int(lot.size) * len(volumes)
        if rest >= 0 and before >> rest & 1:
            chosen.append((lot, volumes))
            total = rest
    return chosen


def _pieces(lot: Lot) -> Iterator[Part]:
    """1, 2, 4, ... volumes of the lot and the rest: some of them make any number that there are."""
    first = 0
    while first < len(lot.volumes):
        yield lot, lot.volumes[first:2 * first + 1]
        first = 2 * first + 1


def _seated(parts: Sequence[Part], headroom: list[float]) -> list[Way] | None:
    """The largest first, each where there is the most room; None where one finds none."""
    ways: list[Way] = []
    for lot, volumes in sorted(parts, key=lambda part: -part[0].size):
        for volume in volumes:
            target = max(lot.ways, key=lambda pool: (headroom[pool], -pool))
            if headroom[target] < lot.size:
                return None
            headroom[target] -= lot.size
            ways.append((volume, target, lot.ways[target]))
    return ways
