# SPDX-License-Identifier: Apache-2.0
"""Evening out the load of nodes."""


import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.strategies.workload_stabilization import STRATEGY
from watcher_py.core.strategy import with_defaults

CPU, RAM = 'instance_cpu_usage', 'instance_ram_usage'


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def busy(name, on, cores):
    return instance(name, on, vcpus=4, metrics={'cpu_util_pct': cores / 4 * 100, 'ram_used_mb': 100.0})


def hot_and_cold():
    hosts = [host('hot', metrics={'cpu_util_pct': 75.0, 'ram_used_mb': 1000.0}),
             host('cold', metrics={'cpu_util_pct': 0.0, 'ram_used_mb': 1000.0})]
    return document(hosts, [busy('vm1', 'hot', 4), busy('vm2', 'hot', 4), busy('vm3', 'hot', 4)])


def test_a_server_leaves_the_hot_node_and_says_why():
    solution = decide(hot_and_cold(), thresholds={CPU: 0.2})
    assert [proposal.change for proposal in solution.proposals] == [Migrate('vm1', 'vm1', 'hot', 'cold')]
    assert solution.proposals[0].reason == (
        'CPU in use: hot is at 75.0% and cold at 0.0%; the plan brings them to 50.0% and 25.0%')
    assert solution.indicators == {
        'instance_migrations_count': 1, 'instances_count': 3,
        'standard_deviation_before_audit': pytest.approx(0.375),
        'standard_deviation_after_audit': pytest.approx(0.125)}
    assert solution.outcome.objective == 'deviation of CPU in use'
    assert (solution.outcome.before, solution.outcome.after) == (pytest.approx(0.375), pytest.approx(0.125))


def test_the_global_efficacy_is_the_share_of_servers_that_migrate():
    solution = decide(hot_and_cold(), thresholds={CPU: 0.2})
    efficacy, = STRATEGY.goal.global_efficacy(solution.indicators)
    assert (efficacy['name'], efficacy['unit']) == ('live_migrations_count', '%')
    assert efficacy['value'] == pytest.approx(100 / 3)


def test_what_is_even_enough_gets_an_empty_plan_and_the_reason():
    solution = decide(hot_and_cold(), thresholds={CPU: 0.4})
    assert solution.proposals == ()
    assert solution.refrained == (
        'it is even enough: the deviation of CPU in use is 0.3750, at most 0.4 is asked for')


def test_without_readings_nothing_moves():
    doc = document([host('a', metrics={}), host('b', metrics={})],
                   [instance('vm', 'a'), instance('vm2', 'a')])
    solution = decide(doc)
    assert solution.proposals == ()
    assert solution.refrained == 'there is no enabled node whose load is known'
    assert set(solution.stayed) == {'vm', 'vm2'}


def test_idle_servers_are_spread_by_their_number():
    idle = {'cpu_util_pct': 0.0, 'ram_used_mb': 0.0}
    doc = document([host('a'), host('b')], [instance(f'vm{row}', 'a', metrics=idle) for row in range(6)])
    assert decide(doc).proposals == ()
    solution = decide(doc, metrics=[], allocations=['servers'], thresholds={'servers': 0.01})
    assert len(solution.proposals) == 3


def test_the_peak_is_lowered_where_that_is_asked_for():
    solution = decide(hot_and_cold(), measure='peak', thresholds={CPU: 0.5})
    assert len(solution.proposals) == 1
    assert solution.outcome.objective == 'peak of CPU in use'
    assert solution.outcome.after == pytest.approx(0.5)


def test_moves_are_limited_and_have_to_be_worth_it():
    assert len(decide(hot_and_cold(), thresholds={CPU: 0}, max_moves=0).proposals) == 0
    solution = decide(hot_and_cold(), thresholds={CPU: 0.2}, minimum_gain=0.3)
    assert solution.proposals == ()
    assert 'a gain of 0.25' in solution.refrained
    assert decide(hot_and_cold(), thresholds={CPU: 0.2}, cost_per_gib=10).proposals == ()


def test_a_metric_of_weight_0_does_not_count():
    solution = decide(hot_and_cold(), metrics=[CPU, RAM], weights={f'{RAM}_weight': 0}, thresholds={CPU: 0.2})
    assert solution.outcome.objective == 'deviation of CPU in use'
    with pytest.raises(Invalid, match='nothing to balance'):
        decide(hot_and_cold(), weights={f'{CPU}_weight': 0})


def test_each_metric_is_asked_for_once_with_that_of_its_nodes():
    params = with_defaults(STRATEGY.parameters, {
        'metrics': [CPU, CPU], 'periods': {'compute_node': 900}, 'aggregation_method': {'instance': 'max'}})
    assert STRATEGY.needs(params) == [MetricNeed(Metric.INSTANCE_CPU, 720, 300, 'max'),
                                      MetricNeed(Metric.HOST_CPU, 900, 300, 'mean')]


def test_a_strange_metric_of_nodes_is_named():
    params = with_defaults(STRATEGY.parameters, {'instance_metrics': {CPU: 'host_airflow'}})
    with pytest.raises(Invalid, match='host_airflow'):
        STRATEGY.needs(params)
