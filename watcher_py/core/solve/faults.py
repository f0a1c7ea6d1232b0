# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a placement: servers where they may not be, crowded groups, nodes beyond their room."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Group, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.solve.leave import can_leave


@dataclass(frozen=True, eq=False)
class Crowd:
    """Members of an anti-affinity group on one node, more of them than it allows."""

    group: Group
    node: int
    members: Ints

    @property
    def excess(self) -> int:
        return len(self.members) - self.group.limit


@dataclass(frozen=True, eq=False)
class Faults:
    """The faults of a placement."""

    misplaced: Ints                 # rows of servers
    crowds: tuple[Crowd, ...]
    beyond: Bools                   # [N, D] the dimensions in which a node is beyond its room

    def count(self) -> int:
        """Servers to be moved elsewhere, and dimensions of nodes to be relieved."""
        return len(self.misplaced) + sum(crowd.excess for crowd in self.crowds) + int(self.beyond.sum())


def faults_of(problem: Problem, misplaced: Bools, node: Ints) -> Faults:
    """The faults of the placement `node` [S]; who is misplaced [S] at the start is so until it moves."""
    return Faults(np.flatnonzero(misplaced & (node == problem.node)),
                  tuple(_crowds(problem.rules.apart, node)), beyond_room(problem.room, problem.used(node)))


def lasting_faults(problem: Problem, faults: Faults) -> int:
    """How many of the faults of the placement that the problem starts from no legal plan repairs."""
    everywhere = np.ones(len(problem.room), dtype=bool)

    def stay(servers: Ints) -> Ints:
        return servers[~can_leave(problem, servers, everywhere)]

    is_beyond = np.asarray(faults.beyond.any(axis=1))
    on_beyond = stay(np.flatnonzero(is_beyond[problem.node]))
    pinned = sums_of(problem.demand[on_beyond], problem.node[on_beyond], len(problem.room))
    return (len(stay(faults.misplaced))
            + sum(max(0, len(stay(crowd.members)) - crowd.group.limit) for crowd in faults.crowds)
            + int((beyond_room(problem.room, pinned) & faults.beyond).sum()))


def beyond_room(room: Floats, used: Floats) -> Bools:
    """Where servers use more than there is; what is gone without any server is nobody's fault."""
    return np.asarray((used > room + SLACK) & (used > 0))


def _crowds(groups: tuple[Group, ...], node: Ints) -> Iterator[Crowd]:
    for group in groups:
        at = node[group.members]
        nodes, counts = np.unique(at, return_counts=True)
        for crowded in nodes[counts > group.limit].tolist():
            yield Crowd(group, crowded, group.members[at == crowded])
