# SPDX-License-Identifier: Apache-2.0
"""Bring every node below a threshold of load, by as few moves as it takes, and lift no other above it."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from watcher_py.core.balancing import balanced, measure_balance, price_of
from watcher_py.core.budget import Budget
from watcher_py.core.errors import Invalid
from watcher_py.core.goals import WORKLOAD_BALANCING
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.restraint import limits_of, rested
from watcher_py.core.shares import MEASURED, balanceable
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.solve.terms import Balance, Measure, Share
from watcher_py.core.strategy import Params, Stated, Strategy

PARAMETERS: dict[str, Any] = {'properties': {
    'metrics': {'description': 'What is measured of servers: ' + ' or '.join(MEASURED), 'type': 'string',
                'choice': list(MEASURED), 'default': Metric.INSTANCE_CPU.value},
    'threshold': {'description': 'Load of a node in % of what it has, above which servers leave it',
                  'type': 'number', 'default': 25.0},
    'period': {'description': 'Seconds of the past over which load is averaged', 'type': 'number',
               'default': 300},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'default': 300},
    **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    metric = _metric(params)
    return [MetricNeed(each, max(params['period'], 1), params['granularity'])
            for each in (metric, MEASURED[metric.value])]


def state(snapshot: Snapshot, params: Params) -> Stated:
    metric, most = _metric(params), params['threshold'] / 100
    problem, (share,) = balanceable(
        rested(snapshot.problem, snapshot, params), snapshot, {metric.value: 1.0})
    term = Balance((share,), Measure.PEAK, (most,), price_of(params))
    return Stated(_with_ceiling(problem, share, most), (term,), limits_of(problem, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    return balanced(snapshot, state(snapshot, params), params, budget)


def _metric(params: Params) -> Metric:
    if params['metrics'] not in MEASURED:
        raise Invalid(f'metrics is {params["metrics"]}; it is one of {", ".join(MEASURED)}')
    return Metric(params['metrics'])


def _with_ceiling(problem: Problem, share: Share, most: float) -> Problem:
    """The problem in which nobody's arrival lifts a node above the threshold."""
    room = np.nan_to_num(share.size * most - share.besides)
    return replace(problem, demand=np.column_stack([problem.demand, share.load]),
                   room=np.column_stack([problem.room, room]),
                   most=np.column_stack([problem.most, np.full(len(room), np.inf)]))


STRATEGY = Strategy('workload_balance', 'Workload Balance Migration Strategy', WORKLOAD_BALANCING, PARAMETERS,
                    needs, decide, state, measure=partial(measure_balance, state))
