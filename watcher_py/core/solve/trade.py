# SPDX-License-Identifier: Apache-2.0
"""Trade servers between hot nodes and cool ones, where shifting single servers gains nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.weighing import Weighing

# Cool nodes that each hot one is weighed against.
_PARTNERS = 8
# Cells (pairs of nodes x servers of one x servers of the other) weighed at once: as many as a cache holds.
_CELLS = 1 << 17


def trade(weighing: Weighing, hot: Ints, cool: Ints) -> int:
    """Make the trades that gain most, each node in one at most; how many were made."""
    givers, takers = _roster(weighing, hot), _roster(weighing, cool)
    met: set[int] = set()
    made = 0
    for pairs in _pairs(givers, takers):
        gain = _gains(weighing, givers, takers, pairs).reshape(len(pairs), -1)
        best = gain.argmax(axis=1)
        gain = gain[np.arange(len(pairs)), best]
        promising = np.flatnonzero(gain > 2 * weighing.aim.least_gain)
        for pair in promising[np.argsort(-gain[promising], kind='stable')].tolist():
            giver, taker = pairs[pair].tolist()
            source, target = int(givers.nodes[giver]), int(takers.nodes[taker])
            going, coming = divmod(int(best[pair]), takers.servers.shape[1])
            moves = [(int(givers.servers[giver, going]), target),
                     (int(takers.servers[taker, coming]), source)]
            if not met & {source, target} and weighing.make(moves):
                met |= {source, target}
                made += 1
    return made


@dataclass(frozen=True, eq=False)
class _Roster:
    """Nodes, and those of their servers that may leave: [nodes, most of one node]; -1 for nobody."""

    nodes: Ints
    servers: Ints


def _roster(weighing: Weighing, nodes: Ints) -> _Roster:
    servers, place = weighing.leavers(nodes)
    counts = np.bincount(place, minlength=len(nodes))
    within = np.arange(len(servers)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.full((len(nodes), int(counts.max(initial=0))), -1, dtype=np.int64)
    rows[place, within] = servers
    return _Roster(nodes, rows)


def _pairs(givers: _Roster, takers: _Roster) -> Iterator[Ints]:
    """[P, 2] Places of givers and takers: each giver with the takers of about its own rank."""
    giver = np.tile(np.arange(len(givers.nodes)), _PARTNERS)
    taker = (giver + np.repeat(np.arange(_PARTNERS), len(givers.nodes))) % max(len(takers.nodes), 1)
    width = givers.servers.shape[1] * takers.servers.shape[1]
    if not width:
        return
    pairs = np.column_stack([giver, taker])[givers.nodes[giver] != takers.nodes[taker]]
    at_once = max(1, _CELLS // width)
    for start in range(0, len(pairs), at_once):
        yield pairs[start:start + at_once]


def _gains(weighing: Weighing, givers: _Roster, takers: _Roster, pairs: Ints) -> Floats:
    """[P, A, B] What each trade of a giver's server for a taker's one gains, -inf where it can't be."""
    going, coming = givers.servers[pairs[:, 0]][:, :, None], takers.servers[pairs[:, 1]][:, None, :]
    source, target = givers.nodes[pairs[:, 0]][:, None, None], takers.nodes[pairs[:, 1]][:, None, None]
    load, problem, free = weighing.levels.load, weighing.trial.problem, weighing.trial.free
    gain = weighing.aim.gains(load[:, going] - load[:, coming], source, target)
    gain -= weighing.cost(going) + weighing.cost(coming)
    takes, class_of = problem.rules.takes, problem.rules.class_of
    fits = takes[class_of[going], target] & takes[class_of[coming], source] & (going >= 0) & (coming >= 0)
    for dimension in range(problem.demand.shape[1]):
        more = problem.demand[going, dimension] - problem.demand[coming, dimension]
        fits &= (more <= free[target, dimension] + SLACK) & (-more <= free[source, dimension] + SLACK)
    gain[~fits] = -np.inf
    return gain
