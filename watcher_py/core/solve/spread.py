# SPDX-License-Identifier: Apache-2.0
"""Seat many servers at once: alike ones together, each on the node that suits it best at that moment."""

import heapq
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.limits import NO_LIMITS
from watcher_py.core.problem import SLACK
from watcher_py.core.whatif import WhatIf

# [nodes] How ill it suits a demand [D] to come on each of the nodes.
Measure = Callable[[WhatIf, Ints, Floats], Floats]


def spread(trial: WhatIf, servers: Sequence[int], budget: Budget = UNLIMITED) -> list[int]:
    """Seat each server where the fullest dimension stays emptiest; return those that found no node."""
    return _seat_all(trial, servers, fullest, budget)


def squeeze(trial: WhatIf, servers: Sequence[int], budget: Budget = UNLIMITED) -> list[int]:
    """Seat each server where it leaves the least room; return those that found no node.

    It seats more than spreading does where room is scarce.
    """
    return _seat_all(trial, servers, _waste, budget)


def fill(trial: WhatIf, servers: Sequence[int], budget: Budget = UNLIMITED) -> list[int]:
    """Squeeze the smallest first: where there is not room for all, it seats the most."""
    return _seat_all(trial, servers, _waste, budget, is_smallest_first=True)


def fullest(trial: WhatIf, nodes: Ints, demand: Floats) -> Floats:
    """[nodes] The share in use of each node's fullest dimension, were the demand on it."""
    return np.asarray(1 - _left(trial, nodes, demand).min(axis=1))


def _waste(trial: WhatIf, nodes: Ints, demand: Floats) -> Floats:
    """[nodes] Sum of squares of the shares left, as `seat.best_fit` has it."""
    return np.asarray((_left(trial, nodes, demand) ** 2).sum(axis=1))


def _left(trial: WhatIf, nodes: Ints, demand: Floats) -> Floats:
    """[nodes, D] The share left of what a node has; of what it has nothing of, nothing is missed."""
    room = trial.problem.room[nodes]
    return np.divide(trial.free[nodes] - demand, room, out=np.ones_like(room), where=room > 0)


def _seat_all(trial: WhatIf, servers: Sequence[int], measure: Measure, budget: Budget,
              is_smallest_first: bool = False) -> list[int]:
    left: list[int] = []
    for alike in _kinds(trial, np.array(servers, dtype=np.int64), is_smallest_first):
        left += alike if budget.is_spent() else seat_alike(trial, alike, measure)
    return left


def _kinds(trial: WhatIf, servers: Ints, is_smallest_first: bool) -> Iterator[list[int]]:
    """Servers alike; the largest kinds, that are hardest to seat, come first unless said otherwise.

    A server with group mates, or under limits, is alone of its kind: what fits it need not fit another.
    """
    if not len(servers):
        return
    problem = trial.problem
    demand = problem.demand[servers]
    size = (demand / np.maximum(problem.room.sum(axis=0), SLACK)).max(axis=1)
    is_alone = (trial.grouped | (trial.account.limits != NO_LIMITS))[servers]
    alike = np.column_stack([size if is_smallest_first else -size, demand, problem.rules.class_of[servers],
                             np.where(is_alone, servers, -1)])
    _, kind = np.unique(alike, axis=0, return_inverse=True)
    order = np.argsort(kind.reshape(-1), kind='stable')
    for rows in np.split(servers[order], np.flatnonzero(np.diff(kind.reshape(-1)[order])) + 1):
        yield rows.tolist()


def seat_alike(trial: WhatIf, alike: list[int], measure: Measure = fullest) -> list[int]:
    """Seat servers of one kind one by one, and return those for which no room was left.

    As many nodes as servers are enough: another one could only be better than all of them if each
    had taken a server already.
    """
    demand = trial.problem.demand[alike[0]]
    nodes = np.flatnonzero(trial.fits(alike[0]))
    if not len(nodes):
        return alike
    if len(alike) == 1:
        regrets = trial.regrets(alike[0], nodes)
        nodes = nodes[regrets == regrets.min()]
    cost = measure(trial, nodes, demand)
    best = np.argsort(cost, kind='stable')[:len(alike)]
    waiting = list(zip(cost[best].tolist(), nodes[best].tolist(), strict=True))     # in order, so a heap
    for place, server in enumerate(alike):
        if not waiting:
            return alike[place:]
        node = waiting[0][1]
        trial.move(server, node)
        if (trial.free[node] + SLACK >= demand)[demand > 0].all():
            heapq.heapreplace(waiting, (float(measure(trial, np.array([node]), demand)[0]), node))
        else:
            heapq.heappop(waiting)
    return []
