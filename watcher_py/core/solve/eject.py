# SPDX-License-Identifier: Apache-2.0
"""Empty a node onto others that make room: what they put out for something larger stands on the node then.

So the load of the node shrinks step by step, and what is left of it is smaller and easier to seat.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.seat import best_fit
from watcher_py.core.whatif import WhatIf

# Servers, and where each goes.
Moves = list[tuple[int, int]]

# So many nodes, those with the most room, are looked at before one is refilled; more if none of them helps.
_FEW, _MANY = 24, 128
# What was not emptied after so many refills hardly ever is.
_REFILLS = 6
# So many kinds of servers are put first, one each time.
_KINDS = 4
# Of the best refills so many are tried in fact; groups are looked at only then.
_TRIES = 4
# No node is refilled for a smaller gain, as a share of the largest server.
_LEAST_GAIN = 1e-3
# More than any node has; finite, so that nothing of it is nothing.
_BEYOND = 1e300
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
    need = np.vstack([demand - SLACK, np.full(demand.shape[1], _BEYOND)])
    home = np.append(trial.problem.node, -1)
    return Worth(price, size, by_rank, rank, np.ascontiguousarray(need.T), home, at_home)


def drain(trial: WhatIf, node: int, worth: Worth, budget: Budget) -> bool:
    """Empty the node, as far as can be if all its servers can move; whether nobody is left."""
    if not trial.problem.movable[trial.servers_on(node)].all():
        return False
    waiting: Ints | None = ranked(trial.servers_on(node), worth)
    for refills_left in range(_REFILLS, -1, -1):
        if waiting is None or budget.is_spent():
            break
        for server in waiting.tolist():
            target = best_fit(trial, server, trial.open)
            if target is not None:
                trial.move(server, target)
        left = ranked(trial.servers_on(node), worth)
        if not len(left):
            return True
        # A refill seats one or two of them.
        if len(left) > refills_left:
            break
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


def refills(trial: WhatIf, node: int, nodes: Ints, left: Ints, worth: Worth) -> Iterator[Moves]:
    """Moves between `node` and one of the nodes each time that gain by filling that one anew; the best first.

    It is filled with servers left on `node` and with its own, of whom those that find no room go there.
    Whether groups and the room of `node` allow that remains to be seen.
    """
    if not len(nodes) or not len(left):
        return
    there = _loose_on(trial, nodes, node, worth)
    orders = _orders(trial, nodes, there, _welcome_on(trial, nodes, left), worth)
    free = trial.free[nodes].T + np.where(there < len(trial.node), worth.need[:, there], 0.0).sum(axis=2)
    seated = _fill(np.tile(free, len(orders)), orders.reshape(-1, orders.shape[2]), worth)
    seated = seated.reshape(orders.shape)
    gain = (_values(orders, nodes, worth) * seated).sum(axis=2) - _values(there, nodes, worth).sum(axis=1)
    best = np.argsort(-gain, axis=None, kind='stable')[:_TRIES]
    for row in best[gain.flat[best] > _LEAST_GAIN * worth.size.max()].tolist():
        way, place = divmod(row, len(nodes))
        yield _exchange(trial, node, int(nodes[place]), there[place], orders[way, place, seated[way, place]])


def _exchange(trial: WhatIf, node: int, other: int, before: Ints, after: Ints) -> Moves:
    """The moves by which the other node holds the servers of `after` instead of those before."""
    had, has = set(before[before < len(trial.node)].tolist()), set(after.tolist())
    return ([(server, node) for server in sorted(had - has)]
            + [(server, other) for server in sorted(has - had)])


def _loose_on(trial: WhatIf, nodes: Ints, node: int, worth: Worth) -> Ints:
    """[H, K] The servers on the nodes that could stand on `node`; those at home first, the largest first."""
    problem, (rows, own) = trial.problem, trial.all_on(nodes)
    may_come = problem.rules.takes[problem.rules.class_of[rows], node]
    loose = problem.movable[rows] & ~trial.grouped[rows] & may_come
    rows, own = rows[loose], own[loose]
    is_away = problem.node[rows] != trial.node[rows]
    order = np.argsort((2 * own + is_away) * len(worth.rank) + worth.rank[rows])
    rows, own = rows[order], own[order]
    counts = np.bincount(own, minlength=len(nodes))
    there = np.full((len(nodes), int(counts.max(initial=0))), len(trial.node), dtype=np.int64)
    there[own, np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)] = rows
    return there


def _welcome_on(trial: WhatIf, nodes: Ints, left: Ints) -> Ints:
    """[H, M] The servers left, nobody in the place of those that the rules keep off a node."""
    rules = trial.problem.rules
    welcome = rules.takes[rules.class_of[left]][:, nodes] & trial.open[nodes]
    for place in np.flatnonzero(trial.grouped[left]).tolist():
        welcome[place] = trial.welcomes(int(left[place]))[nodes]
    return np.where(welcome, left[:, None], len(trial.node)).T


def _orders(trial: WhatIf, nodes: Ints, there: Ints, ours: Ints, worth: Worth) -> Ints:
    """[W, H, L] In W orders each the nodes may be filled anew.

    Once those at home, then all others by size. Then for each kind of server left: one of it first,
    then who stands there, then all others that are left.
    """
    everyone = np.hstack([there, ours, np.full((len(nodes), 1), len(trial.node))])
    is_away = worth.home[everyone] != nodes[:, None]
    place = np.sort(worth.rank[everyone] + is_away * len(worth.rank), axis=1)
    columns = list(range(everyone.shape[1]))
    one_first = [[one, *columns[:one], *columns[one + 1:]]
                 for one in (there.shape[1] + column for column in _kinds(trial, ours))]
    return np.stack([worth.by_rank[place % len(worth.rank)], *(everyone[:, order] for order in one_first)])


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
    seated = np.zeros(orders.shape[::-1], dtype=bool)
    needs = worth.need[:, orders.T].swapaxes(0, 1)
    for place, fits in enumerate(seated):
        need = needs[place]
        np.logical_and.reduce(free >= need, axis=0, out=fits)
        free -= need * fits
    return seated.T


def _values(servers: Ints, nodes: Ints, worth: Worth) -> Floats:
    """[..., H, L] What the servers are worth on the nodes, [H]."""
    is_home = worth.home[servers] == nodes[:, None]
    values: Floats = worth.size[servers] * (1 + worth.at_home * is_home)
    return values
