# SPDX-License-Identifier: Apache-2.0
"""Balance nodes for a strategy: which servers move and why, what it brings, and why others stay."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Cluster, Floats, Ints
from watcher_py.core.difference import migration, movers
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import HORIZON, worth_it
from watcher_py.core.shares import deviation
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Balance, Measure, Share
from watcher_py.core.strategy import Params, Stated


def balanced(snapshot: Snapshot, stated: Stated, params: Params, budget: Budget) -> Solution:
    """The plan for a stated problem whose only term is a balance."""
    term, = stated.terms
    assert isinstance(term, Balance)  # noqa: S101 - the strategies state no other
    answer = solve(stated.problem, [term], stated.limits, budget)
    answer, refrained = worth_it(stated.problem, answer, params)
    plan = _Plan(snapshot.cluster, stated.problem, term, answer.node)
    return Solution(tuple(plan.moves()), plan.indicators(), answer.outcomes[0], plan.stayed(),
                    refrained or plan.why_nothing())


def measure_balance(state: Callable[[Snapshot, Params], Stated], before: Snapshot, after: Snapshot,
                    params: Params, done: Done) -> Mapping[str, float]:
    """The deviations of both snapshots, of the loads that the strategy states."""
    return {'instances_count': len(before.cluster.servers),
            **_deviation('before', state(before, params)), **_deviation('after', state(after, params)),
            **of_moves(before, done)}


def _deviation(when: str, stated: Stated) -> dict[str, float]:
    term, = stated.terms
    assert isinstance(term, Balance)  # noqa: S101 - the strategies state no other
    return _named_deviation(when, term.shares, stated.problem.node)


def _named_deviation(when: str, shares: tuple[Share, ...], node: Ints) -> dict[str, float]:
    """None where the load of no node is known."""
    if not any(np.isfinite(share.size).any() for share in shares):
        return {}
    return {f'standard_deviation_{when}_audit': deviation(shares, node)}


def price_of(params: Params) -> float:
    """What a GiB moved has to gain by itself; see restraint for what a whole plan has to."""
    hours = params.get('payback_hours', HORIZON)
    return float(params.get('cost_per_gib', 0) / hours) if hours else 0.0


@dataclass(frozen=True, eq=False)
class _Plan:
    """Where the servers stood, and where they stand then."""

    cluster: Cluster
    problem: Problem
    term: Balance
    node: Ints                      # [S]

    def moves(self) -> Iterator[Proposal]:
        servers, names = self.cluster.servers, self.cluster.nodes.name
        before, after = self._levels(self.problem.node), self._levels(self.node)
        for row in movers(self.cluster, self.node).tolist():
            source, target = int(servers.node[row]), int(self.node[row])
            share = int((before[:, source] - before[:, target]).argmax())
            yield Proposal(
                migration(self.cluster, row, target),
                f'{self.term.shares[share].name}: {names[source]} is at {before[share, source]:.1%} and '
                f'{names[target]} at {before[share, target]:.1%}; the plan brings them to '
                f'{after[share, source]:.1%} and {after[share, target]:.1%}')

    def indicators(self) -> dict[str, float]:
        return {'instance_migrations_count': int((self.node != self.problem.node).sum()),
                'instances_count': len(self.problem.node),
                **_named_deviation('before', self.term.shares, self.problem.node),
                **_named_deviation('after', self.term.shares, self.node)}

    def stayed(self) -> dict[str, str]:
        """Servers that can't move, and nodes that stay above the peak that is enough."""
        stayed = {uuid: reason for uuid, reason in zip(
            self.cluster.servers.uuid, self.problem.rules.stuck, strict=True) if reason}
        for node in np.flatnonzero(self._too_high(self.node).any(axis=0)).tolist():
            stayed[self.cluster.nodes.uuid[node]] = (
                'it stays above what is enough: no other node may take more of its servers and stay below')
        return stayed

    def why_nothing(self) -> str:
        """Why there is no plan; '' where there is one, or where something would be left to do."""
        if (self.node != self.problem.node).any():
            return ''
        if not len(self.cluster.nodes) or not np.isfinite(self._levels(self.node)).any():
            return 'there is no enabled node whose load is known'
        if self.term.measure is Measure.PEAK:
            return '' if self._too_high(self.node).any() else 'no node is above what is enough'
        each = [float(np.nanstd(levels)) for levels in self._levels(self.node)]
        if any(value > most for value, most in zip(each, self.term.enough, strict=True)):
            return ''
        return 'it is even enough: ' + ', '.join(
            f'the deviation of {share.name} is {value:.4f}, at most {most:g} is asked for'
            for share, value, most in zip(self.term.shares, each, self.term.enough, strict=True))

    def _levels(self, node: Ints) -> Floats:
        """[K, N]."""
        return np.array([share.levels(node) for share in self.term.shares])

    def _too_high(self, node: Ints) -> Floats:
        """[K, N] Where the term is of peaks, the nodes above what is enough."""
        is_peak = self.term.measure is Measure.PEAK
        return np.asarray(is_peak & (self._levels(node) > np.array(self.term.enough)[:, None] + 1e-6))
