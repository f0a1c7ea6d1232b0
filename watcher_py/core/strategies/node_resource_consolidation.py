# SPDX-License-Identifier: Apache-2.0
"""Gather the servers on fewer nodes, by what they are allocated alone."""

from watcher_py.core import restraint
from watcher_py.core.budget import Budget
from watcher_py.core.consolidation import consolidate, measure, no_readings, stated
from watcher_py.core.goals import SERVER_CONSOLIDATION
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Params, Stated, Strategy

PARAMETERS = {'properties': {
    'host_choice': {
        'description': 'Who chooses where servers go; without effect: the plan names every target, so that '
                       'each is known to have room before anything moves',
        'type': 'string', 'enum': ['auto', 'specify'], 'default': 'auto'},
    **restraint.PARAMETERS,
}}


def needs(params: Params) -> list[MetricNeed]:
    return []


def state(snapshot: Snapshot, params: Params) -> Stated:
    return stated(snapshot.problem, snapshot, params)


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    return consolidate(snapshot, state(snapshot, params), params, budget)


STRATEGY = Strategy('node_resource_consolidation', 'Node Resource Consolidation strategy',
                    SERVER_CONSOLIDATION, PARAMETERS, needs, decide, state, measure=measure,
                    outcome_needs=no_readings)
