# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.budget import Budget
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.explain.ask import explain
from watcher_py.core.explain.evidence import Evidence, ends, gather
from watcher_py.core.explain.explanation import Alternative, Effect, Refused
from watcher_py.core.explain.forbidden import SOME_RULE
from watcher_py.core.explain.objective import name_of, value_of
from watcher_py.core.explain.refusal import refusals, why_not
from watcher_py.core.goals import SERVER_CONSOLIDATION
from watcher_py.core.limits import Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solution import Solution
from watcher_py.core.solve import balance
from watcher_py.core.solve.terms import Balance, Drain, MakeRoom, Measure, Pack, Repair, Share
from watcher_py.core.strategy import Stated, Strategy
from watcher_py.core.whatif import WhatIf

PACK = Pack()


def evidence_of(text, moves=None, terms=(PACK,), limits=None):
    """What a strategy that goes by allocations alone decided: these moves, server -> name of a node."""
    snapshot = read(text)
    stated = [Stated(allocation_problem(snapshot.cluster), terms)]
    if limits:
        stated = [Stated(stated[0].problem, terms, limits)]
    strategy = Strategy('test', 'Test', SERVER_CONSOLIDATION, {}, lambda params: [],
                        lambda *given: Solution(), lambda *given: stated[0])
    return gather(snapshot, strategy, {}, ends_of(snapshot.cluster, moves or {}), {})


def ends_of(cluster, moves):
    return ends(cluster, [Migrate(server, server, '', target) for server, target in moves.items()])


def refused(text, server, **more):
    """Why nodes do not take the server: reason -> names of nodes."""
    evidence = evidence_of(text, **more)
    trial, names = evidence.trial(), np.array(evidence.cluster.nodes.name)
    row = evidence.cluster.servers.uuid.index(server)
    return {each.why: names[each.nodes].tolist() for each in refusals(evidence, trial, row)}


@pytest.fixture
def packed():
    """vm1 leaves a, which ends empty, for b; c stays on and has room; d is empty."""
    hosts = [host(name) for name in 'abcd']
    return document(hosts, [instance('vm1', 'a'), instance('vm2', 'b'), instance('vm3', 'c')])


def test_a_move_tells_what_triggered_it_and_what_it_is_good_for(packed):
    told = explain(evidence_of(packed, {'vm1': 'b'}), 'vm1')
    assert (told.verdict, told.source, told.target) == ('moved', 'a', 'b')
    assert told.reason == 'a ends empty: 1 server left it'
    assert told.serves == 'active nodes'
    assert told.effects == (Effect('active nodes', 2, 3),)


def test_a_move_tells_the_best_other_nodes_and_what_speaks_against_each(packed):
    told = explain(evidence_of(packed, {'vm1': 'b'}), 'vm1')
    assert told.alternatives[0] == Alternative(
        'c', True, 'it fits as well; 25 % of its fullest resource would be in use, 25 % of that of b is')
    assert told.alternatives[1] == Alternative(
        'd', True, 'it fits, but active nodes would be 3 instead of 2')


def test_a_node_without_room_says_what_it_lacks(packed):
    packed['instances'].append(instance('large', 'c', vcpus=13, ram_mb=40000))
    evidence = evidence_of(packed, {'vm1': 'b'})
    assert explain(evidence, 'vm1').refused == (Refused('it has too little VCPU', 1),)
    assert why_not(evidence, evidence.trial(), 0, 2) == 'it lacks 1 VCPU'
    assert Alternative('c', False, 'it lacks 1 VCPU') in explain(evidence, 'vm1').alternatives


@pytest.mark.parametrize(('columns', 'name'), [
    (1, 'measured load'), (2, 'cores in use')])
def test_what_is_missing_may_be_measured(packed, columns, name):
    problem = allocation_problem(read(packed).cluster)
    load = replace(problem, demand=np.column_stack([problem.demand, *[np.full(3, 2.0)] * columns]),
                   room=np.column_stack([problem.room, *[np.full(4, 3.0)] * columns]),
                   most=np.column_stack([problem.most, *[np.full(4, np.inf)] * columns]))
    evidence = Evidence(read(packed).cluster, Stated(load, (PACK,)), problem.node)
    assert why_not(evidence, evidence.trial(), 0, 1).startswith(f'it lacks 1 {name}')


