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
    left = (trial.free[nodes] - trial.problem.demand[server]) / trial.scale[nodes]
    return int(nodes[(left ** 2).sum(axis=1).argmin()])


def most_alike(trial: WhatIf, server: int, among: Bools) -> int | None:
    """The node whose free room is most like the server, soft groups first; None if it fits nowhere."""
    nodes = _without_regret(trial, server, among)
    if not len(nodes):
        return None
    likeness = _likeness(trial, nodes, trial.free[nodes].T, trial.problem.demand[server])
    return int(nodes[likeness.argmax()])


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
    each_alone = len(alike) == 1 or math.isfinite(min(limits.per_node, limits.per_group))
    is_alone = trial.grouped[alike] | each_alone
    left = [_seat_in_bulk(trial, alike[~is_alone], among)]
    for server in alike[is_alone].tolist():
        node = most_alike(trial, server, among)
        if node is None:
            left.append(np.array([server]))
        else:
            trial.move(server, node)
    return np.concatenate(left)


def _seat_in_bulk(trial: WhatIf, alike: Ints, among: Bools) -> Ints:
    """Round after round one server on each node that has room, until all are seated or none can be."""
    problem = trial.problem
    if not len(alike):
        return alike
    need = problem.demand[alike].mean(axis=0)       # of measured load; of resources they all need the same
    nodes = np.flatnonzero(problem.rules.takes[problem.rules.class_of[alike[0]]] & trial.open & among)
    nodes = nodes[(problem.most[nodes] + SLACK >= need).all(axis=1)]
    asked = np.flatnonzero(need)
    while len(alike):
        free = trial.free[nodes].T
        fits = (free[asked] + SLACK >= need[asked, None]).all(axis=0)
        nodes, free = nodes[fits], free[:, fits]
        best = np.argsort(-_likeness(trial, nodes, free, need), kind='stable')[:len(alike)]
        now = alike[:len(best)]
        can = (problem.demand[now][:, asked] <= free[:, best][asked].T + SLACK).all(axis=1)
        for server, node in zip(now[can].tolist(), nodes[best[can]].tolist(), strict=True):
            trial.move(server, node)
        if not can.any():
            break
        alike = np.concatenate([now[~can], alike[len(best):]])
    return alike


def _likeness(trial: WhatIf, nodes: Ints, free: Floats, need: Floats) -> Floats:
    """[n] The cosine of the angle between a need [D] and free rooms [D, n], in shares of each node's room."""
    room = trial.scale[nodes].T
    share, left = need[:, None] / room, free / room
    alike, ours, theirs = np.array([share * left, share * share, left * left]).sum(axis=1) + SLACK
    return np.asarray(alike / np.sqrt(ours * theirs))


def _without_regret(trial: WhatIf, server: int, among: Bools) -> Ints:
    """The nodes that take the server; of them those where the fewest soft group mates are misplaced."""
    nodes = np.flatnonzero(trial.fits(server) & among)
    if not trial.grouped[server]:
        return nodes
    regrets = trial.regrets(server, nodes)
    return np.asarray(nodes[regrets == regrets.min(initial=len(trial.node))])
