# SPDX-License-Identifier: Apache-2.0
"""How even levels could be if load were a fluid: what no placement of whole servers can pass.

Each of n nodes has a size and a level between a lowest and a highest one; the sum of size x level is
what it is now. Arrays are [n].
"""

import numpy as np

from watcher_py.core.cluster import Floats

_STEPS = 50
# Searches end close to the truth, on either side; a bound must stay below it.
_SAFE = 1 - 1e-6


def least_peak(size: Floats, level: Floats, lowest: Floats, highest: Floats) -> float:
    """The highest level at least."""
    if not len(size):
        return 0.0
    total, low, high = float(size @ level), float(lowest.max()), float(max(level.max(), lowest.max()))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if float(size @ np.clip(middle, lowest, highest)) < total:
            low = middle
        else:
            high = middle
    return low * _SAFE


def least_deviation(size: Floats, level: Floats, lowest: Floats, highest: Floats) -> float:
    """The standard deviation at least.

    The variance is the least mean square distance to any one level, so that level is searched for:
    a convex function's minimum, found by ternary search.
    """
    if not len(size) or _can_be_even(size, level, lowest, highest):
        return 0.0
    low, high = float(lowest.min()), float(level.max())
    for _ in range(_STEPS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _distance(left, size, level, lowest, highest) <= _distance(right, size, level, lowest, highest):
            high = right
        else:
            low = left
    return float(np.sqrt(_distance((low + high) / 2, size, level, lowest, highest))) * _SAFE


def _can_be_even(size: Floats, level: Floats, lowest: Floats, highest: Floats) -> bool:
    mean = float(size @ level) / float(size.sum())
    return bool((lowest <= mean).all() and (mean <= highest).all())


def _distance(center: float, size: Floats, level: Floats, lowest: Floats, highest: Floats) -> float:
    """The least mean square distance to a center.

    By the conditions of optimality (Karush, Kuhn, Tucker) each level is the center plus its size
    times a factor common to all, within its limits; more factor is more load.
    """
    total = float(size @ level)
    low = float(((lowest - center) / size).min())
    high = float(((np.minimum(highest, level.max() + 1) - center) / size).max())
    for _ in range(_STEPS):
        factor = (low + high) / 2
        if float(size @ np.clip(center + factor * size, lowest, highest)) < total:
            low = factor
        else:
            high = factor
    return float(np.mean((np.clip(center + low * size, lowest, highest) - center) ** 2))