def test_a_server_that_is_stuck_says_why(packed):
    packed['instances'][1]['locked'] = True
    told = explain(evidence_of(packed), 'vm2')
    assert (told.verdict, told.reason) == ('stayed', 'it is locked')


def test_a_server_that_is_left_alone_says_that_nothing_is_gained(packed):
    told = explain(evidence_of(packed, {'vm1': 'b'}), 'vm2')
    assert (told.verdict, told.reason) == ('stayed', 'no move of it alone betters active nodes')


def test_what_the_search_missed_is_admitted(packed):
    told = explain(evidence_of(packed), 'vm1')
    assert told.reason.startswith('a move of it alone would better active nodes: the search ended')


def test_a_limit_that_is_reached_is_named(packed):
    told = explain(evidence_of(packed, {'vm1': 'b'}, limits=Limits(servers=1)), 'vm2')
    assert told.reason == 'the plan moves as much already as it may'


def test_a_plan_that_refrains_says_so_of_all_that_could_have_moved(packed):
    packed['instances'][1]['locked'] = True
    snapshot = read(packed)
    evidence = Evidence(snapshot.cluster, Stated(allocation_problem(snapshot.cluster), (PACK,)),
                        snapshot.cluster.servers.node, refrained='it is too little')
    assert explain(evidence, 'vm1').reason == 'the plan moves nobody: it is too little'
    assert explain(evidence, 'vm2').reason == 'it is locked'
    assert explain(evidence, 'a').reason == 'the plan moves nobody: it is too little'
    assert explain(evidence, 'd').reason == 'no server stood on it, and none is to come'


def test_a_server_that_fits_nowhere_else_says_so():
    text = document([host('a'), host('b', zone='az-2')], [instance('vm1', 'a', pinned_zone='az-1')])
    told = explain(evidence_of(text), 'vm1')
    assert told.reason == 'a is the only node that takes it'
    assert told.refused == (Refused('it is not in zone az-1, to which the server is bound', 1),)


@pytest.mark.parametrize(('on_node', 'on_server', 'aggregates', 'why'), [
    ({'status': 'disabled'}, {}, [], 'its compute service is disabled'),
    ({'state': 'down'}, {}, [], 'its compute service is down'),
    ({'known': False}, {}, [], 'it could not be read in whole'),
    ({'zone': 'az-2'}, {'pinned_zone': 'az-1'}, [], 'it is not in zone az-1, to which the server is bound'),
    ({}, {'extra_specs': {'trait:X': 'required'}}, [], 'the flavor asks for trait:X = required'),
    ({}, {'extra_specs': {'aggregate_instance_extra_specs:disk': 'ssd'}},
     [{'name': 'fast', 'hosts': ['a'], 'metadata': {'disk': 'ssd'}}],
     'the flavor asks for aggregate_instance_extra_specs:disk = ssd'),
    ({}, {'project': 'blue'}, [{'name': 'reds', 'hosts': ['b'], 'metadata': {'filter_tenant_id': 'red'}}],
     'a host aggregate keeps it for other projects'),
    ({}, {}, [{'name': 'avx', 'hosts': ['b'], 'metadata': {'trait:X': 'required'}}],
     'a host aggregate keeps it for servers that ask for certain traits'),
    ({}, {'image': {'os_distro': 'linux'}},
     [{'name': 'windows', 'hosts': ['b'], 'metadata': {'os_distro': 'windows'}}],
     'the image asks for os_distro = linux'),
    ({'cpu': {'model': 'old', 'rank': 1}}, {}, [],
     'no server goes there from a: CPU or hypervisor are others, or older'),
    ({}, {'resources': {'CUSTOM_GOLD': 2}}, [],
     'no provider of it gives what the server needs of further resource classes'),
])
def test_each_rule_that_forbids_a_node_is_named(on_node, on_server, aggregates, why):
    first = host('a', traits=['X'], cpu={'model': 'new', 'rank': 2},
                 inventories={'CUSTOM_GOLD': {'total': 4}})
    second = host('b', **{'cpu': first['cpu'], **on_node})
    text = document([first, second], [instance('vm1', 'a', **on_server)], aggregates=aggregates)
    assert refused(text, 'vm1') == {why: ['b']}


