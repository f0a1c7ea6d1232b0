# SPDX-License-Identifier: Apache-2.0
"""Which servers no legal plan can ever bring away: what bounds on emptying and repairing rest on."""

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK, Problem


def can_leave(problem: Problem, servers: Ints, to: Bools) -> Bools:
    """Whether there is a node of `to` [N], besides its own, on which each of the servers may ever stand.

    A node counts if it takes the server and has room for it once all who can move have left. So
    False is proven; True is not a promise.
    """
    can = np.zeros(len(servers), dtype=bool)
    room = np.minimum(room_at_most(problem), problem.most) + SLACK
    kinds = np.column_stack([problem.rules.class_of[servers], problem.demand[servers]])
    _, first, kind = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    for number, server in enumerate(servers[first].tolist()):
        demand, alike = problem.demand[server], kind.reshape(-1) == number
        takes = problem.rules.takes[problem.rules.class_of[server]] & to
        takes &= (room >= demand)[:, demand > 0].all(axis=1)
        can[alike] = takes.sum() - takes[problem.node[servers[alike]]] > 0
    return can & problem.movable[servers]


def beyond_volume(problem: Problem, servers: Ints, to: Bools) -> int:
    """How many of the servers, that all stand elsewhere, find no room on the nodes of `to` [N].

    What is free on those nodes together can't grow, as long as nobody makes way onto the others. A
    dimension alone seats at most as many as its smallest demands fill.
    """
    free = problem.room - problem.used(problem.node)
    free = np.maximum(free[to & problem.rules.takes.any(axis=0)], 0.0).sum(axis=0)
    filled = np.cumsum(np.sort(problem.demand[servers], axis=0), axis=0)
    return int((filled > free + SLACK).sum(axis=0).max(initial=0))


def room_at_most(problem: Problem) -> Floats:
    """[N, D] What each node has besides the servers that can't move; no plan ever makes it more."""
    stuck = ~problem.movable
    return problem.room - sums_of(problem.demand[stuck], problem.node[stuck], len(problem.room))
