# SPDX-License-Identifier: Apache-2.0
"""A plan is measured by the same figures as it was promised: carried out to the letter, it keeps them all."""


import numpy as np
import pytest
from hypothesis import assume, given, settings

from tests.core.clusters import document, documents, host, instance
from tests.core.strategies.every import decide, measuring, named, params_for
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.document import read
from watcher_py.core.efficacy import LIVE_PAUSE, MIB_IN_GB, Deed, Done, of_all, of_moves
from watcher_py.core.foresight import foreseen
from watcher_py.core.goals import DUMMY, SAVING_ENERGY, SERVER_CONSOLIDATION
from watcher_py.core.promise import deeds_of
from watcher_py.core.strategy import with_defaults

HOSTS = [host('a'), host('b'), host('c')]
SERVERS = [instance('vm1', 'a'), instance('vm2', 'a', ram_mb=4096), instance('vm3', 'b')]


def move(server, kind='live', seconds=30.0, source='a'):
    return Deed('migrate', {'resource_id': server, 'migration_type': kind, 'source_node': source}, seconds)


def both(strategy, doc, after=None):
    """What a strategy promises, and what it measures in a cluster that came of it."""
    snapshot = read(doc)
    solution, plan = decide(strategy, snapshot)
    done = deeds_of(plan)
    ended = foreseen(snapshot, plan) if after is None else read(after)
    measured = strategy.measure(snapshot, ended, params_for(strategy, snapshot), done)
    cost = of_all(strategy.goal, snapshot, done)
    return {**solution.indicators, **cost}, {**measured, **cost}


