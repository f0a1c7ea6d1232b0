# SPDX-License-Identifier: Apache-2.0
"""Consolidation by the name and parameters of Watcher's basic one; vm_workload_consolidation decides."""

from watcher_py.core import restraint
from watcher_py.core.consolidation import measure, no_readings
from watcher_py.core.goals import SERVER_CONSOLIDATION
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.strategies import vm_workload_consolidation as consolidation
from watcher_py.core.strategy import Params, Strategy

AGGREGATES = {'type': 'string', 'enum': ['mean', 'min', 'max', 'count']}

PARAMETERS = {'properties': {
    'period': {'description': 'Seconds of the past over which load is aggregated', 'type': 'number',
               'default': 7200, 'minimum': 1},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'default': 300, 'minimum': 0},
    'aggregation_method': {
        'description': 'How load is aggregated over the period', 'type': 'object',
        'properties': {'instance': AGGREGATES, 'compute_node': AGGREGATES, 'node': {'type': 'string'}},
        'default': {'instance': 'mean', 'compute_node': 'mean', 'node': ''}},
    'migration_attempts': {'description': 'Without effect: all servers are weighed at once, not in rounds',
                           'type': 'number', 'default': 0},
    **consolidation.HEADROOM, **restraint.PARAMETERS,
}}


def needs(params: Params) -> list[MetricNeed]:
    aggregates = params['aggregation_method']
    return [MetricNeed(metric, params['period'], params['granularity'],
                       aggregates.get('compute_node' if metric.is_of_nodes else 'instance', 'mean'))
            for metric in consolidation.METRICS]


STRATEGY = Strategy('basic', 'Basic offline consolidation', SERVER_CONSOLIDATION, PARAMETERS, needs,
                    consolidation.decide, consolidation.state, measure=measure,
                    outcome_needs=no_readings)
