# SPDX-License-Identifier: Apache-2.0
"""Repairing what the rules forbid."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies.rule_repair import STRATEGY
from watcher_py.core.strategy import with_defaults

HOSTS = [host('a'), host('b'), host('c', zone='az-2')]


def decide(instances, hosts=HOSTS, params=None, **lists):
    values = with_defaults(STRATEGY.parameters, params or {})
    return STRATEGY.decide(read(document(hosts, instances, **lists)), values, UNLIMITED)


def moves(solution):
    return [(proposal.change.server, proposal.change.target) for proposal in solution.proposals]


def reasons(solution):
    return [proposal.reason.split('; ')[0] for proposal in solution.proposals]


def test_a_cluster_in_order_gets_an_empty_plan():
    solution = decide([instance(f'vm{row}', 'a') for row in range(8)])
    assert solution.proposals == ()
    assert solution.stayed == {}


@pytest.mark.parametrize('rule', [
    {'pinned_zone': 'az-2'}, {'extra_specs': {'trait:HW_CPU_X86_AVX2': 'required'}},
    {'extra_specs': {'aggregate_instance_extra_specs:disk': 'ssd'}}, {'project': 'red'}])
def test_a_server_goes_where_the_rules_let_it_stand(rule):
    hosts = [host('a'), host('b'), host('c', zone='az-2', traits=['HW_CPU_X86_AVX2'])]
    aggregates = [{'name': 'fast', 'hosts': ['c'], 'metadata': {'disk': 'ssd'}},
                  {'name': 'isolated', 'hosts': ['a', 'b'], 'metadata': {'filter_tenant_id': 'blue'}}]
    solution = decide([instance('vm', 'a', **{'project': 'blue', **rule})], hosts, aggregates=aggregates)
    assert moves(solution) == [('vm', 'c')]
    assert reasons(solution) == ['the rules do not let it stand on a']


def test_that_its_node_is_disabled_is_no_fault():
    hosts = [host('a', status='disabled'), host('b')]
    assert moves(decide([instance('vm', 'a')], hosts)) == []
    # But a fault on such a node is one.
    assert moves(decide([instance('vm', 'a', pinned_zone='az-1')], [host('a', zone='az-2', status='disabled'),
                                                                    host('b')])) == [('vm', 'b')]


@pytest.mark.parametrize('spec', ['hw:mem_page_size', 'resources:VGPU', 'capabilities:cpu_arch',
                                  'trait:COMPUTE_UNHEARD_OF'])
def test_a_rule_that_the_data_do_not_answer_is_not_called_broken(spec):
    value = {'hw:mem_page_size': 'large', 'resources:VGPU': '1'}.get(spec, 'required')
    solution = decide([instance('vm', 'a', extra_specs={spec: value})])
    assert (solution.outcome.before, solution.stayed) == (0, {})


def test_a_stray_of_an_affinity_group_comes_home():
    group = {'id': 'g', 'policy': 'affinity', 'members': ['vm', 'vm2', 'vm3']}
    solution = decide([instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')],
                      server_groups=[group])
    assert moves(solution) == [('vm', 'b')]


def test_crowds_and_overloads_are_told_by_their_names():
    group = {'id': 'g', 'name': 'quorum', 'policy': 'anti-affinity', 'members': ['g1', 'g2']}
    solution = decide([instance('g1', 'b'), instance('g2', 'b'),
                       instance('vm', 'a', vcpus=12), instance('vm2', 'a', vcpus=8)], server_groups=[group])
    assert reasons(solution) == ['a is beyond its room', '2 members of group quorum stand on b, 1 may']
    assert (solution.outcome.before, solution.outcome.after) == (2, 0)


def test_who_makes_way_is_told_so():
    solution = decide([instance('vm', 'a', vcpus=12, pinned_zone='az-2'), instance('other', 'c', vcpus=8)])
    assert moves(solution) == [('vm', 'c'), ('other', 'b')]
    assert reasons(solution)[1] == 'it makes way on c for a server that has to leave another node'


def test_measured_overload_counts_when_it_is_asked_for():
    hot = {'metrics': {'cpu_util_pct': 90.0, 'ram_used_mb': 1024.0}}
    hosts = [host('a', metrics={'cpu_util_pct': 95.0, 'ram_used_mb': 8192.0}), host('b')]
    instances = [instance(f'vm{row}', 'a', vcpus=4, **hot) for row in range(4)]
    assert STRATEGY.needs(with_defaults(STRATEGY.parameters, {})) == []
    assert moves(decide(instances, hosts)) == []
    params = with_defaults(STRATEGY.parameters, {'most_load': 0.8})
    assert len(STRATEGY.needs(params)) == 4
    solution = decide(instances, hosts, params)
    assert len(moves(solution)) == 1
    assert (solution.outcome.before, solution.outcome.after) == (1, 0)


def test_what_can_not_be_repaired_says_why():
    hosts = [host('a', vcpus=2), host('b'), host('c', zone='az-2', vcpus=4)]
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['g1', 'g2']}
    solution = decide([instance('huge', 'b', pinned_zone='az-2', vcpus=8), instance('vm', 'a', locked=True),
                       instance('vm2', 'a', locked=True), instance('g1', 'b', locked=True),
                       instance('g2', 'b', locked=True)], hosts, server_groups=[group])
    assert moves(solution) == []
    assert solution.outcome.after == solution.outcome.bound == 3
    assert solution.stayed == {
        'huge': 'no node that may take it has room', 'g1': 'it is locked', 'g2': 'it is locked',
        'a-id': 'it stays beyond its room: 2 of its 2 servers can not move, '
                'for the others no other node has room'}


def test_no_more_moves_than_are_allowed():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['g0', 'g1', 'g2']}
    solution = decide([instance(f'g{row}', 'a') for row in range(3)], params={'max_moves': 1},
                      server_groups=[group])
    assert len(moves(solution)) == 1
    assert (solution.outcome.before, solution.outcome.after) == (2, 1)
