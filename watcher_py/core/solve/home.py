# SPDX-License-Identifier: Apache-2.0
"""Bring servers home that were moved between nodes which stay in use: moves that are saved."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.solve.eject import ranked, refills, worth
from watcher_py.core.solve.swap import away_and_home, swap_home
from watcher_py.core.whatif import WhatIf

# So many rounds of swaps, each node taking part once in each.
_SWAPS = 12
# So many times all homes are filled anew, as long as that brings anybody home.
_REFILLS = 3
# Homes are filled anew while more than this share of all memory that moved is away from homes in use.
_WORTH_IT = 0.02
# At home a server is worth so many times its size more: nothing else counts then.
_AT_HOME = 100.0


def bring_home(trial: WhatIf, budget: Budget) -> None:
    """One in exchange for one or none, then several in exchange for several."""
    swap_home(trial, _SWAPS, budget)
    for _ in range(_REFILLS):
        if budget.is_spent() or not _is_worth_it(trial) or not _refill_homes(trial, budget):
            return
        swap_home(trial, _SWAPS, budget)


def _is_worth_it(trial: WhatIf) -> bool:
    problem = trial.problem
    moved = problem.movable & (trial.node != problem.node)
    memory = problem.demand[:, MEMORY_MB] * moved
    return bool(memory[trial.open[problem.node]].sum() > _WORTH_IT * memory.sum())


def _refill_homes(trial: WhatIf, budget: Budget) -> int:
    """Fill homes anew, those at home first; who finds no room goes where they come from. How many were."""
    problem, values = trial.problem, worth(trial, _AT_HOME)
    is_loose = problem.movable & ~trial.grouped
    filled = 0
    for away, home in away_and_home(trial).tolist():
        if budget.is_spent():
            break
        left = [server for server in trial.servers_on(away)
                if is_loose[server] and problem.node[server] != away]
        moves = refills(trial, away, np.array([home]), ranked(left, values), values)
        filled += any(trial.move_all(these) for these in moves)
    return filled
