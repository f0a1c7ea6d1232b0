# SPDX-License-Identifier: Apache-2.0
"""Seat servers that have to leave their nodes: one where it fits best, or thousands kind by kind."""

import math

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.alike import number_alike
from watcher_py.core.whatif import WhatIf

# Whom no larger share of the nodes takes is seated before larger servers fill them.
_FEW_SEATS = 0.05


def best_fit(trial: WhatIf, server: int, among: Bools) -> int | None:
    """The node that keeps the least room when the server is there, soft groups first; None if none fits.

    Room left is measured as the sum of squared shares of the node's room over all dimensions
    (norm-based best fit for vector packing: Panigrahy et al., "Heuristics for Vector Bin Packing", 2011).
    """
    nodes = _without_regret(trial, server, among)
    if not len(nodes):
        return None
    room = np.maximum(trial.problem.room[nodes], SLACK)
    left = (trial.free[nodes] - trial.problem.demand[server]) / room
    return int(nodes[(left ** 2).sum(axis=1).argmin()])


def seat_all(trial: WhatIf, servers: Ints, among: Bools, budget: Budget = UNLIMITED) -> Ints:
    """Seat servers that stand elsewhere on these nodes [N], and return those that found no seat.

    Those that only few nodes take, then the largest first, kind by kind, each on the node whose free
    room is most like it: so what is free stays free in every dimension at once, for those to come (the
    angle between demand and room as in Panigrahy et al.). The limits of memory and servers are the
    caller's to keep.
    """
    problem = trial.problem
    resources = problem.demand[servers, :problem.resources]
    price = 1 / np.maximum(np.maximum(trial.free[among], 0).sum(axis=0)[:problem.resources], SLACK)
    kind = number_alike(problem.rules.class_of[servers], *resources.T)
    is_choosy = _seats(trial, servers, among) <= _FEW_SEATS * np.count_nonzero(among)
    order = np.lexsort((kind, -(resources @ price), ~is_choosy))
    left = [servers[:0]]
    for alike in np.split(servers[order], np.flatnonzero(np.diff(kind[order])) + 1):
        left.append(alike if budget.is_spent() else _seat_kind(trial, alike, among))
    return np.concatenate(left)


def _seats(trial: WhatIf, servers: Ints, among: Bools) -> Ints:
    """How many of the nodes the rules let each of the servers go to."""
    classes, of_server = np.unique(trial.problem.rules.class_of[servers], return_inverse=True)
    takes = trial.problem.rules.takes[classes] & among & trial.open
    return np.asarray(takes.sum(axis=1)[of_server])


def _seat_kind(trial: WhatIf, alike: Ints, among: Bools) -> Ints:
    """Seat servers of one kind: those that are free to go anywhere in bulk, the others one by one."""
    limits = trial.account.limits
    is_alone = trial.grouped[alike] | math.isfinite(min(limits.per_node, limits.per_group))
    left = [_seat_in_bulk(trial, alike[~is_alone], among)]
    for server in alike[is_alone].tolist():
        nodes = _without_regret(trial, server, among)
        if len(nodes):
            likeness = _likeness(trial, nodes, trial.free[nodes].T, trial.problem.demand[server])
            trial.move(server, int(nodes[likeness.argmax()]))
        else:
            left.append(np.array([server]))
    return np.concatenate(left)


def _seat_in_bulk(trial: WhatIf, alike: Ints, among: Bools) -> Ints:
    """Round after round one server on each node that has room, until all are seated or none can be."""
    problem = trial.problem
    if not len(alike):
        return alike
    need = problem.demand[alike].mean(axis=0)       # of measured load; of resources they all need the same
    takes = problem.rules.takes[problem.rules.class_of[alike[0]]] & trial.open & among
    nodes = np.flatnonzero(takes & (problem.most + SLACK >= need).all(axis=1))
    asked = need > 0
    while len(alike):
        free = trial.free[nodes].T
        fits = (free[asked] + SLACK >= need[asked, None]).all(axis=0)
        nodes, free = nodes[fits], free[:, fits]
        best = np.argsort(-_likeness(trial, nodes, free, need), kind='stable')[:len(alike)]
        now = alike[:len(best)]
        can = (problem.demand[now][:, asked] <= free[asked][:, best].T + SLACK).all(axis=1)
        for server, node in zip(now[can].tolist(), nodes[best[can]].tolist(), strict=True):
            trial.move(server, node)
        if not can.any():
            break
        alike = np.concatenate([now[~can], alike[len(best):]])
    return alike


def _likeness(trial: WhatIf, nodes: Ints, free: Floats, need: Floats) -> Floats:
    """[n] The cosine of the angle between a need [D] and free rooms [D, n], in shares of each node's room."""
    alike, ours, theirs = np.full((3, len(nodes)), SLACK)
    for dimension, asked in enumerate(need.tolist()):
        room = np.maximum(trial.problem.room[nodes, dimension], SLACK)
        share, left = asked / room, free[dimension] / room
        alike += share * left
        ours += share * share
        theirs += left * left
    return np.asarray(alike / np.sqrt(ours * theirs))


def _without_regret(trial: WhatIf, server: int, among: Bools) -> Ints:
    """The nodes that take the server; of them those where the fewest soft group mates are misplaced."""
    nodes = np.flatnonzero(trial.fits(server) & among)
    regrets = trial.regrets(server, nodes)
    return np.asarray(nodes[regrets == regrets.min(initial=len(trial.node))])
