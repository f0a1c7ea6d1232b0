# SPDX-License-Identifier: Apache-2.0
"""Moving everything off some nodes."""

import pytest

from tests.core import storages
from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, pool
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed, Done
from watcher_py.core.errors import Invalid
from watcher_py.core.pace import USUAL, AtOnce
from watcher_py.core.schedule import schedule
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
    assert solution.at_once == AtOnce(1, 1, 2)
    assert {target for _, target in moves(solution)} == {'c', 'd'}
    assert (solution.outcome.before, solution.outcome.after) == (10, 0)


def test_migrations_at_once_are_those_of_watcher_and_none_is_no_limit():
    assert decide([], ('a',)).at_once == AtOnce(6, 2, 2)
    assert decide([], ('a',), parallel_total=0, parallel_per_node=0, parallel_per_pool=0).at_once == AtOnce()


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
    ([('a',)], {'storage_pools': [{'src_pool': 'x', 'dst_pool': 'y'}]}, 'there is no storage pool')])
def test_what_can_not_be_done_is_told(pairs, params, sentence):
    with pytest.raises(Invalid, match=sentence):
        decide([], *pairs, **params)


P1, P2, P3, P4 = POOLS


def volume(uuid, pool, **values):
    """A volume of 10 GB without snapshots."""
    return storages.volume(uuid, pool, **{'snapshots': 0, **values})


def attached(uuid, server, pool=1, **values):
    return volume(uuid, pool, attached_to=[server], status='in-use', **values)


def stored(volumes, instances=(), pools=None, **lists):
    return read(document(HOSTS, list(instances), pools=pools or [pool(1), pool(2)], volumes=volumes, **lists))


def decide_on(snapshot, *wishes, **params):
    values = with_defaults(STRATEGY.parameters, {'storage_pools': list(wishes), **params})
    return STRATEGY.decide(snapshot, values, UNLIMITED)


def order(solution):
    return [each.change.parameters()['resource_id'] for each in solution.proposals]


TO_2 = {'src_pool': P1, 'dst_pool': P2}


def test_all_volumes_leave_a_pool_for_the_one_that_is_named():
    solution = decide_on(stored([volume('v', 1), volume('w', 1), volume('elsewhere', 2)]), TO_2)
    assert {(each.change.volume, each.change.source, each.change.target) for each in solution.proposals} == {
        ('v', P1, P2), ('w', P1, P2)}
    assert solution.proposals[0].reason == (
        f'all volumes leave {P1}; {P2} is named to take them, and has room for its 10 GB')
    assert (solution.outcome.before, solution.outcome.after, solution.outcome.bound) == (2, 0, 0)


def test_as_many_volumes_leave_as_the_pool_has_room_for():
    sizes = {'a': 300, 'b': 250, 'c': 200}
    solution = decide_on(stored([volume(name, 1, size_gb=size) for name, size in sizes.items()]), TO_2)
    assert set(order(solution)) == {'b', 'c'}
    assert solution.stayed == {'a': 'no pool where it may go has room for it'}
    assert solution.outcome.bound == solution.outcome.after == 1


def test_only_volumes_of_the_named_type_leave():
    types = ['gold', 'silver']
    pools = [pool(1, volume_types=types), pool(2, volume_types=['gold'])]
    snapshot = stored([volume('v', 1, type='gold'), volume('w', 1, type='silver')], pools=pools,
                      volume_types=[{'name': name} for name in types])
    assert order(decide_on(snapshot, {**TO_2, 'src_type': 'gold'})) == ['v']
    both = decide_on(snapshot, TO_2)
    assert order(both) == ['v']
    assert both.stayed == {'w': f'{P2} does not offer its type silver'}


def retyping(*offers, own=('old',)):
    pools = [pool(1, volume_types=list(own)),
             *(pool(number, **values) for number, values in enumerate(offers, start=2))]
    snapshot = stored([volume('v', 1, type='old')], pools=pools,
                      volume_types=[{'name': 'old'}, {'name': 'new'}])
    return decide_on(snapshot, {'src_pool': P1, 'dst_type': 'new'})


NEW = {'volume_types': ['new']}


def test_volumes_become_ones_of_another_type_where_that_takes_them_away():
    solution = retyping({**NEW, 'free_gb': 200}, {**NEW, 'free_gb': 300})
    change = solution.proposals[0].change
    assert (change.target, change.target_type) == (P3, 'new')
    assert change.parameters()['destination_type'] == 'new'


@pytest.mark.parametrize(('offers', 'own', 'why'), [
    ([NEW], ('old', 'new'), 'its pool offers type new as well, so Cinder would leave it there'),
    ([{}], ('old',), 'no pool that takes volumes offers type new'),
    ([NEW, {**NEW, 'zone': 'far'}], ('old',), 'of the pools that offer type new, Cinder may choose one')])
