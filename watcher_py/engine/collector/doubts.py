# SPDX-License-Identifier: Apache-2.0
"""What of the cloud is known in whole, and what keeps the rest from it, in sentences."""

from collections.abc import Sequence

import numpy as np

from watcher_py.core.columns import Bools, Names

NAMED = 10                      # names in a sentence; the document of the cluster marks them all


class Doubts:
    """Rows that are known until something says otherwise; each is named for the first thing that does."""

    def __init__(self, names: Names, every: str):
        self.known = np.ones(len(names), dtype=bool)
        self.gaps: list[str] = []
        self.why: dict[int, str] = {}       # of the rows that aren't known
        self._names = names
        self._every = every

    def tell(self, gap: str) -> None:
        self.gaps.append(gap)

    def add(self, rows: Bools, missing: str | None, otherwise: str = '') -> None:
        """Freeze these, as the list that is missing wants; where it is whole, for the other reason."""
        fresh = self.known & rows
        self.known &= ~rows
        self.why |= dict.fromkeys(np.flatnonzero(fresh).tolist(), missing or otherwise)
        if fresh.any():
            whom = self._every if fresh.all() else named([self._names[row] for row in np.flatnonzero(fresh)])
            self.tell(f'{missing or otherwise}; frozen: {whom}')
        elif missing:
            self.tell(missing)


def named(names: Sequence[str]) -> str:
    """The names in a sentence; of many the first ones, and how many there are besides."""
    some = list(dict.fromkeys(names))
    more = f' and {len(some) - NAMED} more' if len(some) > NAMED else ''
    return ', '.join(some[:NAMED]) + more
