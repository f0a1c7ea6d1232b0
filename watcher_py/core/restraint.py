# SPDX-License-Identifier: Apache-2.0
"""Restraint: what keeps a plan from moving more than it is worth; the same for every strategy.

A strategy merges PARAMETERS into the properties of its own, and says in decide():

    problem = rested(problem, snapshot, params)
    answer = solve(problem, terms, limits_of(problem, params), budget)
    answer, refrained = worth_it(problem, answer, params)
    ... Solution(..., refrained=refrained)

None of them does anything unless its parameter is given.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Cluster, Floats
from watcher_py.core.limits import Limits
from watcher_py.core.problem import Problem
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.solver import Answer
from watcher_py.core.strategy import Params

MIB_A_GIB = 1024
SECONDS_AN_HOUR = 3600
HORIZON = 24.0

_COUNT = {'type': 'integer', 'minimum': 0}

PARAMETERS: dict[str, Any] = {
    'max_moves': {**_COUNT, 'description': 'Most servers that a plan moves; no limit when absent'},
    'max_memory_moved': {
        'description': "Most memory that a plan moves, as a share of all servers'; no limit when absent",
        'type': 'number', 'minimum': 0, 'maximum': 1},
    'max_moves_per_node': {
        **_COUNT, 'description': 'Most servers that leave or reach one node; no limit when absent'},
    'max_moves_per_group': {
        **_COUNT, 'description': 'Most members of one server group that move; no limit when absent'},
    'minimum_gain': {
        'description': "What a plan has to gain at least, in the unit of the strategy's objective; "
                       'a plan that gains less is not proposed',
        'type': 'number', 'default': 0, 'minimum': 0},
    'cost_per_gib': {
        'description': "What moving a GiB of memory costs, in units of the strategy's objective times hours; "
                       'a plan that does not earn it within payback_hours is not proposed',
        'type': 'number', 'default': 0, 'minimum': 0},
    'payback_hours': {
        'description': 'Hours for which what is gained is expected to last, to be set against cost_per_gib',
        'type': 'number', 'default': HORIZON, 'minimum': 0},
    'rest_period': {
        'description': 'Seconds that a server is left alone after it moved',
        'type': 'number', 'default': 0, 'minimum': 0},
    'group_rest_period': {
        'description': 'Seconds that a server group is left alone after one of its members moved',
        'type': 'number', 'default': 0, 'minimum': 0},
}


def limits_of(problem: Problem, params: Params) -> Limits:
    share = params.get('max_memory_moved', math.inf)
    memory = float(problem.demand[:, MEMORY_MB].sum())
    return Limits(servers=params.get('max_moves', math.inf),
                  memory=share * memory if math.isfinite(share) else math.inf,
                  per_node=params.get('max_moves_per_node', math.inf),
                  per_group=params.get('max_moves_per_group', math.inf))


def rested(problem: Problem, snapshot: Snapshot, params: Params) -> Problem:
    """The problem, in which servers that moved a moment ago, or whose group mates did, can't move.

    When a server moved before is unknown for most; such a server is as free to move as any.
    """
    return problem.keeping(_resting(snapshot, params))


def longest_rest(params: Params) -> float:
    """Seconds; when a server moved before that does not matter."""
    return max(float(params.get(name, 0)) for name in ('rest_period', 'group_rest_period'))


def worth_it(problem: Problem, answer: Answer, params: Params) -> tuple[Answer, str]:
    """The answer and '', if one of its terms gains enough; else all left as it is, and why."""
    moved = problem.demand[answer.node != problem.node, MEMORY_MB]
    if not len(moved) or not answer.outcomes:
        return answer, ''
    reasons = [_why_not_worth(outcome, moved, params) for outcome in answer.outcomes]
    if not all(reasons):
        return answer, ''
    left = tuple(replace(outcome, after=outcome.before) for outcome in answer.outcomes)
    return replace(answer, node=problem.node, outcomes=left), '; '.join(reasons)


def _why_not_worth(outcome: Outcome, moved: Floats, params: Params) -> str:
    """Why this outcome alone does not make up for memory [moves] moved; '' when it does."""
    gain, least = outcome.before - outcome.after, params.get('minimum_gain', 0)
    hours, price = params.get('payback_hours', HORIZON), params.get('cost_per_gib', 0)
    gib = float(moved.sum()) / MIB_A_GIB
    would_gain = (f'{len(moved)} moves would bring {outcome.objective} from {outcome.before:g} '
                  f'to {outcome.after:g}')
    if gain <= 0:
        return f'{would_gain}, which is no gain'
    if gain < least:
        return f'{would_gain}, a gain of {gain:g}; the least that is worth moving for is {least:g}'
    if gain * hours < gib * price:
        return (f'{would_gain}, which earns {gain * hours:g} in {hours:g} hours; '
                f'moving {gib:g} GiB costs {gib * price:g}')
    return ''


def _resting(snapshot: Snapshot, params: Params) -> Iterator[tuple[int, str]]:
    """Rows of servers that rest, and why; their own rest before that of their groups."""
    servers = snapshot.cluster.servers
    # A clock that is behind another's must not make a server move that has just moved.
    age = np.maximum(snapshot.taken_at.timestamp() - servers.moved_at, 0.0)
    rest = params.get('rest_period', 0)
    for row in np.flatnonzero(age < rest).tolist():
        yield row, f'it moved {_span(age[row])} ago and rests for {_span(rest)}'
    yield from _resting_groups(snapshot.cluster, age, params.get('group_rest_period', 0))


def _resting_groups(cluster: Cluster, age: Floats, rest: float) -> Iterator[tuple[int, str]]:
    for group in cluster.groups if rest else ():
        newest = np.nanmin(np.append(age[group.members], np.inf))
        if newest < rest:
            for row in group.members.tolist():
                yield row, (f'a member of its group {group.name or group.uuid} moved {_span(newest)} ago, '
                            f'and the group rests for {_span(rest)}')


def _span(seconds: float) -> str:
    """A length of time in the largest unit of which it has two."""
    for unit, length in (('hours', SECONDS_AN_HOUR), ('minutes', 60)):
        if seconds >= 2 * length:
            return f'{seconds / length:.0f} {unit}'
    return f'{seconds:.0f} seconds'
