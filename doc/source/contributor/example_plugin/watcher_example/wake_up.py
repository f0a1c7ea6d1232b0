# SPDX-License-Identifier: Apache-2.0
"""Switch servers on again where their nodes have CPU to spare."""

import json
from math import isnan, nan

from watcher_example.free_cpu import SCORER
from watcher_py.core.budget import Budget
from watcher_py.core.changes import Given
from watcher_py.core.efficacy import Done
from watcher_py.core.goals import Goal, Indicator
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.rules import rules_of
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategy import Params, Strategy

AWAKE = Goal('awake', 'Servers awake', (Indicator('woken_count', 'Servers that the plan switches on'),))
PARAMETERS = {'properties': {
    'least_free': {'description': '% of its CPU that a node must have free', 'type': 'number',
                   'default': 50, 'minimum': 0, 'maximum': 100},
    'period': {'description': 'Seconds of the past over which load is aggregated', 'type': 'number',
               'default': 600, 'minimum': 1}}}


def needs(params: Params) -> list[MetricNeed]:
    return [MetricNeed(Metric.HOST_CPU, params['period'], granularity=60)]


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    servers = snapshot.cluster.servers
    load = snapshot.readings.column(Metric.HOST_CPU, len(snapshot.cluster.nodes))
    stuck = rules_of(snapshot.cluster).stuck            # why each server may not be touched, '' if it may
    proposals, stayed = [], {}
    for row, uuid in enumerate(servers.uuid):
        if servers.state[row] != 'stopped':
            continue
        free = _free(load[servers.node[row]])
        if why := stuck[row] or _why_not(free, params['least_free']):
            stayed[uuid] = why
        else:
            start = Given('start', {'resource_id': uuid, 'resource_name': servers.name[row]})
            proposals.append(Proposal(start, f'its node has {free:.0f} % of its CPU free'))
    return Solution(tuple(proposals), {'woken_count': len(proposals)}, stayed=stayed)


def _free(load: float) -> float:
    """What the scorer says; NaN where the load is unknown, for unknown is not zero."""
    if isnan(load):
        return nan
    [score] = json.loads(SCORER.calculate_score(json.dumps([load])))
    return float(score)


def _why_not(free: float, least: float) -> str:
    if isnan(free):
        return 'the load of its node is unknown'
    return '' if free >= least else f'its node has {free:.0f} % of its CPU free, less than {least:g} %'


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> dict[str, float]:
    return {'woken_count': len(done.of('start'))}


STRATEGY = Strategy('wake_up', 'Wake servers up', AWAKE, PARAMETERS, needs, decide, measure=measure)
