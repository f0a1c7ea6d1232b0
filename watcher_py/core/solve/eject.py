# SPDX-License-Identifier: Apache-2.0
"""Empty a node onto others that make room: what they put out for something larger stands on the node then.

So the load of the node shrinks step by step, and what is left of it is smaller and easier to seat.
"""

from dataclasses import dataclass

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.seat import best_fit
from watcher_py.core.whatif import WhatIf

# So many nodes, those with the most room, are looked at before one is refilled; more if none of them helps.
_FEW, _MANY = 64, 512
# So many kinds of servers are put first, one each time.
_KINDS = 8
# Of the best refills so many are tried in fact; groups are looked at only then.
_TRIES = 4
# No node is refilled for a smaller gain, as a share of the largest server.
_LEAST_GAIN = 1e-3
# A dimension that is used up is dear as if this share of the room were left, not infinitely so.
_NEVER_LESS = 0.002


@dataclass(frozen=True, eq=False)
class Worth:
    """What servers are worth by the room that is scarce; row S stands for nobody."""

    price: Floats                   # [D] of a unit of room: the share of all that is left
    size: Floats                    # [S + 1] the room of each server at these prices
    by_rank: Ints                   # [S + 1] the largest first
    rank: Ints                      # [S + 1] the place of each there
    need: Floats                    # [D, S + 1]; nobody needs more than there is
    home: Ints                      # [S + 1] the node of each
    at_home: float                  # what a server at home is worth more, as a share of its size


def worth(trial: WhatIf, at_home: float) -> Worth:
    """As things are now."""
    demand = trial.problem.demand
    room, left = trial.problem.room[trial.open].sum(axis=0), np.maximum(trial.free[trial.open], 0).sum(axis=0)
    price = 1 / np.maximum(left + _NEVER_LESS * room, SLACK)
    size = np.append(demand @ price, 0.0)
    by_rank = np.argsort(-size, kind='stable')
    rank = np.empty_like(by_rank)
    rank[by_rank] = np.arange(len(size))
    need = np.vstack([demand - SLACK, np.full(demand.shape[1], np.inf)])
    home = np.append(trial.problem.node, -1)
    return Worth(price, size, by_rank, rank, np.ascontiguousarray(need.T), home, at_home)


def drain(trial: WhatIf, node: int, worth: Worth, budget: Budget) -> bool:
    """Empty the node, as far as can be if all its servers can move; whether nobody is left."""
    if not trial.problem.movable[trial.servers_on(node)].all():
        return False
    waiting: Ints | None = ranked(trial.servers_on(node), worth)
    while waiting is not None and not budget.is_spent():
        for server in waiting.tolist():
            target = best_fit(trial, server, trial.open)
            if target is not None:
                trial.move(server, target)
        left = ranked(trial.servers_on(node), worth)
        if not len(left):
            return True
        # Who stayed before finds no room later either: only newcomers have to be seated.
        waiting = _refill(trial, node, left, worth)
    return False


def ranked(servers: list[int], worth: Worth) -> Ints:
    """The largest first."""
    return np.array(sorted(servers, key=worth.rank.__getitem__), dtype=np.int64)


def _refill(trial: WhatIf, node: int, left: Ints, worth: Worth) -> Ints | None:
    """Put servers left on the node in the place of smaller ones elsewhere; who came in exchange, or None."""
    for count in (_FEW, _MANY):
        nodes = _roomiest(trial, node, int(left[0]), worth, count)
        for moves in refills(trial, node, nodes, left, worth):
            if trial.move_all(moves):
                return ranked([server for server, target in moves if target == node], worth)
        if len(nodes) < count:
            break
    return None


def _roomiest(trial: WhatIf, node: int, server: int, worth: Worth, count: int) -> Ints:
    """So many of the nodes to which the rules let the server go, by the worth of the room they have left."""
    welcome = trial.welcomes(server) & (trial.free >= -SLACK).all(axis=1)
    welcome[node] = False
    nodes = np.flatnonzero(welcome)
    return nodes[np.argsort(-(trial.free[nodes] @ worth.price), kind='stable')[:count]]


