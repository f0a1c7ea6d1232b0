# SPDX-License-Identifier: Apache-2.0
"""Empty nodes for a strategy: which servers move and why, and why others stay."""

from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Cluster, Ints
from watcher_py.core.difference import migration, movers
from watcher_py.core.problem import Problem
from watcher_py.core.solution import Outcome, Proposal
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Drain


@dataclass(frozen=True, eq=False)
class Evacuation:
    """Nodes that were to be emptied, and where all servers stand then."""

    cluster: Cluster
    problem: Problem
    term: Drain
    placed: Ints                    # [S]
    outcome: Outcome

    def moving(self) -> list[int]:
        """The servers that move, in the order of their nodes."""
        return [int(row) for row in movers(self.cluster, self.placed)]

    def move(self, server: int, why: str, is_live: bool) -> Proposal:
        """A server's migration; `why` is that of its node, if that is one to be emptied."""
        source, target = int(self.cluster.servers.node[server]), int(self.placed[server])
        change = replace(migration(self.cluster, server, target), is_live=is_live)
        if not self.term.nodes[source]:
            return Proposal(change, f'makes way on {change.source} for servers that find no room elsewhere')
        is_named = self.term.toward is not None and self.term.toward[source] == target
        choice = 'is named to take its servers' if is_named else 'has room and may take it'
        return Proposal(change, f'{why}; {change.target} {choice}')

    def left(self) -> list[int]:
        """The servers that stay on the nodes."""
        return [int(row) for row in np.flatnonzero(self.term.nodes[self.placed])]

    def stayed(self) -> dict[str, str]:
        """Why they stay: uuid -> reason."""
        return {self.cluster.servers.uuid[row]: self.problem.rules.stuck[row]
                or 'no other node has room for it and is allowed to take it' for row in self.left()}


def evacuate(cluster: Cluster, problem: Problem, term: Drain, budget: Budget) -> Evacuation:
    answer = solve(problem, [term], budget=budget)
    return Evacuation(cluster, problem, term, answer.node, answer.outcomes[0])
