# SPDX-License-Identifier: Apache-2.0
"""What nodes carry of each share that is to be balanced, kept up to date move by move."""

from collections.abc import Sequence

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.solve.terms import Share
from watcher_py.core.whatif import WhatIf


class Levels:
    """K shares of N nodes in a trial: a level of 1 is a node that carries its own size.

    A node is compared when it is open and its size and what it carries are known in every share;
    only compared nodes give and take.
    """

    def __init__(self, trial: WhatIf, shares: Sequence[Share]):
        size = np.array([share.size for share in shares], dtype=float)
        besides = np.array([share.besides for share in shares], dtype=float)
        weight = np.array([share.weight for share in shares], dtype=float)
        known = (np.isfinite(size) & np.isfinite(besides) & (size > 0)).all(axis=0)
        self.trial = trial
        self.weight: Floats = weight / max(float(weight.sum()), np.finfo(float).tiny)
        self.load: Floats = np.array([share.load for share in shares], dtype=float)  # [K, S]
        self.compared: Bools = known & trial.open
        self.takers: Ints = np.flatnonzero(self.compared & trial.problem.rules.takes.any(axis=0))
        self.size: Floats = np.where(known, size, 1.0)                              # [K, N]
        self.of_one: Floats = 1 / self.size         # [K, N] how much one unit of load lifts each node
        self._besides = np.where(known, besides, 0.0)
        self.refresh()

    def refresh(self) -> None:
        """Sum the levels anew: what is added up move by move strays."""
        self.level: Floats = self._levels_of(self.trial.node, self.load)            # [K, N]

    def note(self, server: int, source: int, target: int) -> None:
        """A server went from one node to another."""
        load = self.load[:, server]
        self.level[:, source] -= load * self.of_one[:, source]
        self.level[:, target] += load * self.of_one[:, target]

    def limits(self) -> tuple[Floats, Floats]:
        """[K, N] each: the lowest and the highest levels that the rules may leave possible.

        What can't move stays where it is, and a node that takes nobody gets no fuller.
        """
        home = self.trial.problem.node
        lowest = self._levels_of(home, self.load * ~self.trial.problem.movable)
        highest = np.maximum(self.level, self._levels_of(home, self.load))
        highest[:, self.takers] = np.inf
        return lowest, highest

    def _levels_of(self, node: Ints, load: Floats) -> Floats:
        carried = [np.bincount(node, weights=each, minlength=self.size.shape[1]) for each in load]
        return (self._besides + np.array(carried)) * self.of_one
