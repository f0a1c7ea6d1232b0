# SPDX-License-Identifier: Apache-2.0
"""A placement problem: who may move, what each needs, what each node has; no strategy in it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Floats, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.rules import Rules, rules_of

# Sums of floats are compared with this much slack, in the units of the columns.
SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Problem:
    """S servers on N nodes in D dimensions: the resource classes, then what is measured."""

    node: Ints                      # [S] where each stands
    demand: Floats                  # [S, D]
    room: Floats                    # [N, D] for all servers of a node together
    most: Floats                    # [N, D] for a single server, however the node is overcommitted
    rules: Rules
    resources: int                  # so many dimensions are resource classes; the others are measured

    @cached_property
    def movable(self) -> Bools:
        """[S]."""
        return np.array([not reason for reason in self.rules.stuck], dtype=bool)

    def keeping(self, reasons: Iterable[tuple[int, str]]) -> 'Problem':
        """The problem in which these servers stay too; of several reasons the first counts."""
        stuck = list(self.rules.stuck)
        for row, reason in reasons:
            stuck[row] = stuck[row] or reason
        return replace(self, rules=replace(self.rules, stuck=tuple(stuck)))

    def used(self, node: Ints) -> Floats:
        """[N, D] What servers placed on these nodes take."""
        return sums_of(self.demand, node, len(self.room))


def allocation_problem(cluster: Cluster) -> Problem:
    """What Placement counts."""
    return Problem(cluster.servers.node, cluster.servers.demand,
                   cluster.capacity() - cluster.nodes.held, cluster.nodes.total, rules_of(cluster),
                   cluster.servers.demand.shape[1])