@pytest.mark.parametrize('strategy', measuring(), ids=lambda strategy: strategy.name)
@settings(max_examples=30)
@given(doc=documents())
def test_who_does_all_that_was_promised_is_measured_so(strategy, doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    assume(not decide(strategy, snapshot)[1].left_out)
    promised, measured = both(strategy, doc)
    strategy.goal.check(measured)
    assert {name: measured[name] for name in promised} == pytest.approx(promised, abs=2e-3)


@pytest.mark.parametrize('strategy', [named('workload_balance'), named('workload_stabilization')],
                         ids=lambda strategy: strategy.name)
@settings(max_examples=30)
@given(doc=documents())
def test_before_a_balance_is_what_it_was_and_a_cloud_left_alone_stays_as_it_was(strategy, doc):
    snapshot = read(doc)
    params = params_for(strategy, snapshot)
    solution, _ = decide(strategy, snapshot)
    measured = strategy.measure(snapshot, snapshot, params, Done())
    strategy.goal.check(measured)
    before = solution.indicators.get('standard_deviation_before_audit')
    assert measured.get('standard_deviation_before_audit') == before
    assert measured.get('standard_deviation_after_audit') == before
    assert measured['instance_migrations_count'] == 0


def test_a_balance_is_measured_by_the_load_that_the_nodes_bear_then():
    def loaded(hot, cold, at):
        hosts = [host('hot', metrics={'cpu_util_pct': hot, 'ram_used_mb': 1000.0}),
                 host('cold', metrics={'cpu_util_pct': cold, 'ram_used_mb': 1000.0})]
        return document(hosts, [instance(f'vm{row}', on, vcpus=4, metrics={
            'cpu_util_pct': 100.0, 'ram_used_mb': 100.0}) for row, on in enumerate(at)])

    hot, cold = ['hot'] * 3, ['cold', 'hot', 'hot']
    promised, measured = both(named('workload_stabilization'), loaded(75.0, 0.0, hot),
                              loaded(54.0, 26.0, cold))
    assert (promised['standard_deviation_before_audit'], promised['standard_deviation_after_audit']) == (
        pytest.approx(0.375), pytest.approx(0.125))
    assert measured['standard_deviation_before_audit'] == pytest.approx(0.375)
    assert measured['standard_deviation_after_audit'] == pytest.approx(0.14)


def test_of_a_balance_that_nobody_can_see_nothing_is_said():
    unknown = host('a', metrics={'cpu_util_pct': None, 'ram_used_mb': None})
    promised, measured = both(named('workload_stabilization'), document([unknown], [instance('vm', 'a')]))
    assert not {name for name in (*promised, *measured) if name.startswith('standard_deviation')}


def test_a_node_that_can_not_be_read_is_not_released():
    doc = document(HOSTS[:2], [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')])
    promised, measured = both(named('node_resource_consolidation'), doc)
    assert measured['released_compute_nodes_count'] == promised['released_compute_nodes_count'] == 1
    elsewhere = [{**row, 'host': 'b-id'} for row in doc['instances']]
    unread = document([host('a', known=False), host('b')], elsewhere)
    _, measured = both(named('node_resource_consolidation'), doc, unread)
    assert measured['released_compute_nodes_count'] == 0


def test_a_node_on_which_somebody_landed_meanwhile_is_not_released():
    doc = document(HOSTS[:2], [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')])
    came = document(HOSTS[:2], [*({**row, 'host': 'b-id'} for row in doc['instances']), instance('new', 'a')])
    _, measured = both(named('node_resource_consolidation'), doc, came)
    assert measured['released_compute_nodes_count'] == 0


def test_a_node_is_ready_for_maintenance_when_nothing_on_it_runs():
    doc = document(HOSTS[:2], [instance('vm', 'a'), instance('off', 'a', state='stopped')])
    strategy, snapshot = named('host_maintenance'), read(doc)
    params = with_defaults(strategy.parameters, {
        'maintenance_node': 'a', 'disable_live_migration': True, 'disable_cold_migration': True})
    stop = Done((Deed('stop', {'resource_id': 'vm'}),))
    still = strategy.measure(snapshot, snapshot, params, stop)
    assert (still['maintained_nodes_count'], still['emptied_nodes_count']) == (1, 0)
    stopped = read(document(HOSTS[:2], [{**row, 'state': 'stopped'} for row in doc['instances']]))
    measured = strategy.measure(snapshot, stopped, params, stop)
    assert (measured['emptied_nodes_count'], measured['stopped_instances_count']) == (1, 1)


def test_room_is_measured_as_it_is_for_those_who_are_to_come():
    halves = [instance(f'vm-{name}', name, vcpus=8) for name in 'abc']
    whole = {'vcpus': 16, 'ram_mb': 32768}
    strategy, before = named('defragmentation'), read(document(HOSTS, halves))
    params = with_defaults(strategy.parameters, {'flavors': [whole]})
    after = read(document(HOSTS, [{**row, 'host': 'a-id'} for row in halves[:2]] + halves[2:]))
    measured = strategy.measure(before, after, params, Done((move('vm-b', source='b'),)))
    assert (measured['faults_before_count'], measured['faults_after_count']) == (1, 0)
    gone = strategy.measure(before, before, params, Done())
    assert gone['faults_after_count'] == 1


def test_moves_cost_the_memory_that_goes_with_them_and_the_time_that_servers_stand_still():
    snapshot = read(document(HOSTS, SERVERS))
    told = of_moves(snapshot, Done((move('vm1'), move('vm2', 'cold', 41.25), Deed('nop', {}, 3.0))))
    assert told == {'instance_migrations_count': 2,
                    'moved_gb': pytest.approx((8192 + 4096) * MIB_IN_GB, abs=1e-3),
                    'downtime_s': pytest.approx(LIVE_PAUSE + 41.25, abs=0.1)}


def test_who_is_parked_on_the_way_counts_once_and_is_sent_twice():
    snapshot = read(document(HOSTS, SERVERS))
    once, twice = (of_moves(snapshot, Done((move('vm1'),) * legs)) for legs in (1, 2))
    assert once['instance_migrations_count'] == twice['instance_migrations_count'] == 1
    assert twice['moved_gb'] == pytest.approx(2 * once['moved_gb'], abs=2e-3)
    assert np.isclose(once['moved_gb'], snapshot.cluster.servers.demand[0, MEMORY_MB] * MIB_IN_GB, atol=1e-3)


def test_of_what_was_done_a_goal_is_told_what_it_declares():
    snapshot, done = read(document(HOSTS, SERVERS)), Done((move('vm1'), Deed('nop', {})))
    assert of_all(DUMMY, snapshot, done) == {'actions_count': 2}
    assert set(of_all(SERVER_CONSOLIDATION, snapshot, done)) == {
        'instance_migrations_count', 'moved_gb', 'downtime_s'}


def test_energy_is_not_saved_by_not_knowing_it():
    assert SAVING_ENERGY.global_efficacy({'power_before_w': 900.0}) == []
    saved, = SAVING_ENERGY.global_efficacy({'power_before_w': 900.0, 'power_after_w': 400.0})
    assert (saved['unit'], saved['value']) == ('kWh', pytest.approx(12.0))
