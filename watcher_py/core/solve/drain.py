# SPDX-License-Identifier: Apache-2.0
"""Drain: empty the stated nodes, spread what stood on them, and disturb nobody else without need."""

from operator import itemgetter

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Ints
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.leave import beyond_volume, can_leave
from watcher_py.core.solve.make_way import seat_by_force
from watcher_py.core.solve.spread import fill, spread, squeeze
from watcher_py.core.solve.terms import Drain
from watcher_py.core.whatif import WhatIf

# How servers are seated, and whether others make way; the first that leaves nobody behind will do.
_WAYS = ((spread, False), (squeeze, False), (spread, True), (squeeze, True), (fill, True))


def improve(trial: WhatIf, term: Drain, budget: Budget = UNLIMITED) -> Outcome:
    """Close the nodes and seat their servers elsewhere; what finds no room stays where it is.

    They are spread; packed tightly if there is not room for all otherwise; and only where that is
    not enough either do servers of other nodes make way.
    """
    problem = trial.problem
    trial.open &= ~term.nodes
    home = np.flatnonzero(term.nodes[problem.node])
    for_ever = home[~can_leave(problem, home, ~term.nodes)]
    leaves = term.nodes[trial.node] & problem.movable
    leaves[for_ever] = False
    leaving, before = np.flatnonzero(leaves).tolist(), _on(term.nodes, trial.node)
    budget.tell(f'{len(leaving)} servers have to leave', 0.0)
    _seat(trial, _seat_as_wished(trial, term, leaving), budget)
    after = _on(term.nodes, trial.node)
    budget.tell(f'{after} servers stay', 1.0)
    return Outcome('servers on the nodes', before, after,
                   len(for_ever) + beyond_volume(problem, np.setdiff1d(home, for_ever), ~term.nodes))


def _seat_as_wished(trial: WhatIf, term: Drain, leaving: list[int]) -> list[int]:
    """Seat servers on the node that is named for theirs as long as it takes them; return the others."""
    if term.toward is None:
        return leaving
    for node in np.flatnonzero(term.nodes & (term.toward >= 0)).tolist():
        for server in trial.servers_on(node):
            if trial.problem.movable[server] and trial.can_take(server, int(term.toward[node])):
                trial.move(server, int(term.toward[node]))
    return [server for server in leaving if term.nodes[trial.node[server]]]


def _seat(trial: WhatIf, leaving: list[int], budget: Budget) -> None:
    """Try way after way until nobody is left behind; keep what leaves the fewest, then moves the fewest."""
    mark, start = trial.mark(), trial.node.copy()
    tried: list[tuple[tuple[int, int], Ints]] = []
    for way, others_make_way in _WAYS:
        left = way(trial, leaving, budget)
        if others_make_way:
            seat_by_force(trial, left, budget)
        tried.append((_cost(start, trial.node, leaving), trial.node.copy()))
        if not tried[-1][0][0] or budget.is_spent():
            break
        trial.undo_to(mark)
    _, best = min(tried, key=itemgetter(0))
    for server in np.flatnonzero(trial.node != best).tolist():
        trial.move(server, int(best[server]))


def _cost(start: Ints, node: Ints, leaving: list[int]) -> tuple[int, int]:
    """How many of those who should leave did not, and how many others moved."""
    moved = node != start
    left = int((~moved[leaving]).sum())
    return left, int(moved.sum()) - len(leaving) + left


def _on(nodes: Bools, node: Ints) -> int:
    return int(nodes[node].sum())
