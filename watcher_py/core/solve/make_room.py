# SPDX-License-Identifier: Apache-2.0
"""MakeRoom: gather scattered free room, so that servers of stated sizes fit, by moving little memory."""

import math

import numpy as np
from scipy.optimize import linprog

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.leave import room_at_most
from watcher_py.core.solve.make_way import clear_for
from watcher_py.core.solve.spread import fullest
from watcher_py.core.solve.terms import MakeRoom
from watcher_py.core.whatif import WhatIf

_TOLERANCE = 1e-6


def improve(trial: WhatIf, term: MakeRoom, budget: Budget = UNLIMITED) -> Outcome:
    """Reserve room for the largest kinds first, where it is; then where servers can make way for them."""
    missing = term.count.copy()
    hosts = _hosts(trial.problem, term) & trial.open
    largest = np.argsort(-_size(trial.problem, term.demand), kind='stable').tolist()
    for kind in largest:
        missing[kind] -= _reserve(trial, term.demand[kind], hosts[kind], int(missing[kind]))
    before = int(missing.sum())
    for kind in largest:
        while missing[kind] and not budget.is_spent():
            node = clear_for(trial, term.demand[kind], hosts[kind])
            if node is None:
                break
            trial.free[node] -= term.demand[kind]
            missing[kind] -= 1
    after = int(missing.sum())
    budget.tell(f'{after} servers would find no room', 1.0)
    return Outcome('servers without room', before, after, min(before, _bound(trial.problem, term)))


def _hosts(problem: Problem, term: MakeRoom) -> Bools:
    """[F, N] The nodes that take each kind and are not too small for a single one."""
    return np.asarray(term.takes & (problem.most + SLACK >= term.demand[:, None]).all(axis=2))


def _size(problem: Problem, demand: Floats) -> Floats:
    return np.asarray((demand / np.maximum(problem.room.sum(axis=0), SLACK)).max(axis=1))


def _reserve(trial: WhatIf, demand: Floats, among: Bools, count: int) -> int:
    """Take room for servers of one kind, on the fullest nodes first; for how many there was some."""
    nodes = np.flatnonzero(among)
    seats = _seats(trial.free[nodes], demand)
    order = np.lexsort((-fullest(trial, nodes, demand), seats))
    taken = np.diff(np.minimum(np.cumsum(seats[order]), count), prepend=0)
    trial.free[nodes[order]] -= taken[:, None] * demand
    return int(taken.sum())


def _seats(free: Floats, demand: Floats) -> Floats:
    """[nodes] How many servers of one kind each node has room for."""
    needed = demand > 0
    seats = np.maximum((free[:, needed] + SLACK) / demand[needed], 0.0)
    return np.asarray(np.floor(seats.min(axis=1, initial=np.inf)))


def _bound(problem: Problem, term: MakeRoom) -> int:
    """How many servers at least find no room: what is free in all can't grow, nor what a node has at most.

    A kind is seated at most as often as its nodes could if everybody left them who can; all kinds
    together take at most what is free today on the nodes that take anybody. A linear programme
    weighs the kinds.
    """
    most = np.array([_seats(room_at_most(problem)[hosts], demand).sum()
                     for demand, hosts in zip(term.demand, _hosts(problem, term), strict=True)])
    takes = problem.rules.takes.any(axis=0) | term.takes.any(axis=0)
    free = np.maximum(problem.room - problem.used(problem.node), 0.0)[takes].sum(axis=0)
    best = linprog(-np.ones(len(most)), A_ub=term.demand.T, b_ub=free,
                   bounds=list(zip(np.zeros(len(most)), np.minimum(most, term.count), strict=True)))
    return int(term.count.sum()) - math.floor(-best.fun + _TOLERANCE) if best.success else 0