def test_a_node_that_the_plan_enables_is_refused_for_its_room_alone():
    hosts = [host('a'), host('b', status='disabled', vcpus=1), host('c', status='disabled')]
    snapshot = read(document(hosts, [instance('vm1', 'a')]))
    problem = allocation_problem(snapshot.cluster)
    opened = replace(problem, rules=replace(problem.rules, takes=np.array([[True, True, False]])))
    evidence = Evidence(snapshot.cluster, Stated(opened), problem.node)
    assert [(each.why, each.nodes.tolist()) for each in refusals(evidence, evidence.trial(), 0)] == [
        ('its compute service is disabled', [False, False, True]),
        ('it has too little VCPU', [False, True, False])]


def test_an_aggregate_for_certain_traits_is_not_blamed_where_they_are_asked_for():
    hosts = [host('a', traits=['X']), host('b', traits=['X'], status='disabled')]
    kept = {'name': 'avx', 'hosts': ['b'], 'metadata': {'trait:X': 'required'}}
    text = document(hosts, [instance('vm1', 'a', extra_specs={'trait:X': 'required'})], aggregates=[kept])
    assert refused(text, 'vm1') == {'its compute service is disabled': ['b']}


def test_a_rule_is_not_blamed_for_what_another_forbids():
    """Node c is disabled as well; each node counts once, at its first reason."""
    hosts = [host('a'), host('b', zone='az-2'), host('c', zone='az-2', status='disabled')]
    assert refused(document(hosts, [instance('vm1', 'a', pinned_zone='az-1')]), 'vm1') == {
        'its compute service is disabled': ['c'],
        'it is not in zone az-1, to which the server is bound': ['b']}


def test_groups_are_named():
    hosts = [host(name) for name in 'abc']
    instances = [instance('vm1', 'a'), instance('vm2', 'b'), instance('vm3', 'b')]
    apart = {'id': 'g', 'name': 'web', 'policy': 'anti-affinity', 'members': ['vm1', 'vm2']}
    together = {'id': 'h', 'name': 'db', 'policy': 'affinity', 'members': ['vm1', 'vm2', 'vm3']}
    assert refused(document(hosts, instances, server_groups=[apart]), 'vm1') == {
        'anti-affinity group web has as many members there as it may': ['b']}
    assert refused(document(hosts, instances, server_groups=[together]), 'vm1') == {
        'the affinity group of the server stands elsewhere': ['c']}


def test_a_node_to_be_emptied_takes_nobody_and_says_so(packed):
    drain = Drain(np.array([True, False, False, False]))
    assert refused(packed, 'vm2', moves={'vm1': 'c'}, terms=(drain,)) == {'it is to end empty': ['a']}
    told = explain(evidence_of(packed, {'vm1': 'c'}, (drain,)), 'vm1')
    assert told.reason == 'a is to be emptied'
    assert told.effects == (Effect('servers on the nodes', 0, 1),)


def test_a_balanced_move_names_the_hot_node(packed):
    packed['instances'].append(instance('vm4', 'a'))
    share = Share('VCPU', np.full(4, 2.0), np.zeros(4), np.full(4, 16.0))
    told = explain(evidence_of(packed, {'vm1': 'd'}, (Balance((share,)),)), 'vm1')
    assert told.reason == 'a was at 25 % of VCPU, number 1 of 4 nodes, which are at 12 % on average'
    assert told.serves == 'deviation of VCPU'
    assert told.effects[0].value == 0
    assert told.effects[0].without > 0.08


@pytest.mark.parametrize(('measure', 'weights', 'value'), [
    (Measure.DEVIATION, (1.0, 0.0), 0.25), (Measure.DEVIATION, (3.0, 1.0), 0.25 * 0.75 ** 0.5),
    (Measure.PEAK, (1.0, 1.0), 0.5)])
