# SPDX-License-Identifier: Apache-2.0
"""Swap servers between nodes in use, so that room left is of use, or so that servers are at home.

Room is of use where it is left in every dimension at once: a node with free memory and no free
CPU takes nobody. Two nodes that lack different things exchange servers until both lack little.
"""

from dataclasses import dataclass

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import MEMORY_MB, Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.alike import number_alike
from watcher_py.core.whatif import WhatIf

# So many cells (pairs of nodes x servers of one x of the other) are weighed at once: a cache holds them.
_CELLS = 1 << 14
# A swap has to gain this share of what is of use on an average node, or it only churns.
_LEAST_GAIN = 1e-3
# Where no larger share of the pairs finds a swap, other pairs hardly do.
_FEW_SWAPS = 0.05


def equalise(trial: WhatIf, price: float, rounds: int, budget: Budget) -> None:
    """Make room of use, as long as it is worth the memory that leaves home for it.

    `price` is how much room of use, in MiB of memory, a swap gains at least for each MiB that it takes
    from home; a server brought home counts the other way. One swap a pair of nodes and round.
    """
    nodes, exchange = np.flatnonzero(trial.open), _exchange(trial, price, use=1.0)
    if len(nodes) < 2 or not len(exchange.dimensions):
        return
    for number in range(rounds):
        if budget.is_spent():
            return
        pairs = _opposites(exchange, nodes) if number % 2 == 0 else _strangers(nodes, number)
        if _swap(exchange, pairs, number) <= _FEW_SWAPS * len(pairs) and number % 2:
            return


def swap_home(trial: WhatIf, rounds: int, budget: Budget) -> None:
    """Bring home servers whose home is in use, alone or in exchange for another."""
    exchange = _exchange(trial, price=1.0, use=0.0)
    for number in range(rounds):
        pairs = away_and_home(trial)
        if budget.is_spent() or not len(pairs) or not _swap(exchange, pairs, number):
            return


def away_and_home(trial: WhatIf) -> Ints:
    """[P, 2] Nodes, and nodes in use where servers on them are at home; each once, most memory first."""
    home, memory = trial.problem.node, trial.problem.demand[:, MEMORY_MB]
    astray = np.flatnonzero((trial.node != home) & trial.open[home] & trial.problem.movable)
    pairs, which = np.unique(np.column_stack([trial.node[astray], home[astray]]), axis=0, return_inverse=True)
    amount = np.bincount(which.reshape(-1), weights=memory[astray], minlength=len(pairs))
    met: set[int] = set()
    found = []
    for pair in pairs[np.argsort(-amount, kind='stable')].tolist():
        if met.isdisjoint(pair):
            met.update(pair)
            found.append(pair)
    return np.array(found, dtype=np.int64).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class _Exchange:
    """What swaps are weighed by, in average servers; a row more than there are servers stands for nobody."""

    trial: WhatIf
    use: float                      # what room of use is worth
    dimensions: Ints                # those that anybody needs
    mix: Floats                     # [D'] what an average server in use needs of them
    need: Floats                    # [D', S + 1]
    cost: Floats                    # [S + 1] of being away from home
    kind: Ints                      # [S] of the same rules and resources
    home: Ints                      # [S + 1]
    class_of: Ints                  # [S + 1]
    takes: Bools                    # [C + 1, N]
    loose: Bools                    # [S] who may be swapped: members of groups are left in peace
    least_gain: float

    def left(self, nodes: Ints) -> Floats:
        """[nodes, D'] The room left."""
        left: Floats = self.trial.free[nodes][:, self.dimensions] / self.mix
        return left


def _exchange(trial: WhatIf, price: float, use: float) -> _Exchange:
    problem = trial.problem
    placed = problem.demand[trial.open[trial.node]]
    average = placed.sum(axis=0) / max(len(placed), 1)
    dimensions = np.flatnonzero(average > SLACK)
    mix = average[dimensions]
    need = np.vstack([problem.demand, np.zeros(problem.demand.shape[1])])
    kind = number_alike(problem.rules.class_of, *problem.demand[:, :problem.resources].T)
    left = np.maximum(trial.free[trial.open][:, dimensions], 0).sum(axis=0) / mix
    on_each = float(left.min(initial=np.inf)) / max(int(trial.open.sum()), 1)
    return _Exchange(
        trial, use, dimensions, mix, np.ascontiguousarray((need[:, dimensions] / mix).T),
        price * need[:, MEMORY_MB] / max(average[MEMORY_MB], SLACK), kind, np.append(problem.node, -1),
        np.append(problem.rules.class_of, len(problem.rules.takes)),
        np.vstack([problem.rules.takes, np.ones(len(problem.room), dtype=bool)]),
        problem.movable & ~trial.grouped, _LEAST_GAIN * on_each)


