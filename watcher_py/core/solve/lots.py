# SPDX-License-Identifier: Apache-2.0
"""Pools that are to come below a threshold, and the volumes in them that may go, alike ones together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Floats

# GB: what is above a threshold by less is not above it. HiGHS solves to about 1e-6.
SLACK = 1e-4

Way = tuple[int, int, str | None]       # a volume, the pool where it goes, the type that it needs there


@dataclass(frozen=True)
class Lot:
    """Volumes that are alike: in one pool, of one size, with the same ways to go."""

    pool: int
    size: float
    rank: int                       # those of a lower rank go first
    ways: Mapping[int, str | None]  # rows of pools, and the type that a volume needs there if not its own
    volumes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Levels:
    """What there is in each pool, in GB: [P]."""

    over: Floats                    # above the threshold; below 0 where it isn't reached, -inf: it has no end
    share: Floats                   # of a volume's size, that its pool gets back when it leaves
    room: Floats                    # of volumes that still go in, counted in full

    def above(self) -> float:
        """GB above the threshold, in all pools together."""
        return float(np.maximum(self.over, 0.0).sum())

    def headroom(self) -> Floats:
        """[P] GB of volumes that a pool takes without coming above the threshold."""
        return np.where(self.over < 0, np.minimum(-self.over, self.room), 0.0)

    def after(self, gone: Floats, come: Floats) -> 'Levels':
        """When so many GB of volumes have gone from each pool, and come to it."""
        return Levels(self.over - gone * self.share + come, self.share, self.room - come)
