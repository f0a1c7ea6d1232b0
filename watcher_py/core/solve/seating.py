# SPDX-License-Identifier: Apache-2.0
"""Seat thousands of servers that have to leave their nodes, kind by kind."""

import math

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.alike import number_alike
from watcher_py.core.solve.seat import likeness, most_alike
from watcher_py.core.whatif import WhatIf

# Whom no larger share of the nodes takes is seated before larger servers fill them.
_FEW_SEATS = 0.05


def seat_all(trial: WhatIf, servers: Ints, among: Bools, budget: Budget = UNLIMITED) -> Ints:
    """Seat servers that stand elsewhere on these nodes [N], and return those that found no seat.

    Those that only few nodes take, then the largest first, kind by kind, each on the node whose free
    room is most like it: so what is free stays free in every dimension at once, for those to come (the
    angle between demand and room as in Panigrahy et al., "Heuristics for Vector Bin Packing", 2011). The
    limits of memory and servers are the caller's to keep.
    """
    problem = trial.problem
    resources = problem.demand[servers, :problem.resources]
    price = 1 / np.maximum(np.maximum(trial.free[among], 0).sum(axis=0)[:problem.resources], SLACK)
    kind = number_alike(problem.rules.class_of[servers], *resources.T)
    is_choosy = _seats(trial, servers, among) <= _FEW_SEATS * np.count_nonzero(among)
    order = np.lexsort((kind, -(resources @ price), ~is_choosy))
    left, seats = [servers[:0]], _Seats(trial, among)
    for alike in np.split(servers[order], np.flatnonzero(np.diff(kind[order])) + 1):
        left.append(alike if budget.is_spent() else _seat_kind(trial, alike, among, seats))
    return np.concatenate(left)


def _seats(trial: WhatIf, servers: Ints, among: Bools) -> Ints:
    """How many of the nodes the rules let each of the servers go to."""
    classes, of_server = np.unique(trial.problem.rules.class_of[servers], return_inverse=True)
    takes = trial.problem.rules.takes[classes] & among & trial.open
    return np.asarray(takes.sum(axis=1)[of_server])


def _seat_kind(trial: WhatIf, alike: Ints, among: Bools, seats: '_Seats') -> Ints:
    """Seat servers of one kind: those that are free to go anywhere in bulk, the others one by one."""
    limits = trial.account.limits
    is_alone = trial.grouped[alike]
    if len(alike) == 1 or is_alone.all() or math.isfinite(min(limits.per_node, limits.per_group)):
        return _seat_each(trial, alike, among)
    if not is_alone.any():
        return seats.fill(alike)
    return np.concatenate([seats.fill(alike[~is_alone]), _seat_each(trial, alike[is_alone], among)])


def _seat_each(trial: WhatIf, servers: Ints, among: Bools) -> Ints:
    left = []
    for server in servers.tolist():
        node = most_alike(trial, server, among)
        if node is None:
            left.append(server)
        else:
            trial.move(server, node)
    return np.array(left, dtype=np.int64)


class _Seats:
    """The nodes that servers are seated on, n of them."""

    def __init__(self, trial: WhatIf, among: Bools):
        self._trial, self._nodes = trial, np.flatnonzero(among & trial.open)
        self._size = 1 / trial.scale[self._nodes].T         # [D, n]
        self._most = trial.problem.most[self._nodes].T + SLACK
        self._least = self._most.min(axis=1, initial=np.inf)
        self._takes: Bools = trial.problem.rules.takes[:, self._nodes]

    def fill(self, alike: Ints) -> Ints:
        """Seat servers of one kind, of which no group has a say; those that found no seat.

        Round after round one on each node that has room, until all are seated or none can be.
        """
        trial, demand = self._trial, self._trial.problem.demand[alike]
        need = demand.mean(axis=0)          # of measured load; of resources they all need the same
        takes, share = self._takers(int(alike[0]), need), need[:, None] * self._size
        enough = np.where(need == 0, -np.inf, need - SLACK)[:, None]
        while len(alike):
            free = trial.free.T[:, self._nodes]
            fits = (free >= enough).all(axis=0) & takes
            alikeness = np.where(fits, likeness(share, free * self._size), -1.0)
            best = np.argsort(-alikeness, kind='stable')[:min(len(alike), np.count_nonzero(fits))]
            can = ((free[:, best] + SLACK >= demand[:len(best)].T) | (need[:, None] == 0)).all(axis=0)
            if not can.any():
                break
            trial.move_each(alike[:len(best)][can], self._nodes[best[can]])
            left = np.ones(len(alike), dtype=bool)
            left[:len(best)] = ~can
            alike, demand = alike[left], demand[left]
        return alike

    def _takers(self, server: int, need: Floats) -> Bools:
        """[n] The nodes that take such a server and are large enough for it."""
        takes: Bools = self._takes[self._trial.problem.rules.class_of[server]]
        is_small = (need <= self._least).all()
        return takes if is_small else takes & (self._most >= need[:, None]).all(axis=0)
