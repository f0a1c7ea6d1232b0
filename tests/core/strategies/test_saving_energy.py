# SPDX-License-Identifier: Apache-2.0
"""Switching off what nobody needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.laws import check_laws
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, SetPower, SetService
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed, Done
from watcher_py.core.schedule import schedule
from watcher_py.core.strategies.saving_energy import STRATEGY, decide, measure, needs
from watcher_py.core.strategy import with_defaults

LARGE = {'idle_w': 200.0, 'max_w': 400.0}
SMALL = {'idle_w': 50.0, 'max_w': 90.0}
ASLEEP = {'state': 'down', 'status': 'disabled', 'disabled_reason': 'watcher_disabled'}


def metal(name, **values):
    return {'id': f'{name}-metal', 'host': f'{name}-id', 'power_state': 'power on',
            'provision_state': 'active', **values}


def fleet(hosts, instances, *others):
    """Each host with its machine, on as the host is up, but for those that are given."""
    told = {one['id'] for one in others}
    every = [metal(row['name'], power_state='power off' if row.get('state') == 'down' else 'power on')
             for row in hosts]
    return document(hosts, instances, machines=[*others, *(one for one in every if one['id'] not in told)])


def decided(doc, **params):
    snapshot, given = read(doc), with_defaults(STRATEGY.parameters, params)
    solution = decide(snapshot, given, UNLIMITED)
    check_laws(snapshot, solution, schedule(snapshot, solution))
    STRATEGY.goal.check(solution.indicators)
    return solution


def changes(solution, kind):
    return [proposal.change for proposal in solution.proposals if isinstance(proposal.change, kind)]


def switched(solution):
    return {change.node_name: change.is_on for change in changes(solution, SetPower)}


def full(name):
    """A server that leaves no room for another one on its host."""
    return instance(f'full-{name}', name, vcpus=12)


def test_a_free_node_is_switched_off_once_it_is_disabled_and_a_spare_one_stays():
    solution = decided(fleet([host('a'), host('b'), host('c')], [full('a')]))
    off = changes(solution, SetPower)
    assert len(off) == 1
    assert off[0].node_name in 'bc'
    assert changes(solution, SetService) == [
        SetService(f'{off[0].node_name}-id', off[0].node_name, False, 'watcher_disabled', True)]
    assert solution.indicators['switched_off_count'] == 1


@pytest.mark.parametrize('count', [20, 60])
def test_of_nodes_alike_in_all_else_those_are_emptied_that_draw_most(count):
    """Of few nodes two ways are compared, of many one is found that weighs them."""
    # Two servers fill a node, so half of the nodes have to stay on, and a spare one for each ten of them.
    hosts = [host(f'{row:02}', power=LARGE if row % 2 else SMALL) for row in range(count)]
    doc = fleet(hosts, [instance(f'vm{row}', each['name'], vcpus=7) for row, each in enumerate(hosts)])
    off = switched(decided(doc))
    assert set(off) <= {each['name'] for each in hosts[1::2]}
    assert len(off) == count // 2 - count // 20


def test_what_draws_most_goes_and_the_spare_is_what_draws_least():
    hosts = [host('a'), host('b', power=LARGE), host('c', power=SMALL), host('d', power=LARGE)]
    assert switched(decided(fleet(hosts, [full('a')]))) == {'b': False, 'd': False}


@pytest.mark.parametrize(('params', 'left'), [
    ({}, 1), ({'min_free_hosts_num': 3}, 3), ({'min_free_hosts_num': 0, 'free_used_percent': 0}, 0),
    ({'min_free_hosts_num': 0, 'free_used_percent': 50}, 2), ({'free_used_percent': 99}, 3)])
def test_so_many_free_nodes_stay_as_watcher_reckons(params, left):
    names = [f'h{row}' for row in range(8)]
    solution = decided(fleet([host(name) for name in names], [full(name) for name in names[:4]]), **params)
    assert len(switched(solution)) == 4 - left


def test_nodes_are_emptied_to_be_switched_off():
    doc = fleet([host('a'), host('b'), host('c')], [instance('x', 'a'), instance('y', 'b')])
    solution = decided(doc)
    assert len(changes(solution, Migrate)) == 1
    assert len(switched(solution)) == 1
    assert not set(switched(solution)) & {move.target for move in changes(solution, Migrate)}
    assert (solution.outcome.before, solution.outcome.after, solution.outcome.bound) == (3, 2, 2)
    assert switched(decided(doc, consolidate=False)) == {}
    assert [need.metric.value for need in needs(with_defaults(STRATEGY.parameters, {'consolidate': False}))
            ] == ['host_cpu_usage', 'host_power']


def test_of_two_that_could_be_emptied_the_one_goes_that_draws_more():
    hosts = [host('a', power=SMALL), host('b', power=LARGE), host('c', power=SMALL)]
    # Less memory would move off the small one.
    solution = decided(fleet(hosts, [instance('x', 'a', ram_mb=1024), instance('y', 'b')]))
    assert switched(solution) == {'b': False}
    assert [move.server for move in changes(solution, Migrate)] == ['y']


def test_the_bound_knows_which_nodes_the_servers_need():
    hosts = [host('a', power=LARGE, zone='z1'), host('b', power=SMALL, zone='z2')]
    # One of them is to stay in its zone, where the node draws more.
    solution = decided(fleet(hosts, [instance('x', 'a', pinned_zone='z1'), instance('y', 'b')]),
                       min_free_hosts_num=0, free_used_percent=0)
    assert switched(solution) == {'b': False}
    assert solution.outcome.bound == pytest.approx(solution.outcome.after, rel=0.02)


def test_the_promised_watts_are_those_of_what_stays_on_with_the_load_it_takes():
    power = {'idle_w': 100.0, 'max_w': 260.0}       # 10 W a core
    hosts = [host(name, power=power, metrics={'cpu_util_pct': percent, 'ram_used_mb': 2048.0})
             for name, percent in (('a', 12.5), ('b', 12.5), ('c', 0.0))]
    servers = [instance(name, on, metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 512.0})
               for name, on in (('x', 'a'), ('y', 'b'))]
    solution = decided(fleet(hosts, servers))
    # Each busy one has 2 cores in use, of which its server takes 1.
    assert solution.indicators['power_before_w'] == 120 + 120 + 100
    assert solution.indicators['power_after_w'] == 130 + 100
    assert (solution.outcome.before, solution.outcome.after) == (340, 230)
    assert solution.outcome.bound <= 230


def test_a_reading_counts_before_what_is_known_of_the_node():
    hosts = [host('a', power=SMALL, metrics={'cpu_util_pct': 0.0, 'ram_used_mb': 1.0, 'power_w': 77.0}),
             host('b', power=SMALL, metrics={'cpu_util_pct': 0.0, 'ram_used_mb': 1.0, 'power_w': 55.0})]
    assert decided(fleet(hosts, [])).indicators['power_after_w'] == 55.0


def test_what_nobody_measures_is_not_promised():
    doc = fleet([host('a', power=SMALL), host('b'), host('c')], [full('a')])
    solution = decided(doc)
    assert switched(solution)
    assert not {'power_before_w', 'power_after_w'} & solution.indicators.keys()


def test_a_spare_node_stays_in_each_zone_and_each_aggregate():
    hosts = [host('a', power=LARGE), host('b', power=SMALL), host('c', zone='az-2', power=LARGE),
             host('d', power=LARGE), host('e', power=SMALL)]
    aggregates = [{'name': 'ssd', 'hosts': ['a', 'd']}]
    doc = fleet(hosts, [])
    # One of zone az-2, one of the aggregate, which is one of zone az-1 too.
    assert len(switched(decided({**doc, 'aggregates': aggregates}))) == 3
    assert set(switched(decided(doc))) in ({'a', 'd', 'b'}, {'a', 'd', 'e'})
    assert len(switched(decided({**doc, 'aggregates': aggregates}, spare_everywhere=False))) == 4


def test_no_server_moves_for_a_node_that_has_to_stay_on():
    hosts = [host('a'), host('b'), host('free'), host('c', zone='az-2'), host('d', zone='az-2')]
    doc = fleet(hosts, [instance(f'vm-{row["name"]}', row['name'], pinned_zone=row['zone'])
                        for row in hosts if row['name'] != 'free'])
    # Zone az-2 has no spare node: whichever is emptied there would stay on.
    solution = decided(doc)
    assert len(switched(solution)) == 1
    assert {move.source for move in changes(solution, Migrate)} < {'a', 'b'}


@pytest.mark.parametrize(('machine', 'values', 'why'), [
    ({'maintenance': True}, {}, 'maintenance'), ({'known': False}, {}, 'unknown'),
    ({'power_state': None}, {}, 'unknown'), ({'target_power_state': 'power on'}, {}, 'on its way'),
    ({'provision_state': 'cleaning'}, {}, 'cleaning'), ({'instance': 'full-a'}, {}, 'given to'),
    ({'power_state': 'power off'}, {}, 'compute service is up'), ({'host': None}, {}, 'no machine'),
    ({}, {'known': False}, 'could not be read'), ({}, {'hypervisor_type': 'ironic'}, 'for tenants'),
    ({}, {'held': {'vcpus': 1}}, 'on their way'),
    ({}, {'status': 'disabled', 'disabled_reason': 'new disks'}, 'new disks')])
def test_a_node_stays_on_that_is_not_surely_free_to_be_switched(machine, values, why):
    doc = fleet([host('a'), host('b', **values)], [full('a')], {**metal('b'), **machine})
    solution = decided(doc, min_free_hosts_num=0)
    assert solution.proposals == ()
    assert why in solution.stayed.get('b-id', why if machine.get('power_state') == 'power off' else '')


def test_two_machines_of_one_node_are_both_left_alone():
    doc = fleet([host('a'), host('b')], [full('a')], metal('b'), metal('b', id='other'))
    assert decided(doc, min_free_hosts_num=0).proposals == ()


@pytest.mark.parametrize('values', [
    {'locked': True}, {'state': 'error'}, {'task_state': 'migrating'}, {'metrics': {'cpu_util_pct': None}}])
def test_a_node_stays_on_for_a_server_that_can_not_move(values):
    hosts = [host('a'), host('b'), host('c')]
    solution = decided(fleet(hosts, [instance('kept', 'a', **values), instance('large', 'b', vcpus=15)]))
    assert solution.proposals == ()
    assert 'kept' in solution.stayed
    assert solution.stayed['a-id'] == '1 of its servers can not move'
    assert solution.refrained


def test_a_stopped_server_is_a_server():
    hosts = [host('a'), host('b'), host('c')]
    solution = decided(fleet(hosts, [instance('off', 'a', state='stopped'), full('b')]), consolidate=False)
    assert 'a' not in switched(solution)


def test_a_node_that_a_plan_emptied_and_disabled_is_switched_off_and_is_no_spare():
    doc = fleet([host('a'), host('b', status='disabled', disabled_reason='watcher_disabled'), host('c')],
                [full('a')])
    solution = decided(doc)
    assert switched(solution) == {'b': False}
    assert changes(solution, SetService) == []


def test_a_node_is_woken_and_enabled_when_none_is_spare():
    doc = fleet([host('a'), host('b', **ASLEEP, power=LARGE), host('c', **ASLEEP, power=SMALL)], [full('a')])
    solution = decided(doc, wake_up_seconds=240)
    assert [proposal.change for proposal in solution.proposals] == [
        SetPower('c-metal', 'c', True, 240), SetService('c-id', 'c', True)]
    assert solution.indicators['switched_on_count'] == 1
    assert 'is to have 1' in solution.proposals[0].reason


def test_a_spare_node_is_woken_where_it_is_missing():
    hosts = [host('a'), host('b', **ASLEEP, power=LARGE), host('c', zone='az-2'),
             host('d', zone='az-2', **ASLEEP, power=LARGE), host('e', zone='az-2', **ASLEEP, power=SMALL)]
    doc = fleet(hosts, [full('a'), full('c')])
    assert switched(decided(doc)) == {'b': True, 'e': True}
    assert switched(decided(doc, spare_everywhere=False)) == {'e': True}


def test_a_node_that_is_on_and_disabled_by_a_plan_is_enabled_before_one_is_woken():
    hosts = [host('a'), host('b', **ASLEEP), host('c', status='disabled', disabled_reason='watcher_disabled')]
    solution = decided(fleet(hosts, [full('a')]))
    assert [proposal.change for proposal in solution.proposals] == [SetService('c-id', 'c', True)]


@pytest.mark.parametrize('values', [
    {'disabled_reason': 'new disks'}, {'disabled_reason': None}, {'known': False}])
def test_nobody_elses_node_is_woken(values):
    doc = fleet([host('a'), host('b', **{**ASLEEP, **values})], [full('a')])
    assert decided(doc).proposals == ()


def test_while_nodes_are_woken_none_is_switched_off():
    hosts = [host('a'), host('b', **ASLEEP), host('c', zone='az-2'), host('d', zone='az-2')]
    assert switched(decided(fleet(hosts, [full('a')]))) == {'b': True}


def test_a_gain_that_is_too_small_is_left_and_told():
    solution = decided(fleet([host('a', power=SMALL), host('b', power=SMALL)], []), minimum_gain=60)
    assert solution.proposals == ()
    assert 'worth it is 60 or more' in solution.refrained


def test_what_came_out_is_told_by_what_was_reached_and_measured():
    reading = {'cpu_util_pct': 5.0, 'ram_used_mb': 2048.0}
    hosts = [host(name, metrics={**reading, 'power_w': watts}) for name, watts in (('a', 150.0), ('b', 90.0))]
    before = read(fleet(hosts, [full('a')]))
    hosts = [host('a', metrics={**reading, 'power_w': 160.0}), host('b', **ASLEEP)]
    after = read(fleet(hosts, [full('a')]))
    deeds = [Deed('change_node_power_state', {'resource_id': f'{name}-metal', 'state': 'off'})
             for name in ('b', 'a')]
    found = measure(before, after, {}, Done(tuple(deeds)))
    assert {name: found[name] for name in ('switched_off_count', 'switched_on_count', 'power_before_w',
                                           'power_after_w')} == {
        'switched_off_count': 1, 'switched_on_count': 0, 'power_before_w': 240.0, 'power_after_w': 160.0}
    assert 'power_after_w' not in measure(before, read(fleet([host('a'), host('b')], [])), {}, Done())
    promised = decided(fleet([host('a', power=SMALL), host('b', power=SMALL)], []))
    assert found.keys() == promised.indicators.keys()


@given(doc=documents(), params=st.fixed_dictionaries({
    'min_free_hosts_num': st.integers(0, 2), 'consolidate': st.booleans(),
    'spare_everywhere': st.booleans()}))
def test_spare_nodes_are_never_fewer_than_asked_for_or_than_before(doc, params):
    snapshot = read(fleet([{**row, 'disabled_reason': 'watcher_disabled'} if row['status'] == 'disabled'
                           else row for row in doc['hosts']], doc['instances']))
    given = with_defaults(STRATEGY.parameters, params)
    solution = decide(snapshot, given, UNLIMITED)
    placed = check_laws(snapshot, solution, schedule(snapshot, solution))
    assert len(set(switched(solution).values())) < 2
    assert not changes(solution, Migrate) or False in switched(solution).values()
    nodes = snapshot.cluster.nodes

    def spare(node, closed=()):
        used = np.bincount(node, minlength=len(nodes)) > 0
        return {zone: sum(nodes.up[row] and nodes.enabled[row] and nodes.known[row] and not used[row]
                          and nodes.name[row] not in closed and zone in (nodes.zone[row], 'all')
                          for row in range(len(nodes))) for zone in (*nodes.zone, 'all')}

    before, after = spare(snapshot.cluster.servers.node), spare(placed, switched(solution))
    for zone in before if params['spare_everywhere'] else ('all',):
        assert after[zone] >= min(before[zone], params['min_free_hosts_num'])