def _opposites(exchange: _Exchange, nodes: Ints) -> Ints:
    """[P, 2] Nodes that have much of what is scarce with nodes that have little of it."""
    left = exchange.left(nodes)
    scarce = int(left.mean(axis=0).argmin())
    share = left / np.maximum(left.mean(axis=0), SLACK)
    others = np.delete(share, scarce, axis=1).min(axis=1, initial=np.inf)
    order = nodes[np.argsort(share[:, scarce] - others, kind='stable')]
    half = len(order) // 2
    return np.column_stack([order[:half], order[::-1][:half]])


def _strangers(nodes: Ints, seed: int) -> Ints:
    """[P, 2] Each node with another, others for each seed."""
    order = np.random.default_rng(seed).permutation(nodes)
    half = len(order) // 2
    return np.column_stack([order[:half], order[half:2 * half]])


def _swap(exchange: _Exchange, pairs: Ints, turn: int) -> int:
    """Make the best swap of each pair of nodes, if it is of use; how many were made."""
    roster = _roster(exchange, turn)
    counts = (roster < len(exchange.loose)).sum(axis=1)[pairs].max(axis=1) + 1
    order = np.argsort(-counts, kind='stable')
    pairs, counts = pairs[order], counts[order]
    done = start = 0
    while start < len(pairs):
        width = int(counts[start])
        chunk = pairs[start:start + max(1, _CELLS // width ** 2)]
        done += _swap_each(exchange, chunk, roster[chunk[:, 0], :width], roster[chunk[:, 1], :width])
        start += len(chunk)
    return done


def _roster(exchange: _Exchange, turn: int) -> Ints:
    """[N, K] Loose servers of each node, then nobody at least once; of those alike one, each turn another."""
    trial, nodes, kinds = exchange.trial, len(exchange.trial.open), int(exchange.kind.max(initial=0)) + 1
    rows = np.flatnonzero(exchange.loose & trial.open[trial.node])
    rows = np.random.default_rng(turn).permutation(rows)
    own, home = trial.node[rows], exchange.home[rows]
    # All at home are alike, and so are all whose home is closed.
    wish = np.where(own == home, nodes, np.where(trial.open[home], home, nodes + 1))
    alike = (own * kinds + exchange.kind[rows]) * (nodes + 2) + wish
    rows = rows[np.unique(alike, return_index=True)[1]]
    own = trial.node[rows]
    counts = np.bincount(own, minlength=nodes)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    roster = np.full((nodes, int(counts.max(initial=0)) + 1), len(trial.node), dtype=np.int64)
    roster[own, place] = rows
    return roster


def _swap_each(exchange: _Exchange, pairs: Ints, ours: Ints, theirs: Ints) -> int:
    """The same for P pairs of nodes whose servers are the rows of `ours` and `theirs`: [P, K] each."""
    trial, nobody = exchange.trial, len(exchange.loose)
    gain = _gains(exchange, pairs, ours, theirs).reshape(len(pairs), -1)
    best = gain.argmax(axis=1)
    done = 0
    for pair in np.flatnonzero(gain[np.arange(len(pairs)), best] > exchange.least_gain).tolist():
        one, other = pairs[pair].tolist()
        going, coming = divmod(int(best[pair]), ours.shape[1])
        moves = [(int(ours[pair, going]), other), (int(theirs[pair, coming]), one)]
        done += trial.move_all([move for move in moves if move[0] < nobody])
    return done


def _gains(exchange: _Exchange, pairs: Ints, ours: Ints, theirs: Ints) -> Floats:
    """[P, K, K] What each swap of a server of `ours` for one of `theirs` gains, -inf where it can't be."""
    one, other = pairs.T
    left, left_there = exchange.left(one), exchange.left(other)
    least, least_there = np.full((2, len(pairs), ours.shape[1], theirs.shape[1]), np.inf)
    for dimension, need in enumerate(exchange.need):
        going, coming = need[ours], need[theirs]
        without, without_there = left[:, dimension, None] + going, left_there[:, dimension, None] + coming
        np.minimum(least, without[:, :, None] - coming[:, None, :], out=least)
        np.minimum(least_there, without_there[:, None, :] - going[:, :, None], out=least_there)
    had = np.maximum(left.min(axis=1), 0) + np.maximum(left_there.min(axis=1), 0)
    gain: Floats = exchange.use * (least + least_there - had[:, None, None])
    gain += _nearer_home(exchange, ours, one, other)[:, :, None]
    gain += _nearer_home(exchange, theirs, other, one)[:, None, :]
    gain[np.minimum(least, least_there) < -SLACK] = -np.inf
    return gain


def _nearer_home(exchange: _Exchange, servers: Ints, now: Ints, then: Ints) -> Floats:
    """[P, K] The cost saved when servers go from one node to the other; -inf where that takes them not."""
    home = exchange.home[servers]
    nearer: Floats = exchange.cost[servers] * ((home == then[:, None]).astype(float) - (home == now[:, None]))
    nearer[~exchange.takes[exchange.class_of[servers], then[:, None]]] = -np.inf
    return nearer
