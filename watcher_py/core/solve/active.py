# SPDX-License-Identifier: Apache-2.0
"""How many nodes stay in use under any plan: a bound by whole nodes of each sort and parts of servers."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.solve.alike import Kinds, kinds_of, mask_of_nodes, number_alike, takes_of

# HiGHS solves to about 1e-6; rounding up must not lift a bound over the truth.
_TOLERANCE = 1e-4
# An effort, not a time: the same answer on every machine.
_BRANCHINGS = 200
# Where kinds of servers times sorts of nodes are more than this, sorts are blurred.
_FLOWS = 30_000
# The orders of the dual feasible functions, see _rounded.
_ORDERS = (1, 2, 3)


def fewest_active_bound(problem: Problem) -> int:
    """A lower bound of the number of nodes in use that any legal plan can leave.

    A mixed integer programme: of nodes of one sort a whole number is in use, servers of one kind spread over
    the sorts in parts, the room of a sort is pooled. Measured load, that differs from server to server, is
    counted in total only. Nodes whose servers can't all move are in use anyway. It is a relaxation of
    the rules in force, so what it can't do, no plan can.
    """
    forced = np.bincount(problem.node, weights=~problem.movable, minlength=len(problem.room)) > 0
    kinds = kinds_of(problem)
    if not len(kinds.first):
        return int(forced.sum())
    return int(forced.sum()) + _Programme(problem, kinds, _sorts(problem, forced, len(kinds.first))).fewest()


@dataclass(frozen=True, eq=False)
class _Sorts:
    """G sorts of nodes alike; a forced one is in use anyway and pools its nodes as if they were one."""

    of_node: Ints           # [N]
    forced: Bools           # [G]
    nodes: Ints             # [G]
    room: Floats            # [G, D] of one node, of all together in a forced sort


def _sorts(problem: Problem, forced: Bools, kinds: int) -> _Sorts:
    stuck = ~problem.movable
    taken = sums_of(problem.demand[stuck], problem.node[stuck], len(problem.room))
    # A node that is beyond its room today may stay so: a plan only has to add nothing.
    room = np.maximum(problem.room, problem.used(problem.node)) - taken
    of_node = _alike(room[:, :problem.resources], forced, mask_of_nodes(problem), _FLOWS // kinds)
    nodes = np.bincount(of_node)
    is_forced = np.bincount(of_node, forced) > 0
    pooled, largest = sums_of(room, of_node, len(nodes)), np.zeros((len(nodes), room.shape[1]))
    np.maximum.at(largest, of_node, room)
    return _Sorts(of_node, is_forced, nodes, np.where(is_forced[:, None], pooled, largest))


def _alike(room: Floats, forced: Bools, mask: Ints, most: int) -> Ints:
    """[N] The sort of each node; where there are too many, of nodes whose room is about the same."""
    digits = np.log2(np.maximum(room, 1))
    for size in (room, *(np.ceil(digits * steps) for steps in (32, 4))):
        of_node = number_alike(forced, mask, *np.where(forced[:, None], 0, size).T)
        if of_node.max(initial=0) < most:
            return of_node
    return number_alike(forced, mask)


class _Programme:
    """Columns: servers of a kind on nodes of a sort, then nodes of each sort in use."""

    def __init__(self, problem: Problem, kinds: Kinds, sorts: _Sorts):
        self._problem, self._kinds, self._sorts = problem, kinds, sorts
        may_use = takes_of(problem, kinds, sorts.of_node)
        movers = np.flatnonzero(problem.movable)
        # A server may always stay, even on a node that takes nobody.
        may_use[kinds.of_server[movers], sorts.of_node[problem.node[movers]]] = True
        self._may_use, (self._kind, self._sort) = may_use, np.nonzero(may_use)
        self._flows = len(self._kind)

    def fewest(self) -> int:
        """The fewest nodes in use besides the forced ones."""
        sorts = self._sorts
        none = np.zeros(self._flows)
        result = milp(
            np.concatenate([none, ~sorts.forced]),
            constraints=[self._all_seated(), *self._within_room(), *self._within_load(), *self._apart()],
            bounds=Bounds(np.concatenate([none, np.where(sorts.forced, 1, 0)]),
                          np.concatenate([none + np.inf, np.where(sorts.forced, 1, sorts.nodes)])),
            integrality=np.concatenate([none, np.ones(len(sorts.nodes))]),
            options={'node_limit': _BRANCHINGS})
        proven = getattr(result, 'mip_dual_bound', None)
        return max(0, math.ceil(proven - _TOLERANCE)) if proven is not None and math.isfinite(proven) else 0

    def _all_seated(self) -> LinearConstraint:
        count, flows = self._kinds.count, self._flows
        seated = coo_array((np.ones(flows), (self._kind, np.arange(flows))),
                           shape=(len(count), flows + len(self._sorts.nodes)))
        return LinearConstraint(seated.tocsr(), count, count)

    def _within_room(self) -> list[LinearConstraint]:
        rows = []
        for dimension, demand in enumerate(self._kinds.demand.T):
            room = _summable(demand, self._sorts.room[:, dimension])
            rows.append(self._of_sorts(demand[self._kind], room))
            if not (demand % 1).any():
                whole = np.where(self._sorts.forced | (room <= 0), np.inf, room)[self._sort]
                rows += [self._of_sorts(_rounded(demand[self._kind], whole, order), np.ones(len(room)))
                         for order in _ORDERS]
        return rows

    def _of_sorts(self, need: Floats, room: Floats) -> LinearConstraint:
        """What is needed of each sort is no more than its nodes in use have."""
        count = len(room)
        rows = np.concatenate([self._sort, np.arange(count)])
        within = coo_array((np.concatenate([need, -room]), (rows, np.arange(self._flows + count))),
                           shape=(count, self._flows + count))
        return LinearConstraint(within.tocsr(), -np.inf, 0)

    def _within_load(self) -> list[LinearConstraint]:
        problem = self._problem
        total = problem.demand[problem.movable, problem.resources:].sum(axis=0)
        return [self._in_use(room, load)
                for room, load in zip(self._sorts.room[:, problem.resources:].T, total, strict=True)]

    def _apart(self) -> list[LinearConstraint]:
        """Members of an anti-affinity group need so many nodes of the sorts that they may use."""
        least: dict[bytes, int] = {}
        for group in self._problem.rules.apart:
            node, kind = self._problem.node[group.members], self._kinds.of_server[group.members]
            usable: Bools = np.asarray(self._may_use[kind[kind >= 0]].any(axis=0))
            usable[self._sorts.of_node[node]] = True
            # Those that stand together already, against the rule, may stay so.
            together = max(group.limit, int(np.bincount(node).max()))
            nodes = math.ceil(len(node) / together) - self._sorts.nodes[usable & self._sorts.forced].sum()
            least[usable.tobytes()] = max(int(nodes), least.get(usable.tobytes(), 1))
        return [self._in_use(np.frombuffer(usable, dtype=bool) & ~self._sorts.forced, nodes)
                for usable, nodes in least.items() if nodes > 1]

    def _in_use(self, each: ArrayLike, least: float) -> LinearConstraint:
        """The nodes in use have at least so much together, so much `each` of their sort."""
        row = np.concatenate([np.zeros(self._flows), np.asarray(each, dtype=float)])
        return LinearConstraint(csr_array(row[None, :]), least, np.inf)


def _summable(demand: Floats, room: Floats) -> Floats:
    """The rooms, less what no sum of the demands can fill: demands of 2, 4 and 8 leave 1 of 13."""
    step = 0 if (demand % 1).any() else int(np.gcd.reduce(demand.astype(np.int64), initial=0))
    return np.asarray(np.floor((room + SLACK) / step) * step, dtype=float) if step else room


def _rounded(need: Floats, room: Floats, order: int) -> Floats:
    """Shares of a node, rounded such that those which fit on one node together still do.

    The dual feasible functions u(k) of Fekete and Schepers, "New classes of fast lower bounds for bin
    packing problems" (2001): a share x counts as x where (k + 1) x is whole, else as floor((k + 1) x) / k.
    Of two servers that need more than half a node each, it so sees that they need two.
    """
    times = (order + 1) * need / room
    return np.asarray(np.where(times % 1 == 0, need / room, np.floor(times) / order))
