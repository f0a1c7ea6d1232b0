# SPDX-License-Identifier: Apache-2.0
"""Better a packing: empty further nodes, by moves between those that stay in use as well."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.limits import NO_LIMITS
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.eject import Worth, drain, worth
from watcher_py.core.solve.home import bring_home
from watcher_py.core.solve.swap import equalise
from watcher_py.core.whatif import WhatIf

# How much room of use is to be gained for memory that leaves home, MiB for MiB: from stage to stage less.
_PRICES = (1.0, 0.3)
# The price at which only those change nodes who are away from home anyway.
_FORBIDDING = 1000.0
# So many rounds of swaps between two attempts to empty nodes.
_ROUNDS = 6
# So many nodes in a row that can't be emptied end an attempt, without and with patience.
_FAILURES = (3, 6)
# What load that has to be moved counts, against room that is given up, when a node is picked.
_EFFORT = 0.1


def improve_packing(trial: WhatIf, budget: Budget, fewest: int = 0) -> None:
    """Empty and close nodes of the trial; those that are empty already are closed first, and stay so.

    It ends when nothing helps any more, or when as few nodes are in use as any plan leaves. Under
    limits only those move who moved before, or stand on a node that ends empty.
    """
    trial.open &= np.bincount(trial.node, minlength=len(trial.open)) > 0
    is_limited, mark = trial.account.limits != NO_LIMITS, trial.mark()
    for price in (_FORBIDDING,) if is_limited else _PRICES:
        while trial.open.sum() > fewest and not budget.is_spent():
            equalise(trial, price, _ROUNDS, budget)
            if not (_empty_some(trial, price, budget, fewest, is_patient=False)
                    or (not is_limited and _empty_some(trial, price, budget, fewest, is_patient=True))):
                break
            mark = trial.mark()
    # What was swapped since and emptied nothing was for nothing.
    trial.undo_to(mark)
    bring_home(trial, budget)


def _empty_some(trial: WhatIf, price: float, budget: Budget, fewest: int, is_patient: bool) -> int:
    """Empty nodes until several in a row can't be, those first whose room is least missed; how many were.

    A failure is taken back at once, or with patience at the end: nodes that were emptied in part
    have gathered the room that others need.
    """
    emptied = failures = 0
    values, could, mark = worth(trial, at_home=price), _movable_whole(trial), trial.mark()
    while trial.open.sum() > fewest and failures < _FAILURES[is_patient] and not budget.is_spent():
        node = _next_to_empty(trial, could, values)
        if node is None:
            break
        could[node] = False
        if drain(trial, node, values, budget):
            trial.open[node] = False
            emptied, failures, mark = emptied + 1, 0, trial.mark()
        else:
            failures += 1
            if not is_patient:
                trial.undo_to(mark)
    trial.undo_to(mark)
    return emptied


def _movable_whole(trial: WhatIf) -> Bools:
    """[N] The nodes whose servers can all move."""
    stuck = np.bincount(trial.node, weights=~trial.problem.movable, minlength=len(trial.open))
    return np.asarray(stuck == 0)


def _next_to_empty(trial: WhatIf, could: Bools, values: Worth) -> int | None:
    """Of the nodes that the others might take whole if servers were fine as sand; None if there is none.

    What is given up with a node is its room, whatever of it is used: that decides, then the load.
    """
    nodes = np.flatnonzero(could & trial.open)
    left = np.maximum(trial.free, 0)
    there = left[trial.open].sum(axis=0) - left[nodes]
    load: Floats = trial.problem.room[nodes] - trial.free[nodes]
    might: Ints = np.flatnonzero((load <= there + SLACK).all(axis=1))
    if not len(might):
        return None
    missed = (trial.problem.room[nodes[might]] + _EFFORT * load[might]) @ values.price
    return int(nodes[might[missed.argmin()]])