def test_the_value_of_a_balance_is_that_of_its_solver(measure, weights, value):
    text = document([host('a'), host('b')], [instance('vm1', 'a'), instance('vm2', 'a')])
    cluster = read(text).cluster
    shares = tuple(Share(name, load, np.zeros(2), np.full(2, 4.0), weight) for name, load, weight in zip(
        ('CPU', 'RAM'), (np.array([1.0, 1.0]), np.zeros(2)), weights, strict=True))
    term, problem = Balance(shares, measure), allocation_problem(cluster)
    assert value_of(term, problem, cluster.servers.node) == pytest.approx(value)
    ended = balance.improve(WhatIf(problem), term, Budget(lambda: True))
    assert ended.before == pytest.approx(value)
    assert ended.objective == name_of(term)


def test_a_server_is_left_alone_where_nodes_are_even_enough(packed):
    share = Share('VCPU', np.full(3, 2.0), np.zeros(4), np.full(4, 16.0))
    told = explain(evidence_of(packed, terms=(Balance((share,), enough=(0.2,)),)), 'vm1')
    assert told.reason == 'deviation of VCPU is as small as was asked for'


def test_a_repairing_move_names_the_broken_rule():
    text = document([host('a'), host('b', zone='az-2')], [instance('vm1', 'a', pinned_zone='az-2')])
    told = explain(evidence_of(text, {'vm1': 'b'}, (Repair(np.array([True])),)), 'vm1')
    assert told.reason == ('it may not stand on a: '
                           'it is not in zone az-2, to which the server is bound')
    assert told.effects == (Effect('violations', 0, 1),)


def test_a_repairing_move_names_the_crowded_group_or_the_overfull_resource():
    group = {'id': 'g', 'name': 'web', 'policy': 'anti-affinity', 'members': ['vm1', 'vm2']}
    repair = (Repair(np.array([False, False])),)
    text = document([host('a'), host('b')], [instance('vm1', 'a'), instance('vm2', 'a')])
    told = explain(evidence_of({**text, 'server_groups': [group]}, {'vm1': 'b'}, repair), 'vm1')
    assert told.reason == '2 members of anti-affinity group web stand on a, where 1 may'
    text['hosts'][0]['ram_mb'] = 10000
    told = explain(evidence_of(text, {'vm1': 'b'}, repair), 'vm1')
    assert told.reason == 'a has more MEMORY_MB in use than there is room'


def test_a_move_that_makes_room_says_so(packed):
    term = MakeRoom(np.array([[16.0, 0, 0]]), np.array([1]), np.array([[True, False, False, False]]))
    told = explain(evidence_of(packed, {'vm1': 'b'}, (term,)), 'vm1')
    assert told.reason == 'a is to have room for servers that are not there yet'
    assert told.serves == 'servers without room'
    assert explain(evidence_of(packed, {'vm2': 'c'}, (term,)), 'vm2').serves is None


def test_who_makes_way_says_so(packed):
    told = explain(evidence_of(packed, {'vm1': 'b', 'vm2': 'c'}), 'vm2')
    assert told.reason == 'it makes way on b for 1 server that came there'
    assert told.serves is None


def test_a_place_that_others_took_is_no_way_back(packed):
    packed['hosts'][1]['vcpus'] = 3
    told = explain(evidence_of(packed, {'vm1': 'b', 'vm2': 'c'}), 'vm2')
    assert told.why_not_home == 'it lacks 1 VCPU'
    assert '  not b any more: it lacks 1 VCPU' in told.lines()
    assert explain(evidence_of(packed, {'vm1': 'b'}), 'vm1').why_not_home is None


def test_what_was_not_asked_for_is_not_missed(packed):
    share = Share('VCPU', np.full(3, 2.0), np.zeros(4), np.full(4, 16.0))
    packed['instances'][1]['host'] = 'a-id'
    told = explain(evidence_of(packed, terms=(Balance((share,), enough=(0.2,)),)), 'vm1')
    assert told.alternatives[0].why_not.endswith(': no more was asked for')


