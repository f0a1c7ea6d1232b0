# SPDX-License-Identifier: Apache-2.0
"""Nodes with too much airflow are relieved; where nothing explains it, all servers leave."""

import pytest

from tests.core.strategies import racks
from tests.core.strategies.racks import moves
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies.uniform_airflow import STRATEGY
from watcher_py.core.strategy import with_defaults

HOT, POWERFUL = {'inlet_temp_c': 30.0}, {'power_w': 400.0}


def rack(explained=POWERFUL, **airflows):
    """By name the airflows of hosts in CFM.

    A server is a 12th of what its host draws, of which half makes the fans turn faster.
    """
    return racks.rack({name: {'airflow_cfm': airflow, 'power_w': 200.0, **explained}
                       for name, airflow in airflows.items()})


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def test_the_threshold_counts_tenths_of_a_cubic_foot():
    # 40 CFM by default.
    solution = decide(rack(a=40.0, b=10.0))
    assert solution.proposals == ()
    assert solution.refrained == 'the airflow of no node is above 40.0 CFM'
    assert moves(decide(rack(a=41.0, b=10.0))) == [('a', 'b')]
    assert moves(decide(rack(a=41.0, b=10.0), threshold_airflow=420.0)) == []


@pytest.mark.parametrize('explained', [HOT, POWERFUL, {'inlet_temp_c': None}, {'power_w': None}])
def test_where_power_or_heat_may_explain_it_as_many_leave_as_it_takes(explained):
    solution = decide(rack(explained, a=43.0, b=10.0))
    assert moves(solution) == [('a', 'b')] * 2
    assert solution.indicators == {
        'instance_migrations_count': 2, 'strained_nodes_before_count': 1, 'strained_nodes_after_count': 0,
        'highest_airflow_before': 43.0, 'highest_airflow_after': 39.417}
    assert solution.proposals[0].reason == (
        'airflow: a is at 43.0 CFM and b at 10.0, where 40.0 is enough; the plan brings them to 39.4 and '
        '10.8')


def test_where_nothing_explains_it_all_leave():
    solution = decide(rack({}, a=43.0, b=10.0, c=12.0))
    assert [source for source, _ in moves(solution)] == ['a'] * 4
    assert solution.proposals[0].reason.startswith(
        'a fault is suspected where only 200 W are drawn and the inlet is at 20.0 degrees, so all servers '
        'leave: airflow: a is at 43.0 CFM')
    assert (solution.outcome.objective, solution.outcome.after) == ('servers on the nodes', 0)


def test_as_many_leave_a_faulty_node_as_rules_allow():
    doc = rack({}, a=43.0, b=10.0)
    doc['instances'][0]['locked'] = doc['instances'][1]['excluded'] = True
    solution = decide(doc)
    assert {proposal.change.server for proposal in solution.proposals} == {'a2', 'a3'}
    assert solution.stayed['a0'] == 'it is locked'
    assert solution.outcome.bound == solution.outcome.after == 2


def test_a_faulty_node_and_a_busy_one_are_both_relieved():
    doc = rack({}, a=43.0, b=43.0, c=10.0, d=10.0)
    doc['hosts'][1]['metrics'] |= POWERFUL
    left = [source for source, _ in moves(decide(doc))]
    assert (left.count('a'), left.count('b')) == (4, 2)


def test_the_node_with_the_least_airflow_takes_them():
    assert moves(decide(rack(a=41.0, b=30.0, c=12.0, d=20.0))) == [('a', 'c')]


def test_nobody_goes_where_the_airflow_would_be_too_high_then():
    # A server adds a 24th.
    solution = decide(rack({}, a=43.0, b=39.0))
    assert solution.proposals == ()
    assert 'stays at 43.0 CFM' in solution.stayed['a-id']


def test_where_a_plan_is_not_worth_it_nobody_moves_and_the_node_says_so():
    solution = decide(rack(a=43.0, b=10.0), minimum_gain=10.0)
    assert solution.proposals == ()
    assert solution.refrained
    assert solution.stayed['a-id'].endswith(solution.refrained)
    assert decide(rack(a=43.0, b=10.0), max_moves=1).stayed['a-id'].endswith('or a limit forbids it')


def test_a_node_whose_airflow_is_unknown_gives_and_takes_nothing():
    doc = rack(a=43.0, b=10.0, c=12.0)
    doc['hosts'][1]['metrics']['airflow_cfm'] = None
    solution = decide(doc)
    assert {target for _, target in moves(solution)} == {'c'}
    assert 'unknown' in solution.stayed['b-id']


def test_what_came_of_it_is_measured_by_the_same_figures():
    measured = racks.measured(STRATEGY, rack(a=43.0, b=10.0), rack(a=39.0, b=10.5))
    assert (measured['strained_nodes_after_count'], measured['highest_airflow_after']) == (0, 39.0)
