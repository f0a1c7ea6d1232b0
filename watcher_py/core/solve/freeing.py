# SPDX-License-Identifier: Apache-2.0
"""The relaxation of emptying nodes: each in whole or in part, the servers that leave pooled by kind.

A linear programme. Its columns, from left to right: the share in which each node is emptied; how many
empty nodes of each sort are taken into use; how many servers of each kind leave the kept nodes of a
group; how many reach the nodes of a group. Room is pooled over a group, measured load over all nodes,
and anti-affinity is left out: every legal plan is a solution, so what the programme can't reach, no
plan can.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, csr_array

from watcher_py.core.cluster import MEMORY_MB, Bools, Floats, Ints
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import Problem
from watcher_py.core.solve.alike import kinds_of, mask_of_nodes, number_alike, takes_of

# An effort, not a time: the same answer on every machine.
_BRANCHINGS = 50


@dataclass(frozen=True, eq=False)
class Freed:
    """A solution of the programme: so many `nodes` freed, for so many MiB of `memory` moved."""

    emptied: Floats                 # [N] the share of each node, 0 to 1
    opened: Floats                  # [N] the share of each node that was empty
    nodes: float
    memory: float


@dataclass(frozen=True, eq=False)
class _Optimum:
    """The best solution found, and what no solution costs less than."""

    solution: Floats | None
    bound: float


@dataclass(frozen=True, eq=False)
class _Block:
    """Some rows: the entries other than 0, and what each row comes to at least and at most."""

    values: Floats
    rows: Ints
    columns: Ints
    least: Floats
    most: Floats


def _room(values: Floats, rows: Ints, most: Floats) -> _Block:
    """What each column [columns] takes in its row is no more than there is [rows]."""
    columns = np.flatnonzero(values)
    return _Block(values[columns], rows[columns], columns, np.full(len(most), -np.inf), most)


def _together(blocks: Sequence[_Block], columns: int) -> LinearConstraint:
    """All rows, one below the other."""
    above = np.cumsum([0, *(len(block.most) for block in blocks)]).tolist()
    values, rows, at = (np.concatenate(parts) for parts in zip(*(
        (block.values, block.rows + first, block.columns)
        for block, first in zip(blocks, above, strict=False)), strict=True))
    matrix = csc_array((values, (rows, at)), shape=(above[-1], columns))
    return LinearConstraint(matrix, *(np.concatenate(side) for side in zip(*(
        (block.least, block.most) for block in blocks), strict=True)))


def emptiable(problem: Problem, node: Ints) -> Bools:
    """[N] The nodes in use whose servers can all move, when servers stand on the nodes of these rows: [S]."""
    stuck = np.bincount(node, weights=~problem.movable, minlength=len(problem.room)) > 0
    return (np.bincount(node, minlength=len(problem.room)) > 0) & ~stuck


class Freeing:
    """The programme of a problem whose servers stand on nodes [S], of which the `sources` [N] may be emptied.

    Servers that are away from home have moved already, and move on for nothing.
    """

    def __init__(self, problem: Problem, node: Ints, sources: Bools):
        self._problem, self._node = problem, node
        self._in_use = np.bincount(node, minlength=len(problem.room)) > 0
        self._sources = np.flatnonzero(sources)
        self._name_columns()
        self._rows = _together([self._conservation(), *self._rooms()], len(self._columns(0, 0, 0, 0)))
        self._freed = self._columns(1, -1, 0, 0)
        self._upper = self._columns(1, np.bincount(self._sort), self._standing[self._leaver], np.inf)
        at_home = node == problem.node
        self._moves = self._cost(at_home.astype(float), 1.0)
        self._memory = self._cost(at_home * problem.demand[:, MEMORY_MB],
                                  self._kinds.demand[self._leaver[0], MEMORY_MB])

    def most(self, limits: Limits = NO_LIMITS, thrift: float = 0.0, besides: Floats | None = None) -> Freed:
        """Most nodes freed within the limits of servers and memory.

        With `thrift`, that is what all memory is worth, in nodes: less memory moves. With `besides`, what
        each node is worth besides [N], in nodes: others are freed. Of either no more than so much of a node
        less is freed, `besides` of all together.
        """
        memory = float(self._problem.demand[self._problem.movable, MEMORY_MB].sum())
        freed = self._freed if besides is None else self._freed + self._columns(
            besides[self._sources], 0, 0, 0)
        return self._solve(thrift / max(memory, 1.0) * self._memory - freed, limits, -math.inf)

    def least_memory(self, nodes: float, limits: Limits = NO_LIMITS, whole: bool = False) -> Freed:
        """Least memory moved for so many nodes freed; nothing where that can't be.

        With `whole` all nodes are emptied in whole or not at all, if such a solution is found soon.
        """
        return self._solve(self._memory, limits, nodes, whole)

    def dearest(self, worth: Floats, count: float, whole: bool = False) -> float:
        """What the nodes [N] that are emptied, no more than so many besides those opened, are worth at most.

        Infinite where nothing is proven. With `whole`, where none of them is emptied in part, as far as
        that is soon known.
        """
        cost = self._columns(-worth[self._sources], 0, 0, 0)
        return -self._optimum(cost, [(self._freed, count)], whole).bound if len(self._sources) else 0.0

    def _name_columns(self) -> None:
        problem, self._idle = self._problem, np.flatnonzero(~self._in_use)
        self._kinds, self._group = kinds_of(problem), mask_of_nodes(problem)
        takes = takes_of(problem, self._kinds, self._group)
        movers = np.flatnonzero(problem.movable)
        self._standing = np.zeros(takes.shape)
        np.add.at(self._standing, (self._kinds.of_server[movers], self._group[self._node[movers]]), 1)
        self._leaver, self._comer = np.nonzero(self._standing), np.nonzero(takes)
        self._sort = number_alike(self._group[self._idle], *problem.room[self._idle, :problem.resources].T)
        self._first = self._idle[np.unique(self._sort, return_index=True)[1]]

    def _columns(self, sources: ArrayLike, sorts: ArrayLike, leavers: ArrayLike, comers: ArrayLike) -> Floats:
        """A value for every column, block by block."""
        sizes = len(self._sources), len(self._first), len(self._leaver[0]), len(self._comer[0])
        return np.concatenate([np.full(size, block, dtype=float)
                               for block, size in zip((sources, sorts, leavers, comers), sizes, strict=True)])

    def _conservation(self) -> _Block:
        """Of each kind as many servers arrive as leave."""
        column = np.full(len(self._in_use), -1)
        column[self._sources] = np.arange(len(self._sources))
        leaving = np.flatnonzero(column[self._node] >= 0)
        first = len(self._sources) + len(self._first)
        pooled = np.arange(first, first + len(self._leaver[0]) + len(self._comer[0]))
        return _Block(
            np.concatenate([np.ones(len(leaving) + len(self._leaver[0])), -np.ones(len(self._comer[0]))]),
            np.concatenate([self._kinds.of_server[leaving], self._leaver[0], self._comer[0]]),
            np.concatenate([column[self._node[leaving]], pooled]),
            *np.zeros((2, len(self._kinds.first))))

    def _rooms(self) -> Iterator[_Block]:
        """Who reaches the nodes of a group finds room on those that are kept or opened."""
        problem, used = self._problem, self._problem.used(self._node)
        # A node that is beyond its room may stay so, but takes nobody.
        room = np.maximum(problem.room, used)
        free = np.where(self._in_use[:, None], room - used, 0.0)
        groups = np.concatenate([self._group[self._sources], self._group[self._first],
                                 self._leaver[1], self._comer[1]])
        count = int(self._group.max(initial=-1)) + 1
        for dimension in range(problem.resources):
            leaves, comes = (self._kinds.demand[kinds, dimension] for kinds, _ in (self._leaver, self._comer))
            yield _room(self._columns(free[self._sources, dimension], -room[self._first, dimension],
                                      -leaves, comes), groups,
                        np.bincount(self._group, free[:, dimension], count).astype(float))
        for dimension in range(problem.resources, room.shape[1]):
            largest = np.zeros(len(self._first))
            np.maximum.at(largest, self._sort, room[self._idle, dimension])
            yield _room(self._columns(room[self._sources, dimension], -largest, 0, 0), np.zeros_like(groups),
                        free[:, dimension].sum(keepdims=True))

    def _cost(self, of_servers: Floats, of_leavers: ArrayLike) -> Floats:
        """What it costs when servers [S] leave with their node, or leave a node that is kept."""
        by_node = np.bincount(self._node, of_servers, len(self._in_use))
        return self._columns(by_node[self._sources], 0, of_leavers, 0)

    def _solve(self, cost: Floats, limits: Limits, nodes: float, whole: bool = False) -> Freed:
        if not len(self._sources):
            return self._read(np.zeros(len(cost)))
        found = self._optimum(cost, [(self._memory, limits.memory), (self._moves, limits.servers),
                                     (-self._freed, -nodes)], whole).solution
        if found is None:
            return self._solve(cost, limits, nodes) if whole else self._read(np.zeros(len(cost)))
        return self._read(found)

    def _optimum(self, cost: Floats, limited: Sequence[tuple[Floats, float]], whole: bool) -> _Optimum:
        """The least cost, where each of these rows comes to no more than its limit."""
        constraints = [self._rows, *(LinearConstraint(csr_array(row[None, :]), -np.inf, limit)
                                     for row, limit in limited if math.isfinite(limit))]
        # HiGHS compares reduced costs with an absolute tolerance, so they are brought to the size of 1.
        scale = max(np.abs(cost).max(), 1)
        # Without whole numbers it takes longer to simplify the programme than to solve it as it is.
        result = milp(cost / scale, integrality=self._columns(whole, whole, 0, 0),
                      bounds=Bounds(0, self._upper), constraints=constraints,
                      options={'node_limit': _BRANCHINGS, 'presolve': whole})
        bound = result.mip_dual_bound if whole else result.fun
        return _Optimum(result.x, -math.inf if bound is None else scale * bound)

    def _read(self, solution: Floats) -> Freed:
        emptied, opened = np.zeros(len(self._in_use)), np.zeros(len(self._in_use))
        emptied[self._sources] = solution[:len(self._sources)]
        sorts = solution[len(self._sources):len(self._sources) + len(self._first)]
        for sort, count in enumerate(sorts.tolist()):
            nodes = self._idle[self._sort == sort]
            opened[nodes] = np.clip(count - np.arange(len(nodes)), 0, 1)
        return Freed(emptied, opened, float(self._freed @ solution), float(self._memory @ solution))
