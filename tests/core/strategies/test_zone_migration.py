# SPDX-License-Identifier: Apache-2.0
"""Moving everything off some nodes."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.strategies.zone_migration import STRATEGY
from watcher_py.core.strategy import with_defaults

HOSTS = [host(name) for name in 'abcd']


def decide(instances, *pairs, hosts=HOSTS, **params):
    nodes = [dict(zip(('src_node', 'dst_node'), pair, strict=False)) for pair in pairs]
    if nodes:
        params['compute_nodes'] = nodes
    values = with_defaults(STRATEGY.parameters, params)
    return STRATEGY.decide(read(document(hosts, instances)), values, UNLIMITED)


def moves(solution):
    return [(proposal.change.server, proposal.change.target) for proposal in solution.proposals]


def test_everything_leaves_in_one_plan_whatever_may_migrate_at_once():
    solution = decide([instance(f'vm{row}', 'ab'[row % 2]) for row in range(10)], ('a',), ('b',),
                      parallel_total=1, parallel_per_node=1)
    assert len(moves(solution)) == 10
    assert (solution.pace.in_all, solution.pace.per_node) == (1, 1)
    assert {target for _, target in moves(solution)} == {'c', 'd'}
    assert (solution.outcome.before, solution.outcome.after) == (10, 0)


def test_migrations_at_once_are_those_of_watcher_and_none_is_no_limit():
    usual = decide([], ('a',)).pace
    assert (usual.in_all, usual.per_node) == (6, 2)
    assert decide([], ('a',), parallel_total=0, parallel_per_node=0).pace.in_all is None


def test_servers_go_to_the_node_that_is_named_as_far_as_they_fit():
    hosts = [host('a'), host('b', vcpus=4), host('c')]
    solution = decide([instance(f'vm{row}', 'a') for row in range(3)], ('a', 'b'), hosts=hosts)
    assert sorted(target for _, target in moves(solution)) == ['b', 'b', 'c']
    assert {proposal.reason for proposal in solution.proposals} == {
        'all servers leave a; b is named to take its servers',
        'all servers leave a; c has room and may take it'}


def test_what_runs_goes_live_what_is_stopped_cold_and_the_rest_stays_with_a_reason():
    solution = decide([instance('runs', 'a'), instance('paused', 'a', state='paused'),
                       instance('off', 'a', state='stopped'), instance('broken', 'a', state='error'),
                       instance('locked', 'a', locked=True)], ('a',))
    assert {change.server: change.is_live for change in (each.change for each in solution.proposals)} == {
        'runs': True, 'paused': True, 'off': False}
    assert solution.stayed == {'locked': 'it is locked', 'broken': 'Nova migrates no server that is error'}
    assert solution.outcome.bound == solution.outcome.after == 2


def test_the_indicators_tell_what_there_is_and_what_is_planned():
    solution = decide([instance('runs', 'a'), instance('locked', 'a', locked=True),
                       instance('off', 'a', state='stopped'), instance('elsewhere', 'b')], ('a',))
    values = solution.indicators
    assert {name: value for name, value in values.items() if value} == {
        'live_migrate_instance_count': 2, 'planned_live_migrate_instance_count': 1,
        'cold_migrate_instance_count': 1, 'planned_cold_migrate_instance_count': 1}
    STRATEGY.goal.check(values)
    assert {row['name']: row['value'] for row in STRATEGY.goal.global_efficacy(values)} == {
        'live_instance_migrate_ratio': 50.0, 'cold_instance_migrate_ratio': 100.0,
        'volume_migrate_ratio': 0.0, 'volume_update_ratio': 0.0}


MIXED = [instance('a1', 'a', project='red', vcpus=1, ram_mb=4096, created='2026-03-01T00:00:00Z'),
         instance('a2', 'a', project='blue', vcpus=4, ram_mb=1024, created='2026-01-01T00:00:00Z'),
         instance('b1', 'b', project='blue', vcpus=2, ram_mb=8192, disk_gb=80),
         instance('b2', 'b', project='red', vcpus=3, ram_mb=2048, created='2026-02-01T00:00:00Z')]


@pytest.mark.parametrize(('priority', 'order'), [
    ({}, ['a1', 'a2', 'b1', 'b2']),
    ({'project': ['blue']}, ['a2', 'b1', 'a1', 'b2']),
    ({'compute_node': ['b', 'a']}, ['b1', 'b2', 'a1', 'a2']),
    ({'compute': 'vcpu_num'}, ['a2', 'b2', 'b1', 'a1']),
    ({'compute': 'mem_size'}, ['b1', 'a1', 'b2', 'a2']),
    ({'compute': 'disk_size'}, ['b1', 'a1', 'a2', 'b2']),
    ({'compute': 'created_at'}, ['a2', 'b2', 'a1', 'b1']),
    ({'project': ['red'], 'compute_node': ['b'], 'compute': 'vcpu_num'}, ['b2', 'a1', 'b1', 'a2'])])
def test_priority_orders_the_moves(priority, order):
    solution = decide(MIXED, ('a',), ('b',), priority=priority)
    assert [server for server, _ in moves(solution)] == order


def test_without_any_node_there_is_nothing_to_do():
    solution = decide([instance('vm', 'a')])
    assert solution.proposals == ()
    STRATEGY.goal.check(solution.indicators)


@pytest.mark.parametrize(('pairs', 'params', 'sentence'), [
    ([('z',)], {}, 'there is no compute node z'),
    ([('a', 'z')], {}, 'there is no compute node z'),
    ([('a', 'b'), ('b',)], {}, 'b is to be emptied itself; name another dst_node for a'),
    ([('a',)], {'storage_pools': [{'src_pool': 'x', 'dst_pool': 'y'}]}, 'does not migrate volumes yet')])
def test_what_can_not_be_done_is_told(pairs, params, sentence):
    with pytest.raises(Invalid, match=sentence):
        decide([], *pairs, **params)