def test_nothing_is_retyped_that_may_end_in_the_wrong_place(offers, own, why):
    solution = retyping(*offers, own=own)
    assert solution.proposals == ()
    assert solution.stayed['v'].startswith(why)


@pytest.mark.parametrize(('priority', 'expected'), [
    ({'storage': 'size'}, ['c', 'b', 'a']), ({'storage': 'created_at'}, ['b', 'a', 'c']),
    ({'project': ['blue'], 'storage': 'size'}, ['b', 'a', 'c']), ({}, ['a', 'b', 'c'])])
def test_priority_orders_the_volumes(priority, expected):
    snapshot = stored([volume('a', 1, project='blue', created='2026-02-01T00:00:00Z'),
                       volume('b', 1, project='blue', size_gb=20, created='2026-01-01T00:00:00Z'),
                       volume('c', 1, size_gb=40)])
    assert order(decide_on(snapshot, TO_2, priority=priority)) == expected


def test_named_pools_are_emptied_first():
    snapshot = stored([volume('a', 1), volume('c', 3)], pools=[pool(number) for number in (1, 2, 3)])
    wishes = [TO_2, {'src_pool': P3, 'dst_pool': P2}]
    assert order(decide_on(snapshot, *wishes, priority={'storage_pool': [P3]})) == ['c', 'a']


def test_servers_follow_all_volumes_or_each_right_behind_its_own():
    snapshot = stored([attached('of-y', 'y'), volume('free', 1), attached('of-x', 'x')],
                      [instance('x', 'a'), instance('y', 'a')])
    servers = {'compute_nodes': [{'src_node': 'a'}]}
    assert order(decide_on(snapshot, TO_2, **servers)) == ['of-y', 'free', 'of-x', 'x', 'y']
    assert order(decide_on(snapshot, TO_2, **servers, with_attached_volume=True)) == [
        'of-x', 'x', 'of-y', 'y', 'free']


def test_the_plan_holds_everything_and_lets_only_so_much_go_on_at_once():
    snapshot = stored([volume(f'v{number}', 1) for number in range(6)])
    solution = decide_on(snapshot, TO_2, parallel_per_pool=2, parallel_total=5)
    plan = schedule(snapshot, solution)
    assert len(plan.actions) == 6
    lasts = USUAL.volume_seconds(10)
    assert [action.start for action in plan.actions] == [0, 0, lasts, lasts, 2 * lasts, 2 * lasts]
    assert plan.makespan == plan.bound == 3 * lasts


def test_what_is_free_is_migrated_and_what_is_in_use_updated():
    snapshot = stored([volume('free', 1), attached('used', 'x'), volume('kept', 1, snapshots=1)],
                      [instance('x', 'b')])
    solution = decide_on(snapshot, TO_2)
    STRATEGY.goal.check(solution.indicators)
    assert {name: value for name, value in solution.indicators.items() if value} == {
        'volume_migrate_count': 2, 'planned_volume_migrate_count': 1,
        'volume_update_count': 1, 'planned_volume_update_count': 1}


def test_what_came_out_is_told_by_what_was_done():
    snapshot = stored([volume('v', 1), attached('w', 'x')], [instance('x', 'a'), instance('y', 'a')])
    params = with_defaults(STRATEGY.parameters, {'storage_pools': [TO_2],
                                                 'compute_nodes': [{'src_node': 'a'}]})
    solution = STRATEGY.decide(snapshot, params, UNLIMITED)
    deeds = tuple(Deed(each.change.action_type, each.change.parameters()) for each in solution.proposals)
    whole = STRATEGY.measure(snapshot, snapshot, params, Done(deeds))
    STRATEGY.goal.check(whole)
    assert {name: whole[name] for name in solution.indicators} == solution.indicators
    part = STRATEGY.measure(snapshot, snapshot, params, Done(deeds[:1]))
    assert part['planned_volume_migrate_count'] == 1
    assert part['planned_live_migrate_instance_count'] == part['planned_volume_update_count'] == 0
    assert part['live_migrate_instance_count'] == 2


@pytest.mark.parametrize(('wishes', 'sentence'), [
    ([{'src_pool': 'x', 'dst_pool': P2}], 'there is no storage pool x'),
    ([{'src_pool': P1, 'dst_pool': 'y'}], 'there is no storage pool y'),
    ([{'src_pool': P1, 'dst_type': 'no such'}], 'there is no volume type no such'),
    ([TO_2, {'src_pool': P2, 'dst_pool': P1}], f'{P2} is to be emptied itself; name another dst_pool')])
def test_pools_and_types_have_to_be_there(wishes, sentence):
    with pytest.raises(Invalid, match=sentence):
        decide_on(stored([]), *wishes)
