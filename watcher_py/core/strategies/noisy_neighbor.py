# SPDX-License-Identifier: Apache-2.0
"""Part servers that disturb more important ones from them, and send them where they disturb nobody."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import VCPU, Bools, Cluster, Ints
from watcher_py.core.difference import migration, movers
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.goals import NOISY_NEIGHBOR
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.noise import Disturbance, Signals, signals
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.restraint import limits_of, rested, worth_it
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.solve.solver import Answer
from watcher_py.core.strategy import Params, Stated, Strategy
from watcher_py.core.whatif import WhatIf

PARAMETERS: dict[str, Any] = {'properties': {
    'cache_threshold': {
        'description': 'By how many % of the period before a server has to use less of the L3 cache, and a '
                       'less important neighbour more, for the neighbour to be noisy',
        'type': 'number', 'default': 35.0},
    'period': {'description': 'Seconds of a period, in which there should be a sample at least',
               'type': 'number', 'default': 100.0},
    'steal_threshold': {
        'description': 'Above how many % of its time that a server waits for a CPU its less important '
                       'neighbours are noisy that use most',
        'type': 'number', 'default': 10.0, 'minimum': 0},
    **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    period = max(params['period'], 1)
    return [MetricNeed(Metric.INSTANCE_L3_CACHE, period, period),
            MetricNeed(Metric.INSTANCE_L3_CACHE, period, period, is_earlier=True),
            MetricNeed(Metric.INSTANCE_CPU_STEAL, period, period),
            MetricNeed(Metric.INSTANCE_CPU, period, period)]


def state(snapshot: Snapshot, params: Params) -> Stated:
    problem = rested(snapshot.problem, snapshot, params)
    return Stated(problem, limits=limits_of(problem, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    stated, seen = state(snapshot, params), _signals(snapshot, params)
    problem, found = stated.problem, seen.disturbances()
    placed = _part(WhatIf(problem, stated.limits), seen, found, budget)
    answer, refrained = worth_it(problem, Answer(placed, (_outcome(problem, found, placed),)), params)
    plan = _Plan(snapshot.cluster, problem, seen, found, answer.node)
    return Solution(tuple(plan.moves()), {
        'instance_migrations_count': int((answer.node != problem.node).sum()),
        'disturbed_before_count': _disturbed(found, problem.node),
        'disturbed_after_count': _disturbed(found, answer.node)},
        answer.outcomes[0], plan.stayed(refrained), refrained or plan.why_nothing())


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    """Who isn't there any more has parted too."""
    found, home = _signals(before, params).disturbances(), before.cluster.servers.node
    stands = dict(zip(after.cluster.servers.uuid, after.cluster.servers.node.tolist(), strict=True))
    nowhere = -1 - np.arange(len(home))
    node = np.array([stands.get(uuid, nowhere[row]) for row, uuid in enumerate(before.cluster.servers.uuid)],
                    dtype=np.int64)
    return {'disturbed_before_count': _disturbed(found, home),
            'disturbed_after_count': _disturbed(found, node), **of_moves(before, done)}


def _signals(snapshot: Snapshot, params: Params) -> Signals:
    return signals(snapshot, params['cache_threshold'], params['steal_threshold'])


def _part(trial: WhatIf, seen: Signals, found: list[Disturbance], budget: Budget) -> Ints:
    """[S] Where the servers stand then; those that disturb most leave first."""
    sufferers: defaultdict[int, list[int]] = defaultdict(list)
    for each in found:
        sufferers[each.noisy].append(each.sufferer)
    for server in sorted(sufferers, key=lambda row: (-len(sufferers[row]), row)):
        if budget.is_spent() or not trial.problem.movable[server]:
            continue
        if (trial.node[sufferers[server]] == trial.node[server]).any():
            target = _quietest(trial, seen, server)
            if target is not None:
                trial.move(server, target)
    return trial.node


