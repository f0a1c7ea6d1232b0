# SPDX-License-Identifier: Apache-2.0
"""Another target is legal now and at the end of the plan, and serves the strategy's aim."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.replay import replay
from watcher_py.core.retarget import Ahead, Move, another_target
from watcher_py.core.schedule import Plan, PlannedAction
from watcher_py.core.strategies import host_maintenance, vm_workload_consolidation, workload_balance
from watcher_py.core.strategy import with_defaults


def cluster_of(hosts, instances, **lists):
    return read(document(hosts, instances, **lists))


def stated(module, snapshot, **params):
    strategy = module.STRATEGY
    return strategy.state(snapshot, with_defaults(strategy.parameters, params))


def asked(snapshot, server='vm', planned='b', besides=('b',), ahead=None, terms=None):
    return another_target(snapshot.cluster, server, planned, besides,
                          ahead or Ahead(sources=('a',)), terms)


def group(policy, *members):
    return {'id': 'g', 'name': 'g', 'policy': policy, 'members': list(members),
            'rules': {'max_server_per_host': 1}}


THREE = [host('a'), host('b'), host('c'), host('d')]


class TestWithoutTerms:
    def test_the_emptiest_node_is_chosen(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('filler', 'c')])
        assert asked(snapshot).node == 'd'

    def test_of_nodes_alike_the_first_by_name(self):
        assert asked(cluster_of(THREE, [instance('vm', 'a')])).node == 'c'

    def test_a_node_from_which_the_plan_moves_servers_is_none(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a')])
        assert asked(snapshot, ahead=Ahead(sources=('a', 'c'))).node == 'd'

    def test_a_node_that_the_plan_closes_is_none(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a')])
        assert asked(snapshot, ahead=Ahead(closing=('c',))).node == 'd'

    def test_it_stays_in_the_zone_that_it_was_to_go_to(self):
        hosts = [host('a'), host('b', zone='az-2'), host('c'), host('d', zone='az-2')]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('filler', 'd')])
        assert asked(snapshot).node == 'd'
        assert asked(snapshot, planned='gone').node == 'c'

    def test_wishes_of_groups_come_first(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('mate', 'c'), instance('filler', 'd')] + [
            instance(f'filler-{number}', 'd') for number in range(3)],
            server_groups=[group('soft-anti-affinity', 'vm', 'mate')])
        assert asked(snapshot).node == 'd'


class TestTheOtherMoves:
    """Those of the plan that are still to come."""

    def test_room_that_is_promised_to_them_is_not_given_away(self):
        hosts = [host('a'), host('b'), host('c', vcpus=4), host('d', vcpus=2)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('big', 'a', vcpus=4)])
        assert asked(snapshot, ahead=Ahead([Move('big', 'a', 'c')])).node == 'd'
        assert asked(snapshot, ahead=Ahead()).node == 'c'

    def test_room_that_they_have_not_left_yet_is_not_there_yet(self):
        hosts = [host('a'), host('b'), host('c', vcpus=2)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'c')])
        found = asked(snapshot, ahead=Ahead([Move('other', 'c', 'b')]))
        assert found.node is None
        assert 'without room' in found.why

    def test_mates_that_are_to_come_count_already(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('mate', 'a')],
                              server_groups=[group('anti-affinity', 'vm', 'mate')])
        assert asked(snapshot, ahead=Ahead([Move('mate', 'a', 'c')])).node == 'd'

    def test_what_is_held_for_a_server_on_its_way_counts_once(self):
        snapshot = cluster_of([host('a'), host('b'), host('c', vcpus=4)], [
            instance('vm', 'a'), instance('other', 'b', task_state='migrating')])
        held = snapshot.cluster.nodes.held.copy()
        held[2] = snapshot.cluster.servers.demand[1]
        nodes = replace(snapshot.cluster.nodes, held=held)
        on_its_way = replace(snapshot, cluster=replace(snapshot.cluster, nodes=nodes))
        assert asked(on_its_way, ahead=Ahead([Move('other', 'b', 'c', True)])).node == 'c'
        assert asked(on_its_way, ahead=Ahead([Move('other', 'b', 'c', True)]), server='other',
                     planned='c', besides=()).node is None

    def test_one_that_is_not_legal_any_more_keeps_its_place(self):
        hosts = [host('a'), host('b'), host('c', status='disabled'), host('d', vcpus=2)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'd')])
        found = asked(snapshot, ahead=Ahead([Move('other', 'd', 'c')]))
        assert found.node is None

    def test_one_that_was_made_counts_though_the_picture_is_older(self):
        hosts = [host('a'), host('b'), host('c', vcpus=2), host('d', vcpus=3)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'a')])
        assert asked(snapshot).node == 'd'
        assert asked(snapshot, ahead=Ahead([Move('other', 'a', 'd', True)])).node == 'c'

    def test_one_that_is_parked_on_its_way_ends_at_its_target(self):
        hosts = [host('a'), host('b'), host('c', vcpus=2), host('d', vcpus=3)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'a')])
        parked = [Move('other', 'a', 'c', True), Move('other', 'c', 'd')]
        assert asked(snapshot, ahead=Ahead(parked)).node == 'c'

    def test_one_whose_server_went_elsewhere_is_none(self):
        hosts = [host('a'), host('b'), host('c', vcpus=2)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'b')])
        assert asked(snapshot, ahead=Ahead([Move('other', 'a', 'c')])).node == 'c'


class TestWithTerms:
    def test_a_node_that_is_drained_is_left_for_any_that_takes_it(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('filler', 'c')])
        terms = stated(host_maintenance, snapshot, maintenance_node='a', maintenance_nodes=['d'])
        assert asked(snapshot, terms=terms).node == 'c'

    def test_the_backup_of_a_drained_node_comes_first(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('filler', 'c')])
        terms = stated(host_maintenance, snapshot, maintenance_node='a', backup_node='c')
        assert asked(snapshot, terms=terms).node == 'c'

    def test_packing_opens_no_empty_node_for_a_server_that_must_leave(self):
        snapshot = cluster_of([*THREE, host('e')], [
            instance('vm', 'a'), *(instance(f'filler-{number}', 'd') for number in range(3)),
            instance('last', 'e')])
        terms = stated(vm_workload_consolidation, snapshot)
        ahead = Ahead([Move('last', 'e', 'd')], sources=('a', 'e'))
        assert asked(snapshot, ahead=ahead, terms=terms).node == 'd'

    def test_balance_takes_the_coolest_and_not_the_emptiest(self):
        def hot(name, on, cpu):
            return instance(name, on, metrics={'cpu_util_pct': cpu, 'ram_used_mb': 10.0})
        snapshot = cluster_of(THREE, [
            hot('vm', 'a', 90.0), hot('other', 'a', 90.0), hot('third', 'a', 90.0), hot('warm', 'c', 90.0),
            hot('cool', 'd', 1.0), hot('cooler', 'd', 1.0)])
        terms = stated(workload_balance, snapshot, threshold=30.0)
        assert asked(snapshot, terms=terms).node == 'd'

    def test_what_balance_does_not_need_any_more_stays(self):
        snapshot = cluster_of(THREE, [instance('vm', 'a'), instance('stays', 'a')])
        terms = stated(workload_balance, snapshot, threshold=90.0)
        found = asked(snapshot, terms=terms)
        assert found.node is None
        assert 'best left' in found.why


class TestNone:
    """The reason is a sentence that an operator can do something with."""

    def test_an_unknown_server(self):
        found = asked(cluster_of(THREE, [instance('vm', 'a')]), server='ghost')
        assert found == type(found)(None, 'the server is not known in the scope of the audit')

    def test_a_server_that_must_not_move(self):
        found = asked(cluster_of(THREE, [instance('vm', 'a', locked=True)]))
        assert found.node is None
        assert 'locked' in found.why

    def test_each_node_is_told_of_once(self):
        hosts = [host('a'), host('b'), host('c', status='disabled'), host('d', vcpus=1), host('e'),
                 host('f', vcpus=2)]
        snapshot = cluster_of(hosts, [instance('vm', 'a'), instance('other', 'b')])
        found = asked(snapshot, ahead=Ahead([Move('other', 'b', 'f')], closing=('e',)))
        assert found.node is None
        assert found.why == ('of the other nodes 2 to be emptied, or found unfit, 1 not allowed to take the '
                             'server, 1 without room for it, 1 whose room other moves of the plan take')

    def test_a_single_node(self):
        assert asked(cluster_of([host('a')], [instance('vm', 'a')])).why == 'there is no other node'


@st.composite
def questions(draw):
    """A cluster, one of its servers, and moves of a plan that were good some time ago."""
    snapshot = read(draw(documents()))
    cluster = snapshot.cluster
    if not len(cluster.servers):
        return snapshot, '', {}, [], None
    names = st.sampled_from(cluster.nodes.name)
    server = draw(st.sampled_from(cluster.servers.uuid))
    moves = draw(st.dictionaries(st.sampled_from(cluster.servers.uuid), names, max_size=6))
    strategy = draw(st.sampled_from([None, vm_workload_consolidation, workload_balance, host_maintenance]))
    return snapshot, server, moves, draw(st.lists(names, max_size=2)), strategy


def migrations(cluster, moves):
    servers = cluster.servers
    at = {uuid: cluster.nodes.name[node] for uuid, node in zip(servers.uuid, servers.node, strict=True)}
    return [PlannedAction(Migrate(uuid, uuid, at[uuid], target), '') for uuid, target in moves.items()]


@given(questions())
def test_a_target_is_legal_now_and_then_and_never_one_that_was_ruled_out(question):
    snapshot, server, moves, besides, strategy = question
    cluster = snapshot.cluster
    sources = tuple(dict.fromkeys(each.change.source for each in migrations(cluster, moves)))
    others = migrations(cluster, {uuid: target for uuid, target in moves.items() if uuid != server})
    ahead = Ahead([Move(each.change.server, each.change.source, each.change.target) for each in others],
                  besides[1:], sources)
    params = {'maintenance_node': cluster.nodes.name[0]} if strategy is host_maintenance else {}
    terms = stated(strategy, snapshot, **params) if strategy else None
    planned = besides[0] if besides else None
    found = another_target(cluster, server, planned, besides[:1], ahead, terms)
    assert found == another_target(cluster, server, planned, besides[:1], ahead, terms)
    assert found.why
    if found.node is None:
        return
    own = migrations(cluster, {server: found.node})
    assert found.node not in besides
    assert own[0].change.source != found.node
    assert replay(cluster, Plan(tuple(own))).refused == ()
    every = tuple(others * max(len(others), 1) + own)
    assert len(every) - 1 not in replay(cluster, Plan(every)).refused


@pytest.mark.parametrize('zone', ['az-1', 'az-2'])
def test_a_server_that_is_bound_to_a_zone_stays_in_it(zone):
    hosts = [host('a', zone=zone), host('b'), host('c', zone='az-1'), host('d', zone='az-2')]
    snapshot = cluster_of(hosts, [instance('vm', 'a', pinned_zone=zone)])
    terms = stated(host_maintenance, snapshot, maintenance_node='a')
    assert asked(snapshot, terms=terms).node == {'az-1': 'c', 'az-2': 'd'}[zone]
