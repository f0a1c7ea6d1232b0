# SPDX-License-Identifier: Apache-2.0
"""How full storage pools are, as what is not free in them, against a threshold."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.columns import Bools, Floats
from watcher_py.core.solve.lots import SLACK, Levels
from watcher_py.core.storage import Pools
from watcher_py.core.volumes.rules import room_of

# GB that a pool stays below its threshold, for one that has reached it is too full.
EDGE = 1e-3


@dataclass(frozen=True, eq=False)
class PoolLevels:
    """Pools, and from which share of their size on they are too full; some, by name, are left alone."""

    pools: Pools
    threshold: float                # 0 to 1
    left_alone: Collection[str]     # whole names, or what follows the #

    @cached_property
    def is_excluded(self) -> Bools:
        """[P]"""
        return np.array([name in self.left_alone or name.partition('#')[2] in self.left_alone
                         for name in self.pools.name], dtype=bool)

    @cached_property
    def is_judged(self) -> Bools:
        """[P] The pools of which it is known how full they are, and what a volume takes in them."""
        is_told = self._is_endless | np.isfinite(self._used + self._share)
        return np.asarray(~self.is_excluded & self.pools.known & is_told)

    @cached_property
    def levels(self) -> Levels:
        is_finite = self.is_judged & ~self._is_endless
        limit = self.threshold * np.where(is_finite, self.pools.total, 0.0) - EDGE
        return Levels(np.where(is_finite, self._used - limit, -np.inf),
                      np.where(is_finite, self._share, 1.0),
                      np.where(self.is_judged, room_of(self.pools), 0.0))

    @cached_property
    def is_full(self) -> Bools:
        """[P] Whether a pool has reached the threshold."""
        return above(self.levels)

    def fill(self, pool: int, levels: Levels) -> str:
        """How full a pool is at these levels, in words."""
        total = self.pools.total[pool]
        return f'{levels.over[pool] / total + self.threshold:.1%}' if np.isfinite(total) and total else '0 %'

    @cached_property
    def _used(self) -> Floats:
        return used_of(self.pools)

    @cached_property
    def _is_endless(self) -> Bools:
        return np.isinf(self.pools.total) | np.isinf(self.pools.free)

    @cached_property
    def _share(self) -> Floats:
        return share_written(self.pools)


def used_of(pools: Pools) -> Floats:
    """[P] GB that are not free."""
    with np.errstate(invalid='ignore'):         # what has no end less what has none
        return np.asarray(pools.total - pools.free)


def share_written(pools: Pools) -> Floats:
    """[P] Of what is promised in a thin pool only a share is written, and that is what comes free."""
    written = np.divide(used_of(pools), pools.provisioned, out=np.full(len(pools), np.nan),
                        where=(pools.provisioned > 0) & np.isfinite(pools.provisioned))
    return np.where(pools.thin, np.clip(written, 0.0, 1.0), 1.0)


def above(levels: Levels) -> Bools:
    """[P]"""
    return np.asarray(levels.over > SLACK)