def refills(trial: WhatIf, node: int, nodes: Ints, left: Ints, worth: Worth) -> list[list[tuple[int, int]]]:
    """Moves between `node` and one of the nodes each time that gain by filling that one anew; the best first.

    It is filled with servers left on `node` and with its own, of whom those that find no room go there.
    Whether groups and the room of `node` allow that remains to be seen.
    """
    if not len(nodes) or not len(left):
        return []
    there, ours = _loose_on(trial, nodes, node, worth), _welcome_on(trial, nodes, left)
    ways = _orders(trial, nodes, there, ours, worth)
    orders, at, before = np.vstack(ways), np.tile(nodes, len(ways)), np.tile(there, (len(ways), 1))
    free = trial.free[nodes].T + np.where(there < len(trial.node), worth.need[:, there], 0.0).sum(axis=2)
    seated = _fill(np.tile(free, len(ways)), orders, worth)
    had = _values(before, at, worth).sum(axis=1)
    gain = (_values(orders, at, worth) * seated).sum(axis=1) - had
    best = np.argsort(-gain, kind='stable')[:_TRIES]
    return [_exchange(trial, node, int(at[row]), before[row], orders[row][seated[row]])
            for row in best[gain[best] > _LEAST_GAIN * worth.size.max()].tolist()]


def _exchange(trial: WhatIf, node: int, other: int, before: Ints, after: Ints) -> list[tuple[int, int]]:
    """The moves by which the other node holds the servers of `after` instead of those before."""
    leaving = np.setdiff1d(before[before < len(trial.node)], after)
    coming = np.setdiff1d(after, before)
    return [(server, node) for server in leaving.tolist()] + [(server, other) for server in coming.tolist()]


def _loose_on(trial: WhatIf, nodes: Ints, node: int, worth: Worth) -> Ints:
    """[H, K] The servers on the nodes that could stand on `node`; those at home first, the largest first."""
    problem, (rows, own) = trial.problem, trial.all_on(nodes)
    may_come = problem.rules.takes[problem.rules.class_of[rows], node]
    loose = problem.movable[rows] & ~trial.grouped[rows] & may_come
    rows, own = rows[loose], own[loose]
    order = np.lexsort((worth.rank[rows], problem.node[rows] != trial.node[rows], own))
    rows, own = rows[order], own[order]
    counts = np.bincount(own, minlength=len(nodes))
    there = np.full((len(nodes), int(counts.max(initial=0))), len(trial.node), dtype=np.int64)
    there[own, np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)] = rows
    return there


def _welcome_on(trial: WhatIf, nodes: Ints, left: Ints) -> Ints:
    """[H, M] The servers left, nobody in the place of those that the rules keep off a node."""
    welcome = np.array([trial.welcomes(server)[nodes] for server in left.tolist()])
    return np.where(welcome, left[:, None], len(trial.node)).T


def _orders(trial: WhatIf, nodes: Ints, there: Ints, ours: Ints, worth: Worth) -> list[Ints]:
    """[H, L] each: in what order the nodes may be filled anew.

    Once those at home, then all others by size. Then for each kind of server left: one of it first,
    then who stands there, then all others that are left.
    """
    nobody = np.full((len(nodes), 1), len(trial.node))
    everyone = np.hstack([there, ours, nobody])
    is_away = worth.home[everyone] != nodes[:, None]
    place = np.sort(worth.rank[everyone] + is_away * len(worth.rank), axis=1)
    return [worth.by_rank[place % len(worth.rank)]] + [
        np.hstack([ours[:, [first]], there, np.delete(ours, first, axis=1), nobody])
        for first in _kinds(trial, ours)]


def _kinds(trial: WhatIf, ours: Ints) -> list[int]:
    """The columns of servers of different kinds, the largest first."""
    problem = trial.problem
    kinds: dict[tuple[float, ...], int] = {}
    for column, server in enumerate(ours.min(axis=0).tolist()):
        if server < len(trial.node):
            demand = problem.demand[server, :problem.resources].tolist()
            kinds.setdefault((int(problem.rules.class_of[server]), *demand), column)
    return list(kinds.values())[:_KINDS]


def _fill(free: Floats, orders: Ints, worth: Worth) -> Bools:
    """[R, L] Who finds room when nodes with so much of it, [D, R], are filled in these orders, [R, L]."""
    seated = np.zeros(orders.shape, dtype=bool)
    for place, servers in enumerate(np.ascontiguousarray(orders.T)):
        need = worth.need[:, servers]
        fits = (free >= need).all(axis=0)
        free -= np.where(fits, need, 0.0)
        seated[:, place] = fits
    return seated


def _values(servers: Ints, nodes: Ints, worth: Worth) -> Floats:
    """[R, L] What the servers are worth on the nodes, [R]."""
    is_home = worth.home[servers] == nodes[:, None]
    values: Floats = worth.size[servers] * (1 + worth.at_home * is_home)
    return values
