# SPDX-License-Identifier: Apache-2.0
"""Relieve nodes whose fans blow too much: of some servers, or of all where that hints at a fault."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from watcher_py.core.air.heat import growth
from watcher_py.core.air.relief import Strain, load_needs, needs_of, relief, relieved, sampled_over
from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.goals import AIRFLOW_OPTIMIZATION
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Params, Stated, Strategy

# The threshold counts tenths of a cubic foot per minute, the metric whole ones.
PER_CFM = 10

PARAMETERS: dict[str, Any] = {'properties': {
    'threshold_airflow': {
        'description': 'Airflow of a node, in tenths of a cubic foot a minute, above which servers leave it',
        'type': 'number', 'default': 400.0},
    'threshold_inlet_t': {
        'description': 'Temperature of the inlet, in degrees Celsius, that explains a high airflow',
        'type': 'number', 'default': 28.0},
    'threshold_power': {
        'description': 'Power of a node, in W, that explains a high airflow; where neither does, a fault is '
                       'suspected, and all servers leave',
        'type': 'number', 'default': 350.0},
    **sampled_over(300), **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    return [*needs_of(params, Metric.HOST_AIRFLOW, Metric.HOST_INLET_TEMP, Metric.HOST_POWER),
            *load_needs(params)]


def state(snapshot: Snapshot, params: Params) -> Stated:
    return relief(snapshot, _strain(snapshot, params), params, emptied=_faulty(snapshot, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    power, inlet = _power_and_inlet(snapshot)
    why = {node: f'a fault is suspected where only {power[node]:.0f} W are drawn and the inlet is at '
                 f'{inlet[node]:.1f} degrees, so all servers leave: '
           for node in np.flatnonzero(_faulty(snapshot, params)).tolist()}
    return relieved(snapshot, _strain(snapshot, params), state(snapshot, params), params, budget, why)


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    return {**_strain(before, params).told('before'), **_strain(after, params).told('after'),
            **of_moves(before, done)}


def _strain(snapshot: Snapshot, params: Params) -> Strain:
    values = snapshot.readings.column(Metric.HOST_AIRFLOW, len(snapshot.cluster.nodes))
    return Strain('airflow', 'CFM', values, values * growth(snapshot), params['threshold_airflow'] / PER_CFM,
                  ('strained_nodes', 'highest_airflow'))


def _faulty(snapshot: Snapshot, params: Params) -> Bools:
    """[N] Nodes whose airflow neither the power that they draw nor the air that they breathe explains.

    What is unknown may explain it.
    """
    power, inlet = _power_and_inlet(snapshot)
    return np.asarray(_strain(snapshot, params).is_high() & (power < params['threshold_power'])
                      & (inlet < params['threshold_inlet_t']))


def _power_and_inlet(snapshot: Snapshot) -> tuple[Floats, Floats]:
    """[N] each."""
    rows, readings = len(snapshot.cluster.nodes), snapshot.readings
    return readings.column(Metric.HOST_POWER, rows), readings.column(Metric.HOST_INLET_TEMP, rows)


STRATEGY = Strategy('uniform_airflow', 'Uniform airflow migration strategy', AIRFLOW_OPTIMIZATION,
                    PARAMETERS, needs, decide, state, measure=measure)
