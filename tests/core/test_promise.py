# SPDX-License-Identifier: Apache-2.0
"""A plan promises what is in it, whatever the solution had in mind."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.strategies.every import measuring, params_for
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.promise import as_planned, deeds_of
from watcher_py.core.schedule import Plan, schedule
from watcher_py.core.strategies import vm_workload_consolidation

EXAMPLES = Path(__file__).parents[2] / 'doc' / 'strategies_examples'
# Without these, the examples leave nothing to do.
MORE = {'host_maintenance': {'maintenance_node': 'cmp-2'}, 'workload_balance': {'threshold': 60},
        'workload_stabilization': {'thresholds': {'instance_cpu_usage': 0.05}}}

each = pytest.mark.parametrize('strategy', measuring(), ids=lambda strategy: strategy.name)


def decided(strategy):
    """The example of a strategy, its parameters, and what it makes of it."""
    snapshot = read(json.loads((EXAMPLES / f'{strategy.name}.json').read_text()))
    params = {**params_for(strategy, snapshot), **MORE.get(strategy.name, {})}
    solution = strategy.decide(snapshot, params, UNLIMITED)
    return snapshot, params, solution, schedule(snapshot, solution)


@each
def test_a_plan_with_all_moves_in_it_promises_what_its_solution_does(strategy):
    snapshot, params, solution, plan = decided(strategy)
    assert plan.actions
    assert as_planned(strategy, snapshot, params, solution, plan) is solution
    # As if something that is in nobody's way had been left out.
    measured = as_planned(strategy, snapshot, params, solution,
                          replace(plan, left_out=solution.proposals[:1]))
    assert {name: measured.indicators[name] for name in solution.indicators} == pytest.approx(
        dict(solution.indicators))
    assert measured.outcome.after == pytest.approx(solution.outcome.after)
    assert replace(measured, indicators=solution.indicators, outcome=solution.outcome) == solution


@each
def test_a_plan_with_no_move_in_it_promises_nothing(strategy):
    snapshot, params, solution, _ = decided(strategy)
    plan = Plan(left_out=solution.proposals)
    promised = as_planned(strategy, snapshot, params, solution, plan)
    assert promised.indicators == strategy.measure(snapshot, snapshot, params, deeds_of(plan))
    assert promised.outcome == replace(solution.outcome, after=solution.outcome.before)


def test_what_nobody_can_measure_is_not_promised():
    strategy = replace(vm_workload_consolidation.STRATEGY, measure=None)
    snapshot, params, solution, _ = decided(strategy)
    promised = as_planned(strategy, snapshot, params, solution, Plan(left_out=solution.proposals))
    assert promised.indicators == {}


def test_what_is_begun_with_another_aim_has_no_outcome():
    strategy = vm_workload_consolidation.STRATEGY
    snapshot, params, solution, _ = decided(strategy)
    other = replace(solution, outcome=replace(solution.outcome, objective='another'))
    assert as_planned(strategy, snapshot, params, other, Plan(left_out=other.proposals)).outcome is None
