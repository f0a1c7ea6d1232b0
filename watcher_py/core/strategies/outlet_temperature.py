# SPDX-License-Identifier: Apache-2.0
"""Cool nodes whose outlet is too hot: servers leave them for cooler ones, as many as it takes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from watcher_py.core.air.heat import growth, warmth
from watcher_py.core.air.relief import Strain, load_needs, needs_of, relief, relieved, sampled_over
from watcher_py.core.budget import Budget
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.goals import THERMAL_OPTIMIZATION
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Params, Stated, Strategy

# A node that is at the threshold is too hot, so it has to end below by this much.
MARGIN = 0.01

PARAMETERS: dict[str, Any] = {'properties': {
    'threshold': {'description': 'Temperature of the outlet, in degrees Celsius, at which a node is too hot',
                  'type': 'number', 'default': 35.0},
    **sampled_over(30), **RESTRAINT,
}}


def needs(params: Params) -> list[MetricNeed]:
    return [*needs_of(params, Metric.HOST_OUTLET_TEMP, Metric.HOST_INLET_TEMP), *load_needs(params)]


def state(snapshot: Snapshot, params: Params) -> Stated:
    return relief(snapshot, _strain(snapshot, params), params,
                  emptied=np.zeros(len(snapshot.cluster.nodes), dtype=bool))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    return relieved(snapshot, _strain(snapshot, params), state(snapshot, params), params, budget)


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    return {**_strain(before, params).told('before'), **_strain(after, params).told('after'),
            **of_moves(before, done)}


def _strain(snapshot: Snapshot, params: Params) -> Strain:
    values = snapshot.readings.column(Metric.HOST_OUTLET_TEMP, len(snapshot.cluster.nodes))
    return Strain('outlet temperature', 'degrees', values, warmth(snapshot) * growth(snapshot),
                  params['threshold'] - MARGIN, ('hot_nodes', 'highest_outlet_temp'))


STRATEGY = Strategy('outlet_temperature', 'Outlet temperature based strategy', THERMAL_OPTIMIZATION,
                    PARAMETERS, needs, decide, state, measure=measure)
