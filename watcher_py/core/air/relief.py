# SPDX-License-Identifier: Apache-2.0
"""Relieve nodes of which something that goes with their load is too high: by what moves, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from watcher_py.core.balancing import price_of
from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Bools, Cluster, Floats, Ints
from watcher_py.core.difference import migration, movers
from watcher_py.core.limits import NO_LIMITS
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import limits_of, rested, worth_it
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Balance, Drain, Measure, Share
from watcher_py.core.strategy import Params, Stated

# A node is above what is enough by more than this.
_TIE = 1e-6
# A node that a busy core changes by less is not relieved by taking servers off it.
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Strain:
    """What is measured of nodes, how it goes with the CPUs in use, and how much of it is enough."""

    name: str
    unit: str
    values: Floats                  # [N] NaN where it is unknown
    per_core: Floats                # [N] how much a core in use more adds; NaN where the load is unknown
    enough: float
    indicators: tuple[str, str]     # what the goal calls the number of nodes above, and the highest value

    def told(self, when: str) -> dict[str, float]:
        """The indicators of these values, before or after; what nobody measured is not told."""
        known = self.values[np.isfinite(self.values)]
        if not len(known):
            return {}
        count, highest = self.indicators
        return {f'{count}_{when}_count': int(self.is_high().sum()),
                f'{highest}_{when}': round(max(float(known.max()), 0.0), 3)}

    def is_high(self) -> Bools:
        """[N]."""
        return np.asarray(self.values > self.enough + _TIE)

    def moved(self, cores: Floats, before: Ints, after: Ints) -> 'Strain':
        """As it is foretold when servers that use so many cores [S] stand elsewhere."""
        carried = [np.bincount(node, cores, len(self.values)) for node in (before, after)]
        return replace(self, values=self.values + np.nan_to_num(self.per_core) * (carried[1] - carried[0]))


def sampled_over(seconds: float) -> dict[str, Any]:
    """The parameters that needs_of goes by; so many seconds unless others are given."""
    return {
        'period': {'description': 'Seconds of the past over which is averaged; one step at least',
                   'type': 'number', 'default': seconds},
        'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                        'type': 'number', 'default': 300}}


def load_needs(params: Params) -> list[MetricNeed]:
    return needs_of(params, Metric.HOST_CPU, Metric.INSTANCE_CPU)


def needs_of(params: Params, *metrics: Metric) -> list[MetricNeed]:
    """A period that is shorter than a step has no sample in it."""
    step = max(params['granularity'], 1)
    return [MetricNeed(metric, max(params['period'], step), step) for metric in metrics]


def relief(snapshot: Snapshot, strain: Strain, params: Params, emptied: Bools) -> Stated:
    """To empty some nodes [N], and bring the others down to what is enough; nobody else is lifted above it.

    What is unknown of a node keeps it out: it gives nobody, and takes nobody.
    """
    cluster = snapshot.cluster
    cores = in_use(snapshot, Metric.INSTANCE_CPU)
    known = np.isfinite(strain.values) & (strain.per_core > _LEAST) & cluster.nodes.up & cluster.nodes.known
    size = np.divide(1.0, strain.per_core, out=np.full(len(known), np.nan), where=known)
    load = np.nan_to_num(cores)
    besides = strain.values * size - np.bincount(cluster.servers.node, load, len(known))
    share = Share(strain.name, load, besides, np.where(emptied, np.nan, size), unit=strain.unit)
    problem = rested(snapshot.problem, snapshot, params)
    problem = _known_only(problem, cluster, strain, cores, known)
    problem = replace(
        problem, demand=np.column_stack([problem.demand, load]),
        room=np.column_stack([problem.room, np.nan_to_num(size * strain.enough - besides)]),
        most=np.column_stack([problem.most, np.full(len(known), np.inf)]))
    balance = Balance((share,), Measure.PEAK, (strain.enough,), price_of(params))
    drain = (Drain(emptied),) if emptied.any() else ()
    return Stated(problem, (*drain, balance), limits_of(problem, params))


def relieved(snapshot: Snapshot, strain: Strain, stated: Stated, params: Params, budget: Budget,
             why_emptied: Mapping[int, str] = MappingProxyType({})) -> Solution:
    """The plan for a relief; `why_emptied` says of each node that all servers are to leave, by row, why."""
    answer = solve(stated.problem, stated.terms, stated.limits, budget)
    answer, refrained = worth_it(stated.problem, answer, params)
    cores = np.nan_to_num(in_use(snapshot, Metric.INSTANCE_CPU))
    after = strain.moved(cores, stated.problem.node, answer.node)
    plan = _Plan(snapshot.cluster, stated, strain, after, answer.node, why_emptied)
    return Solution(tuple(plan.moves()), plan.indicators(), _telling(answer.outcomes), plan.stayed(refrained),
                    refrained or plan.why_nothing())


def _known_only(problem: Problem, cluster: Cluster, strain: Strain, cores: Floats, known: Bools) -> Problem:
    node, names = problem.node, cluster.nodes.name
    kept = problem.keeping((row, 'its load is unknown' if known[node[row]]
                            else f'the {strain.name} of {names[node[row]]}, or its load, is unknown')
                           for row in np.flatnonzero(~(np.isfinite(cores) & known[node])).tolist())
    return replace(kept, rules=replace(kept.rules, takes=kept.rules.takes & known))


def _telling(outcomes: tuple[Outcome, ...]) -> Outcome:
    """The first that the plan betters."""
    return next((outcome for outcome in outcomes if outcome.after < outcome.before), outcomes[-1])


@dataclass(frozen=True, eq=False)
class _Plan:
    """The strain before and after, and where the servers stand then."""

    cluster: Cluster
    stated: Stated
    before: Strain
    after: Strain
    node: Ints                      # [S]
    why_emptied: Mapping[int, str]

    def moves(self) -> Iterator[Proposal]:
        servers, names, strain = self.cluster.servers, self.cluster.nodes.name, self.before
        for row in movers(self.cluster, self.node).tolist():
            source, target = int(servers.node[row]), int(self.node[row])
            yield Proposal(
                migration(self.cluster, row, target),
                f'{self.why_emptied.get(source, "")}{strain.name}: {names[source]} is at '
                f'{strain.values[source]:.1f} {strain.unit} and '
                f'{names[target]} at {strain.values[target]:.1f}, where {strain.enough:.1f} is enough; '
                f'the plan brings them to {self.after.values[source]:.1f} and '
                f'{self.after.values[target]:.1f}')

    def indicators(self) -> dict[str, float]:
        return {'instance_migrations_count': int((self.node != self.stated.problem.node).sum()),
                **self.before.told('before'), **self.after.told('after')}

    def stayed(self, refrained: str) -> dict[str, str]:
        """Servers that can't move, nodes of which too little is known, and those that stay too high."""
        cluster, strain = self.cluster, self.after
        stayed = {uuid: reason for uuid, reason in zip(
            cluster.servers.uuid, self.stated.problem.rules.stuck, strict=True) if reason}
        for node in np.flatnonzero(~np.isfinite(strain.values) | ~np.isfinite(strain.per_core)).tolist():
            stayed[cluster.nodes.uuid[node]] = (
                f'it is left alone: its {strain.name}, or the load of its CPUs, is unknown')
        why = refrained or 'no other node may take more of its servers and stay below' + (
            '' if self.stated.limits == NO_LIMITS else ', or a limit forbids it')
        for node in np.flatnonzero(strain.is_high()).tolist():
            stayed.setdefault(cluster.nodes.uuid[node], (
                f'its {strain.name} stays at {strain.values[node]:.1f} {strain.unit}, above '
                f'{strain.enough:.1f}: {why}'))
        return stayed

    def why_nothing(self) -> str:
        """Why there is no plan; '' where there is one, or where something would be left to do."""
        strain = self.before
        if (self.node != self.stated.problem.node).any() or strain.is_high().any():
            return ''
        if not np.isfinite(strain.values).any():
            return f'there is no node whose {strain.name} is known'
        return f'the {strain.name} of no node is above {strain.enough:.1f} {strain.unit}'
