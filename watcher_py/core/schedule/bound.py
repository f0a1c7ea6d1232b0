# SPDX-License-Identifier: Apache-2.0
"""How soon all moves can be done at best: no schedule, with or without parking moves, is shorter."""

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.pace import Pace
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.schedule.moves import Moves

# Seconds that one bit stands for where work is divided in two; rounding down keeps the bound.
UNIT = 0.1


def shortest_makespan(moves: Moves, problem: Problem, pace: Pace) -> float:
    """Seconds: the most that one move, one node, or all nodes together need.

    A parking move burdens neither the node that the server leaves nor the one it goes to with more
    than the move itself, so what holds for those two holds with parking moves as well.
    """
    if not len(moves):
        return 0.0
    bound = float(moves.seconds.max())
    if pace.in_all is not None:
        bound = max(bound, float(moves.seconds.sum()) / pace.in_all)
    return _waiting_bound(moves, problem, pace, _lanes_bound(moves, pace, bound))


def _lanes_bound(moves: Moves, pace: Pace, bound: float) -> float:
    """Each node's moves, one after the other in so many lanes; the busiest nodes first."""
    nodes, seconds = moves.ends()
    work = np.bincount(nodes, weights=seconds)
    by_node = _by_node(nodes, seconds)
    for node in np.argsort(-work, kind='stable').tolist():
        if work[node] / pace.per_node + seconds.max() <= bound:
            break
        bound = max(bound, float(work[node]) / pace.per_node, fewest_seconds(by_node[node], pace.per_node))
    return bound


def fewest_seconds(seconds: Floats, lanes: int) -> float:
    """A bound of the time that jobs need in lanes side by side; within a UNIT exact for two lanes."""
    if lanes == 2:
        return _halved(seconds)
    longest = np.sort(seconds)[::-1]
    # Of the j * lanes + 1 longest jobs, some lane has j + 1, at best the shortest of them.
    return max(float(longest[last - last // lanes:last + 1].sum()) for last in range(0, len(longest), lanes))


def _halved(seconds: Floats) -> float:
    """The longer half when jobs are divided between two lanes as evenly as can be (subset sums)."""
    units = np.floor(seconds / UNIT).astype(int).tolist()
    sums = 1                                        # bit n: some of the jobs make n units
    for unit in units:
        sums |= sums << unit
    half = (sum(units) + 1) // 2
    above = sums >> half
    return float(half + (above & -above).bit_length() - 1) * UNIT


def _waiting_bound(moves: Moves, problem: Problem, pace: Pace, bound: float) -> float:
    """Moves into nodes without room for them wait until enough has left, and then take their time."""
    free = problem.room - problem.used(problem.node)
    lacking = np.where(moves.demand > 0, moves.demand - free[moves.target], 0.0)
    late = np.flatnonzero((lacking > SLACK).any(axis=1))
    leaving = _by_node(moves.source, np.arange(len(moves)))
    for move in late[np.argsort(-moves.seconds[late], kind='stable')].tolist():
        departures = leaving.get(int(moves.target[move]), np.zeros(0, dtype=np.int64))
        if len(departures) and moves.seconds[move] + moves.seconds[departures].sum() > bound:
            wait = _wait(moves.seconds[departures], moves.demand[departures], lacking[move], pace.per_node)
            bound = max(bound, wait + float(moves.seconds[move]))
    return bound


def _wait(seconds: Floats, freed: Floats, lacking: Floats, lanes: int) -> float:
    """How long departures need at least to free what is lacking."""
    waits = [float(seconds.min())]
    for dimension in np.flatnonzero(lacking > SLACK).tolist():
        amount, lack = freed[:, dimension], float(lacking[dimension])
        waits.append(max(_longest_needed(seconds, amount, lack), _work_needed(seconds, amount, lack) / lanes))
    return max(waits)


def _longest_needed(seconds: Floats, amount: Floats, lack: float) -> float:
    """All departures that are shorter do not free enough together."""
    order = np.argsort(seconds, kind='stable')
    enough = np.cumsum(amount[order]) >= lack - SLACK
    return float(seconds[order][enough.argmax()]) if enough.any() else 0.0


def _work_needed(seconds: Floats, amount: Floats, lack: float) -> float:
    """The least seconds of departures that free enough, were they divisible (a fractional knapsack)."""
    giving = np.flatnonzero(amount > 0)
    order = giving[np.argsort(seconds[giving] / amount[giving], kind='stable')]
    before = np.cumsum(amount[order]) - amount[order]
    share = np.clip((lack - before) / amount[order], 0.0, 1.0)
    return float((share * seconds[order]).sum())


def _by_node(nodes: Ints, values: Floats | Ints) -> dict[int, Floats]:
    order = np.argsort(nodes, kind='stable')
    found, starts = np.unique(nodes[order], return_index=True)
    return dict(zip(found.tolist(), np.split(values[order], starts[1:]), strict=True))
