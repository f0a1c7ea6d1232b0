# SPDX-License-Identifier: Apache-2.0
"""Repair what the rules forbid and what is beyond its room, by few moves, and touch nothing else."""

from collections.abc import Mapping

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Cluster, Ints
from watcher_py.core.difference import migration, movers
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.goals import UNCLASSIFIED
from watcher_py.core.load import with_load
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.restraint import limits_of, rested, worth_it
from watcher_py.core.rules import misplaced
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.faults import Faults, faults_of
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Repair
from watcher_py.core.strategies.vm_workload_consolidation import METRICS
from watcher_py.core.strategy import Params, Stated, Strategy

PARAMETERS = {'properties': {
    'most_load': {'description': 'Share of its CPU and memory, as measured, beyond which a node counts as '
                                 'overloaded; when absent, only what is allocated counts',
                  'type': 'number', 'minimum': 0.1, 'maximum': 1},
    'period': {'description': 'Seconds of the past over which load is averaged', 'type': 'number',
               'default': 3600, 'minimum': 1},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'default': 300, 'minimum': 0},
    **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    if 'most_load' not in params:
        return []
    return [MetricNeed(metric, params['period'], params['granularity']) for metric in METRICS]


def state(snapshot: Snapshot, params: Params) -> Stated:
    problem = _problem(snapshot, params)
    return Stated(problem, (Repair(misplaced(snapshot.cluster)),), limits_of(problem, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster, problem = snapshot.cluster, _problem(snapshot, params)
    term = Repair(misplaced(cluster))
    answer = solve(problem, [term], limits_of(problem, params), budget)
    answer, refrained = worth_it(problem, answer, params)
    before, after = (faults_of(problem, term.misplaced, node) for node in (problem.node, answer.node))
    return Solution(tuple(_move(cluster, before, row, int(answer.node[row]))
                          for row in movers(cluster, answer.node).tolist()),
                    {'faults_before_count': before.count(), 'faults_after_count': after.count()},
                    answer.outcomes[0], _stayed(cluster, problem, after, answer.node), refrained)


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    return {'faults_before_count': _faults(before, params), 'faults_after_count': _faults(after, params),
            **of_moves(before, done)}


def _faults(snapshot: Snapshot, params: Params) -> int:
    problem = _problem(snapshot, params)
    return faults_of(problem, misplaced(snapshot.cluster), problem.node).count()


def _problem(snapshot: Snapshot, params: Params) -> Problem:
    problem = snapshot.problem
    if 'most_load' in params:
        problem = with_load(problem, snapshot, 1 - params['most_load'])
    return rested(problem, snapshot, params)


def _move(cluster: Cluster, faults: Faults, server: int, target: int) -> Proposal:
    names = cluster.nodes.name
    why = _why(cluster, faults, server, int(cluster.servers.node[server]))
    return Proposal(migration(cluster, server, target), f'{why}; {names[target]} has room and may take it')


def _why(cluster: Cluster, faults: Faults, server: int, source: int) -> str:
    """Which fault a server repairs by leaving its node."""
    name = cluster.nodes.name[source]
    if server in faults.misplaced:
        return f'the rules do not let it stand on {name}'
    for crowd in faults.crowds:
        if crowd.node == source and server in crowd.members:
            return (f'{len(crowd.members)} members of group {crowd.group.name or crowd.group.uuid} stand on '
                    f'{name}, {crowd.group.limit} may')
    if faults.beyond[source].any():
        return f'{name} is beyond its room'
    return f'it makes way on {name} for a server that has to leave another node'


def _stayed(cluster: Cluster, problem: Problem, faults: Faults, placed: Ints) -> dict[str, str]:
    """Why servers stay that should have left, and nodes are beyond their room still."""
    at_fault = np.concatenate([faults.misplaced, *(crowd.members for crowd in faults.crowds)])
    stayed = {cluster.servers.uuid[row]: problem.rules.stuck[row] or 'no node that may take it has room'
              for row in at_fault.astype(int).tolist()}
    for node in np.flatnonzero(faults.beyond.any(axis=1)).tolist():
        servers = placed == node
        stayed[cluster.nodes.uuid[node]] = (
            f'it stays beyond its room: {int((servers & ~problem.movable).sum())} of its '
            f'{int(servers.sum())} servers can not move, for the others no other node has room')
    return stayed


STRATEGY = Strategy('rule_repair', 'Rule Repair Strategy', UNCLASSIFIED, PARAMETERS, needs, decide,
                    state, measure=measure)