def test_an_emptied_and_an_idle_node_say_so(packed):
    evidence = evidence_of(packed, {'vm1': 'b'})
    assert explain(evidence, 'a').verdict == 'emptied'
    assert explain(evidence, 'a').reason == '1 server that stood on it found room elsewhere'
    assert (explain(evidence, 'd').verdict, explain(evidence, 'd-id').name) == ('empty', 'd')


def test_a_node_that_stays_on_names_the_servers_that_hold_it(packed):
    packed['instances'] += [instance('pinned', 'c', locked=True), instance('large', 'c', vcpus=13)]
    told = explain(evidence_of(packed, {'vm1': 'b'}), 'c')
    assert told.verdict == 'active'
    assert told.reason.endswith('3 that stayed, 0 that came; 2 of them can not go elsewhere')
    assert told.refused == (Refused('it has too little VCPU', 1, 'large'),
                            Refused('it is locked', 0, 'pinned'))
    assert list(told.lines())[2:] == ['  1 node can not take large: it has too little VCPU',
                                      '  pinned stays: it is locked']


def test_a_node_that_nothing_asks_to_be_empty_says_so(packed):
    told = explain(evidence_of(packed, terms=(Drain(np.array([True, False, False, False])),)), 'c')
    assert told.reason.endswith('nothing asks for it to be empty')


def test_a_name_finds_what_it_names_and_an_unknown_one_is_told():
    names = {'u1': 'web', 'u2': 'twin', 'u3': 'twin'}
    text = document([host('a')], [{**instance(uuid, 'a'), 'name': name} for uuid, name in names.items()])
    evidence = evidence_of(text)
    assert explain(evidence, 'web').uuid == 'u1'
    assert explain(evidence, 'a').kind == 'node'
    with pytest.raises(Conflict, match='2 servers are called twin: ask by uuid'):
        explain(evidence, 'twin')
    with pytest.raises(NotFound, match='looked at no server or node mars'):
        explain(evidence, 'mars')


def test_a_strategy_that_does_not_state_its_problem_is_explained_by_rules_and_room(packed):
    strategy = Strategy('old', 'Old', SERVER_CONSOLIDATION, {}, lambda params: [], lambda *given: Solution())
    snapshot = read(packed)
    node = ends_of(snapshot.cluster, {'vm1': 'b'})
    told = explain(gather(snapshot, strategy, {}, node, {'vm1': 'so it says'}), 'vm1')
    assert told.planned_for == 'so it says'
    assert told.effects == ()
    assert {other.node for other in told.alternatives} == {'c', 'd'}


@given(documents(), st.data())
def test_every_node_takes_a_server_or_has_one_reason_not_to(text, data):
    evidence = evidence_of(text)
    if not len(evidence.node):
        return
    server = data.draw(st.integers(0, len(evidence.node) - 1))
    trial = evidence.trial()
    reasons = refusals(evidence, trial, server)
    counted = trial.fits(server) + sum(each.nodes.astype(int) for each in reasons)
    counted[trial.node[server]] += 1
    assert counted.tolist() == [1] * len(counted)
    assert SOME_RULE not in {each.why for each in reasons}


@given(documents(), st.data())
def test_whatever_is_asked_there_is_an_answer(text, data):
    snapshot = read(text)
    problem = allocation_problem(snapshot.cluster)
    if not len(problem.node):
        return
    nodes = len(problem.room)
    node = np.array(data.draw(st.lists(st.integers(0, nodes - 1), min_size=len(problem.node),
                                       max_size=len(problem.node))), dtype=np.int64)
    term = data.draw(st.sampled_from((Pack(), Repair(np.zeros(len(node), dtype=bool)),
                                      Drain(np.arange(nodes) == 0))))
    evidence = Evidence(snapshot.cluster, Stated(problem, (term,)), node)
    for key in (*snapshot.cluster.servers.uuid, *snapshot.cluster.nodes.name):
        told = explain(evidence, key)
        assert told.reason
        assert list(told.lines())
