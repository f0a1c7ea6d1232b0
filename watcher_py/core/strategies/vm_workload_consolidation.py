# SPDX-License-Identifier: Apache-2.0
"""Gather the servers on fewer nodes, by what they are allocated and by what they really use."""

from watcher_py.core import restraint
from watcher_py.core.budget import Budget
from watcher_py.core.consolidation import consolidate, measure, no_readings, stated
from watcher_py.core.goals import SERVER_CONSOLIDATION
from watcher_py.core.load import with_load
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Params, Stated, Strategy

METRICS = (Metric.HOST_CPU, Metric.HOST_RAM, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)
HEADROOM = {'headroom': {
    'description': 'Share of its CPU and memory, as measured, that each node keeps free',
    'type': 'number', 'default': 0.2, 'minimum': 0, 'maximum': 0.9}}

PARAMETERS = {'properties': {
    'period': {'description': 'Seconds of the past over which load is averaged', 'type': 'number',
               'default': 3600, 'minimum': 1},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'default': 300, 'minimum': 0},
    **HEADROOM, **restraint.PARAMETERS,
}}


def needs(params: Params) -> list[MetricNeed]:
    return [MetricNeed(metric, params['period'], params['granularity']) for metric in METRICS]


def state(snapshot: Snapshot, params: Params) -> Stated:
    problem = with_load(snapshot.problem, snapshot, params['headroom'])
    return stated(problem, snapshot, params)


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    return consolidate(snapshot, state(snapshot, params), params, budget)


STRATEGY = Strategy('vm_workload_consolidation', 'VM Workload Consolidation Strategy',
                    SERVER_CONSOLIDATION, PARAMETERS, needs, decide, state, measure=measure,
                    outcome_needs=no_readings)
