# SPDX-License-Identifier: Apache-2.0
"""Empty as many nodes as can be, for a strategy: what changes and why, and why others stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import SERVICE_DISABLED_REASON, SetService
from watcher_py.core.cluster import Bools, Cluster, Ints
from watcher_py.core.difference import migrations, movers
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import limits_of, rested, worth_it
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Pack
from watcher_py.core.strategy import Params, Stated


def stated(problem: Problem, snapshot: Snapshot, params: Params) -> Stated:
    """To pack the servers of the problem, with the restraint that the parameters ask for."""
    problem = rested(problem, snapshot, params)
    return Stated(problem, (Pack(),), limits_of(problem, params))


def consolidate(snapshot: Snapshot, asked: Stated, params: Params, budget: Budget) -> Solution:
    answer = solve(asked.problem, asked.terms, asked.limits, budget)
    answer, refrained = worth_it(asked.problem, answer, params)
    gathering = _Gathering(snapshot.cluster, asked.problem, answer.node)
    return Solution(
        (*gathering.services(), *gathering.moves()),
        {'compute_nodes_count': len(snapshot.cluster.nodes),
         'released_compute_nodes_count': int(gathering.emptied.sum()),
         'instance_migrations_count': len(gathering.moving)},
        answer.outcomes[0], gathering.stayed(), refrained)


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    """A node is released when servers moved off it, and none is known to stand there now."""
    left = {deed.parameters.get('source_node', '') for deed in done.of('migrate')}
    is_empty = after.cluster.nodes.known & ~after.cluster.active()
    released = left & _names(before.cluster, before.cluster.active()) & _names(after.cluster, is_empty)
    return {'compute_nodes_count': len(before.cluster.nodes),
            'released_compute_nodes_count': len(released), **of_moves(before, done)}


def no_readings(params: Params) -> list[MetricNeed]:
    """Where servers stand is all that `measure` looks at."""
    return []


def _names(cluster: Cluster, nodes: Bools) -> set[str]:
    return {cluster.nodes.name[node] for node in np.flatnonzero(nodes).tolist()}


@dataclass(frozen=True, eq=False)
class _Gathering:
    """Where all servers stand in the end, [S]."""

    cluster: Cluster
    problem: Problem
    placed: Ints

    @cached_property
    def emptied(self) -> Bools:
        """[N]."""
        return self.cluster.active() & ~self.cluster.placed(self.placed).active()

    @cached_property
    def moving(self) -> Ints:
        return movers(self.cluster, self.placed)

    def services(self) -> Iterator[Proposal]:
        nodes, standing = self.cluster.nodes, np.bincount(self.cluster.servers.node).tolist()
        for node in np.flatnonzero(self.emptied & nodes.enabled).tolist():
            change = SetService(nodes.uuid[node], nodes.name[node], False, SERVICE_DISABLED_REASON, True)
            yield Proposal(change, f'its {standing[node]} servers leave; nothing new is to land on it')

    def moves(self) -> Iterator[Proposal]:
        cluster, names, emptied = self.cluster, self.cluster.nodes.name, self.emptied.tolist()
        standing = np.bincount(cluster.servers.node).tolist()
        arriving = np.bincount(self.placed[self.moving]).tolist()
        for source, target, change in migrations(cluster, self.placed):
            yield Proposal(
                change,
                f'empties {names[source]}, where {standing[source]} servers stand; '
                f'{names[target]} has room for it and takes {arriving[target]} in all' if emptied[source] else
                f'makes room of the right shape on {names[source]} for servers of the nodes that are emptied')

    def stayed(self) -> dict[str, str]:
        """Why each stuck server stays, and each node in use is not emptied."""
        servers, nodes, before = self.cluster.servers, self.cluster.nodes, self.cluster.servers.node
        stayed = {servers.uuid[row]: reason for row, reason in enumerate(self.problem.rules.stuck) if reason}
        stuck = np.bincount(before, ~self.problem.movable, len(nodes)).astype(int)
        comers = np.bincount(self.placed[self.moving], minlength=len(nodes))
        for node in np.flatnonzero(self.cluster.placed(self.placed).active()).tolist():
            stayed[nodes.uuid[node]] = (
                f'{stuck[node]} of its servers can not move' if stuck[node]
                else f'it takes {comers[node]} of the servers that move' if comers[node]
                else 'no way was found to seat its servers on other nodes in use')
        return stayed
