# SPDX-License-Identifier: Apache-2.0
"""Even out the load of the nodes, by as few moves as it takes to bring the deviation down to a threshold."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from watcher_py.core.balancing import balanced, measure_balance, price_of
from watcher_py.core.budget import Budget
from watcher_py.core.errors import Invalid
from watcher_py.core.goals import WORKLOAD_BALANCING
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.restraint import limits_of, rested
from watcher_py.core.shares import ALLOCATED, MEASURED, SERVERS, balanceable
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.solve.terms import Balance, Measure
from watcher_py.core.strategy import Params, Stated, Strategy

THRESHOLD = 0.1
WEIGHT = 1.0
AGGREGATE = 'mean'

_SHARE = {'type': 'number', 'minimum': 0, 'maximum': 1}
_PERIOD = {'type': 'integer', 'minimum': 0}
_PERIODS = {'instance': 720, 'compute_node': 600, 'node': 0}
_AGGREGATES = {'instance': AGGREGATE, 'compute_node': AGGREGATE, 'node': ''}

PARAMETERS: dict[str, Any] = {'properties': {
    'metrics': {'description': 'What is measured of servers and is to be even on the nodes', 'type': 'array',
                'items': {'type': 'string', 'enum': list(MEASURED)}, 'default': [Metric.INSTANCE_CPU.value]},
    'thresholds': {'description': 'How far each may deviate, as a share of a node', 'type': 'object',
                   'properties': dict.fromkeys(MEASURED, _SHARE),
                   'default': dict.fromkeys(MEASURED, THRESHOLD)},
    'weights': {'description': 'How much each counts beside the others', 'type': 'object',
                'properties': {f'{name}_weight': _SHARE for name in MEASURED},
                'default': {f'{name}_weight': WEIGHT for name in MEASURED}},
    'instance_metrics': {'description': 'The metric of nodes that goes with each metric of servers',
                         'type': 'object',
                         'default': {name: metric.value for name, metric in MEASURED.items()}},
    'host_choice': {'description': 'Without effect: all nodes are weighed', 'type': 'string',
                    'default': 'retry'},
    'retry_count': {'description': 'Without effect: all nodes are weighed', 'type': 'number', 'minimum': 1,
                    'default': 1},
    'periods': {'description': 'Seconds of the past over which load is aggregated', 'type': 'object',
                'properties': {'instance': _PERIOD, 'compute_node': _PERIOD,
                               'node': {**_PERIOD, 'default': 0}},
                'default': _PERIODS},
    'aggregation_method': {'description': 'How load is aggregated over the period', 'type': 'object',
                           'properties': {'instance': {'type': 'string', 'default': AGGREGATE},
                                          'compute_node': {'type': 'string', 'default': AGGREGATE},
                                          'node': {'type': 'string', 'default': ''}},
                           'default': _AGGREGATES},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'minimum': 0, 'default': 300},
    'allocations': {'description': 'What is allocated to servers, or their number, and is to be even too',
                    'type': 'array', 'items': {'type': 'string', 'enum': [*ALLOCATED, SERVERS]},
                    'default': []},
    'measure': {'description': 'What is to be at most the threshold: the standard deviation, or the peak',
                'type': 'string', 'enum': [measure.value for measure in Measure],
                'default': Measure.DEVIATION.value},
    **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    measured = [name for name in _names(params) if name in MEASURED]
    return [*(_need(Metric(name), 'instance', params) for name in measured),
            *(_need(_of_nodes(name, params), 'compute_node', params) for name in measured)]


def state(snapshot: Snapshot, params: Params) -> Stated:
    names, given = _names(params), params['weights']
    weights = {name: weight for name in names if (weight := given.get(f'{name}_weight', WEIGHT)) > 0}
    if not weights:
        raise Invalid('there is nothing to balance; name it in metrics or allocations, with a weight above 0')
    problem, shares = balanceable(
        rested(snapshot.problem, snapshot, params), snapshot, weights)
    enough = tuple(float(params['thresholds'].get(name, THRESHOLD)) for name in weights)
    term = Balance(shares, Measure(params['measure']), enough, price_of(params))
    return Stated(problem, (term,), limits_of(problem, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    return balanced(snapshot, state(snapshot, params), params, budget)


def _names(params: Params) -> list[str]:
    """What is to be even, each once, in the order given."""
    return list(dict.fromkeys([*params['metrics'], *params['allocations']]))


def _of_nodes(name: str, params: Params) -> Metric:
    """The metric of nodes that goes with this one; Invalid when the audit names one that does not."""
    given = params['instance_metrics'].get(name, MEASURED[name].value)
    if given != MEASURED[name].value:
        raise Invalid(f'instance_metrics names {given} for {name}; only {MEASURED[name].value} goes with it')
    return MEASURED[name]


def _need(metric: Metric, kind: str, params: Params) -> MetricNeed:
    # A period of 0 is no past at all; a second is the least.
    period = _of_kind(kind, params['periods'], _PERIODS)
    return MetricNeed(metric, max(period, 1), params['granularity'],
                      _of_kind(kind, params['aggregation_method'], _AGGREGATES))


def _of_kind(kind: str, given: Mapping[str, Any], otherwise: Mapping[str, Any]) -> Any:
    return given.get(kind) or otherwise[kind]


STRATEGY = Strategy('workload_stabilization', 'Workload stabilization', WORKLOAD_BALANCING, PARAMETERS,
                    needs, decide, state, measure=partial(measure_balance, state))
