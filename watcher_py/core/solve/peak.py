# SPDX-License-Identifier: Apache-2.0
"""Peak: no node's level is to be high; after the highest, the next ones count."""

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.solve.fluid import least_peak
from watcher_py.core.solve.levels import Levels

# A move is worth making if it brings the higher of two nodes down by this much, or below what is enough.
_LEAST_GAIN = 0.01
# Of loads that gain the same, the smallest is moved; a peak that is above by no more is none.
_TIE = 1e-6


class Peak:
    """The highest level of any share; weights do not count."""

    name = 'peak'
    at_once = 16                    # of the hottest nodes; each is brought down by itself

    def __init__(self, levels: Levels, enough: Floats):
        self._levels, self._enough = levels, enough

    def refresh(self) -> None:
        """Nothing is kept."""

    @property
    def value(self) -> float:
        return float(self._levels.level[:, self._levels.compared].max(initial=0.0))

    @property
    def least_gain(self) -> float:
        return 0.0

    def is_content(self) -> bool:
        compared = self._levels.compared
        return bool((self._levels.level[:, compared].max(axis=1, initial=0.0) <= self._enough + _TIE).all())

    @property
    def givers(self) -> Bools:
        """[N] The nodes that something is gained by taking load off."""
        return np.asarray(self.heat() > 0)

    def heat(self) -> Floats:
        """[N] How far each node is above what is enough."""
        return np.asarray((self._levels.level - self._enough[:, None]).max(axis=0))

    def gains(self, load: Floats, sources: Ints, targets: Ints) -> Floats:
        """[...] By how much the higher of both nodes comes down, as far as it is above what is enough."""
        above, of_one = self._levels.level - self._enough[:, None], self._levels.of_one
        here, there, leaves = above[:, sources], above[:, targets], load * of_one[:, sources]
        before = np.maximum(here, there).max(axis=0)
        after = np.maximum(here - leaves, there + load * of_one[:, targets]).max(axis=0)
        after = np.maximum(after, 0.0)
        gain = np.maximum(before, 0.0) - after
        gain = np.where((gain >= _LEAST_GAIN) | (after == 0), gain, 0.0)
        return np.asarray(gain - _TIE * np.abs(leaves).max(axis=0))

    def price(self, worth: float) -> float:
        return worth

    def bound(self) -> float:
        levels = self._levels
        lowest, highest = levels.limits()
        return max((least_peak(size, level, low, high) for size, level, low, high in zip(
            levels.size[:, levels.compared], levels.level[:, levels.compared],
            lowest[:, levels.compared], highest[:, levels.compared], strict=True)), default=0.0)