def _quietest(trial: WhatIf, seen: Signals, server: int) -> int | None:
    """Where none as important suffers, best where none is more important; then by wishes, by free CPUs."""
    more_important = seen.priority < seen.priority[server]
    as_important = seen.priority <= seen.priority[server]
    nodes = np.flatnonzero(trial.fits(server) & ~_on(trial, as_important & seen.suffers))
    if not len(nodes):
        return None
    room = np.maximum(trial.problem.room[nodes, VCPU], 1.0)
    order = np.lexsort((-trial.free[nodes, VCPU] / room, trial.regrets(server, nodes),
                        _on(trial, more_important)[nodes]))
    return int(nodes[order[0]])


def _on(trial: WhatIf, servers: Bools) -> Bools:
    """[N] The nodes on which one of the servers stands."""
    return np.asarray(np.bincount(trial.node[servers], minlength=len(trial.open)) > 0)


def _disturbed(found: list[Disturbance], node: Ints) -> int:
    """How many servers have a neighbour from whom they suffer when servers stand on these nodes [S]."""
    return len({each.sufferer for each in found if node[each.sufferer] == node[each.noisy]})


def _outcome(problem: Problem, found: list[Disturbance], placed: Ints) -> Outcome:
    """Whom nothing parts are two that both can't move."""
    for_ever = [each for each in found
                if not problem.movable[each.sufferer] and not problem.movable[each.noisy]]
    return Outcome('disturbed servers', _disturbed(found, problem.node), _disturbed(found, placed),
                   _disturbed(for_ever, problem.node))


@dataclass(frozen=True, eq=False)
class _Plan:
    """Who disturbed whom, and where all stand then."""

    cluster: Cluster
    problem: Problem
    seen: Signals
    found: list[Disturbance]
    node: Ints                      # [S]

    def moves(self) -> Iterator[Proposal]:
        servers, names = self.cluster.servers, self.cluster.nodes.name
        by_noisy: defaultdict[int, list[Disturbance]] = defaultdict(list)
        for each in self.found:
            by_noisy[each.noisy].append(each)
        for row in movers(self.cluster, self.node).tolist():
            first, *others = by_noisy[row]
            target = int(self.node[row])
            more_important = self.seen.priority[self.node == target] < self.seen.priority[row]
            quiet = 'nobody who is more important than it suffers' if more_important.any() else (
                'nobody is more important than it')
            also = f', and {len(others)} more with it' if others else ''
            yield Proposal(migration(self.cluster, row, target), (
                f'it disturbs {_name(self.cluster, first.sufferer)} on {names[servers.node[row]]}{also}: '
                f'{first.evidence}; on {names[target]} {quiet}'))

    def stayed(self, refrained: str) -> dict[str, str]:
        """Servers that can't move, and noisy ones that nobody else may have."""
        uuids, stuck = self.cluster.servers.uuid, self.problem.rules.stuck
        stayed = {uuid: reason for uuid, reason in zip(uuids, stuck, strict=True) if reason}
        for each in self.found:
            if self.node[each.noisy] == self.node[each.sufferer] and not refrained:
                stayed.setdefault(uuids[each.noisy], (
                    f'it disturbs {_name(self.cluster, each.sufferer)}: {each.evidence}; but no other node '
                    'may take it, has room for it, and has nobody as important who suffers already'))
        return stayed

    def why_nothing(self) -> str:
        """Why there is no plan; '' where there is one, or where something would be left to do."""
        if self.found:
            return ''
        if number := int(self.seen.suffers.sum()):
            return f'{number} servers suffer, but from no neighbour that is noisy and not more important'
        if np.isnan(self.seen.cache_change).all() and np.isnan(self.seen.steal).all():
            return 'how much of the L3 cache servers use, and how they wait for CPUs, is unknown of all'
        return 'no server suffers from a neighbour'


def _name(cluster: Cluster, server: int) -> str:
    return cluster.servers.name[server] or cluster.servers.uuid[server]


STRATEGY = Strategy('noisy_neighbor', 'Noisy Neighbor', NOISY_NEIGHBOR, PARAMETERS, needs, decide, state,
                    measure=measure)
