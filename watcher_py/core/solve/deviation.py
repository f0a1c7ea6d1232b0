# SPDX-License-Identifier: Apache-2.0
"""Deviation: the levels of the nodes are to be close to their mean."""

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.solve.fluid import least_deviation
from watcher_py.core.solve.levels import Levels

# A move is worth making if it gains this share of what an average node adds to the variance.
_LEAST_GAIN = 0.01


class Deviation:
    """The root of the weighted mean of the shares' variances, those of populations.

    Gains are in units of that mean variance. They are seen as of the latest `refresh`.
    """

    name = 'deviation'
    at_once = 64                    # of the hottest nodes; what gains most among many leads the furthest

    def __init__(self, levels: Levels, enough: Floats):
        self._levels, self._enough = levels, enough
        self._count = max(int(levels.compared.sum()), 1)
        self._typical = levels.load.sum(axis=1) / max(levels.load.shape[1], 1)
        self.refresh()

    def refresh(self) -> None:
        level, compared = self._levels.level, self._levels.compared
        mean = level[:, compared].sum(axis=1) / self._count
        self._above: Floats = np.where(compared, level - mean[:, None], 0.0)        # [K, N]
        self._variance: Floats = (self._above ** 2).sum(axis=1) / self._count

    @property
    def value(self) -> float:
        return float(np.sqrt(self._levels.weight @ self._variance))

    @property
    def least_gain(self) -> float:
        return _LEAST_GAIN * self.value ** 2 / self._count

    def is_content(self) -> bool:
        return bool((np.sqrt(self._variance) <= self._enough).all())

    @property
    def givers(self) -> Bools:
        """[N] The nodes that something may be gained by taking load off."""
        return self._levels.compared

    def heat(self) -> Floats:
        """[N] How much it suits to take load off each node."""
        return np.asarray((self._levels.weight * self._typical) @ (self._above * self._levels.of_one))

    def gains(self, load: Floats, sources: Ints, targets: Ints) -> Floats:
        """[...] What it gains to take a load [K, ...] from a source to a target, element by element."""
        leaves, comes = load * self._levels.of_one[:, sources], load * self._levels.of_one[:, targets]
        gain = leaves * (2 * self._above[:, sources] - leaves)
        gain = gain - comes * (comes + 2 * self._above[:, targets])
        gain += (comes - leaves) ** 2 / self._count         # the mean moves when the nodes differ in size
        return np.asarray(np.einsum('k,k...->...', self._levels.weight, gain)) / self._count

    def price(self, worth: float) -> float:
        """In units of gains, what counts as much as this part of the deviation."""
        return 2 * self.value * worth

    def bound(self) -> float:
        levels = self._levels
        lowest, highest = levels.limits()
        each = [least_deviation(size, level, low, high) for size, level, low, high in zip(
            levels.size[:, levels.compared], levels.level[:, levels.compared],
            lowest[:, levels.compared], highest[:, levels.compared], strict=True)]
        return float(np.sqrt(levels.weight @ np.square(each)))
