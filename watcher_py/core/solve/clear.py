# SPDX-License-Identifier: Apache-2.0
"""Clear chosen nodes; those that can't be cleared keep all their servers."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import MEMORY_MB, Bools, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.choose import Choice
from watcher_py.core.solve.seating import seat_all
from watcher_py.core.whatif import WhatIf

# Nodes are kept by the volume of the servers without a seat, this share of it at a time: the servers
# that return to a kept node leave seats to others, so less may do.
_AT_A_TIME = 0.5


def clear(trial: WhatIf, choice: Choice, budget: Budget) -> None:
    """Seat the servers of the chosen nodes on the others in use and on those to be opened.

    When some find no seat, nodes are kept, those with the most memory first, until all others have one;
    so each server that has moved then left a node that is empty.
    """
    home, emptied = trial.node.copy(), choice.emptied.copy()
    among = trial.open & ~emptied & (np.bincount(home, minlength=len(emptied)).astype(bool) | choice.opened)
    left = seat_all(trial, np.flatnonzero(emptied[home]), among, budget)
    while len(left):
        kept = _to_keep(trial, left, home, emptied)
        emptied &= ~kept
        among |= kept & trial.open
        for server in np.flatnonzero(kept[home] & (trial.node != home)).tolist():
            trial.move(server, int(home[server]))
        left = seat_all(trial, left[~kept[home[left]]], among, budget)


def _to_keep(trial: WhatIf, left: Ints, home: Ints, emptied: Bools) -> Bools:
    """[N] Some of the nodes, at least one, that take the largest server left or are its home."""
    problem, largest = trial.problem, int(left[0])
    volume = problem.demand[left].sum(axis=0) / np.maximum(problem.room[emptied].mean(axis=0), SLACK)
    count = max(1, int(_AT_A_TIME * volume.max()))
    of_use = emptied & problem.rules.takes[problem.rules.class_of[largest]]
    of_use[home[largest]] = True
    memory = np.bincount(home, problem.demand[:, MEMORY_MB], len(emptied))
    kept = np.zeros(len(emptied), dtype=bool)
    kept[np.argsort(-np.where(of_use, memory, -1.0), kind='stable')[:min(count, int(of_use.sum()))]] = True
    return kept
