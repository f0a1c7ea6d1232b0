# SPDX-License-Identifier: Apache-2.0
"""The order of execution."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.laws import carry_out, execute
from watcher_py.core.changes import Migrate, Nop, SetService, Sleep, Stop
from watcher_py.core.difference import migration, movers
from watcher_py.core.document import read
from watcher_py.core.pace import AtOnce, Pace
from watcher_py.core.problem import allocation_problem
from watcher_py.core.replay import replay
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.whatif import WhatIf


def solution_to(cluster, node, **values):
    return Solution(tuple(Proposal(migration(cluster, row, int(node[row])), 'why')
                          for row in movers(cluster, node).tolist()), **values)


def parents(plan):
    return [action.parents for action in plan.actions]


def legs(plan):
    return [(action.change.server, action.change.source, action.change.target) for action in plan.actions]


def walked(cluster, order, steps=10):
    """A placement that a random walk of legal moves ends in."""
    trial = WhatIf(allocation_problem(cluster))
    for _ in range(steps):
        if len(trial.node) and trial.problem.movable[server := order.randrange(len(trial.node))]:
            fits = np.flatnonzero(trial.fits(server))
            if len(fits):
                trial.move(server, int(order.choice(fits)))
    return trial.node


def full_pair(*others):
    """Two full hosts whose servers are to change places."""
    return read(document([host('a'), host('b'), *others],
                         [instance('vm', 'a', vcpus=16), instance('vm2', 'b', vcpus=16)])).cluster


def test_a_move_into_a_full_node_waits_for_the_departure_that_makes_room():
    cluster = full_pair(host('c'))
    plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 2])))
    assert legs(plan) == [('vm2', 'b', 'c'), ('vm', 'a', 'b')]
    assert parents(plan) == [(), (0,)]
    assert plan.actions[1].start == plan.actions[0].seconds


def test_moves_that_have_room_wait_for_nothing():
    cluster = read(document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'a')])).cluster
    assert parents(schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 1])))) == [(), ()]


def test_an_arrival_waits_only_for_the_departures_whose_room_it_takes():
    cluster = read(document(
        [host('a'), host('b'), host('full'), host('c')],
        [instance('vm', 'a', vcpus=8), instance('vm2', 'b', vcpus=8),
         instance('old', 'full', vcpus=8), instance('old2', 'full', vcpus=8, ram_mb=16384)])).cluster
    plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([2, 2, 3, 3])))
    by_server = {action.change.server: action for action in plan.actions}
    assert sorted(len(by_server[name].parents) for name in ('vm', 'vm2')) == [1, 1]
    assert by_server['vm'].parents != by_server['vm2'].parents


def test_an_arrival_on_an_overcommitted_node_waits_for_all_that_only_pays_the_debt():
    cluster = read(document(
        [host('a'), host('over', vcpus=4), host('c')],
        [instance('vm', 'a'), instance('x', 'over', vcpus=3), instance('y', 'over', vcpus=3)])).cluster
    plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 2, 2])))
    assert {action.change.server: len(action.parents) for action in plan.actions} == {'vm': 2, 'x': 0, 'y': 0}


def test_a_move_waits_for_the_group_mate_that_stands_on_its_target():
    cluster = read(document(
        [host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'b')],
        server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['vm', 'vm2']}])).cluster
    plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 2])))
    assert legs(plan) == [('vm2', 'b', 'c'), ('vm', 'a', 'b')]
    assert parents(plan) == [(), (0,)]


def test_servers_leave_a_node_after_its_service_is_disabled():
    cluster = read(document([host('a'), host('b')], [instance('vm', 'a')])).cluster
    moves = solution_to(cluster, np.array([1])).proposals
    disable = Proposal(SetService('a-id', 'a', False), 'why')
    plan = schedule(Snapshot(cluster), Solution((*moves, disable)))
    assert [action.change.action_type for action in plan.actions] == ['change_nova_service_state', 'migrate']
    assert parents(plan) == [(), (0,)]


def test_a_server_is_stopped_after_the_service_of_its_node_is_disabled():
    cluster = read(document([host('a')], [instance('vm', 'a')])).cluster
    plan = schedule(Snapshot(cluster), Solution((Proposal(Stop('vm', 'vm', 'a'), ''),
                                       Proposal(SetService('a-id', 'a', False), ''))))
    assert parents(plan) == [(), (0,)]


def test_other_actions_follow_one_another():
    cluster = read(document([], [])).cluster
    plan = schedule(Snapshot(cluster), Solution((Proposal(Nop('a'), ''), Proposal(Sleep(2.0), ''),
                                       Proposal(Sleep(1.0), ''))))
    assert parents(plan) == [(), (0,), (1,)]
    assert [action.start for action in plan.actions] == [0.0, 0.0, 2.0]
    assert plan.makespan == 3.0


def test_a_server_that_moves_twice_moves_in_the_order_stated():
    cluster = read(document([host('a'), host('b'), host('c')], [instance('vm', 'a')])).cluster
    there = Proposal(Migrate('vm', 'vm', 'a', 'b'), '')
    plan = schedule(Snapshot(cluster), Solution((there, Proposal(Migrate('vm', 'vm', 'b', 'c'), ''))))
    assert legs(plan) == [('vm', 'a', 'b'), ('vm', 'b', 'c')]
    assert parents(plan) == [(), (0,)]


class TestCircles:
    def test_one_server_is_parked_on_a_third_node(self):
        cluster = full_pair(host('c'))
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0])))
        assert legs(plan) == [('vm', 'a', 'c'), ('vm2', 'b', 'a'), ('vm', 'c', 'b')]
        assert parents(plan) == [(), (0,), (0, 1)]
        assert [action.is_parking for action in plan.actions] == [True, False, False]
        assert plan.parkings == 1
        assert 'why; parked, for others need its room on a' in plan.actions[0].reason
        assert 'why; goes on from c' in plan.actions[2].reason
        assert replay(cluster, plan).node.tolist() == [1, 0]

    def test_the_smaller_server_is_parked(self):
        cluster = read(document(
            [host('a'), host('b'), host('c')],
            [instance('vm', 'a', vcpus=16, ram_mb=32768), instance('vm2', 'b', vcpus=16)])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0])))
        assert [action.change.server for action in plan.actions if action.is_parking] == ['vm2']

    def test_group_mates_that_change_places_need_a_third_node(self):
        cluster = read(document(
            [host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'b')],
            server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['vm', 'vm2']}])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0])))
        assert plan.parkings == 1
        assert execute(cluster, plan).tolist() == [1, 0]

    def test_a_third_node_with_a_mate_on_it_is_no_help(self):
        cluster = read(document(
            [host('a'), host('b'), host('c')],
            [instance('vm', 'a', vcpus=16), instance('vm2', 'b', vcpus=16), instance('mate', 'c', vcpus=0)],
            server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['vm', 'mate']},
                           {'id': 'h', 'policy': 'anti-affinity', 'members': ['vm2', 'mate']}])).cluster
        assert len(schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0, 2]))).left_out) == 2

    @pytest.mark.parametrize('third', [
        {'vcpus': 8}, {'status': 'disabled'}, {'state': 'down'}, {'zone': 'az-2'}])
    def test_a_third_node_that_may_not_take_the_server_is_no_help(self, third):
        hosts = [host('a'), host('b'), host('c', **third)]
        servers = [instance('vm', 'a', vcpus=16, pinned_zone='az-1'),
                   instance('vm2', 'b', vcpus=16, pinned_zone='az-1')]
        cluster = read(document(hosts, servers)).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0])))
        assert plan.actions == ()
        assert [proposal.change.server for proposal in plan.left_out] == ['vm', 'vm2']
        assert 'no third node can take' in plan.left_out[0].reason

    def test_nobody_is_parked_on_a_node_that_the_plan_disables(self):
        cluster = full_pair(host('c'))
        disable = Proposal(SetService('c-id', 'c', False), '')
        swap = solution_to(cluster, np.array([1, 0])).proposals
        plan = schedule(Snapshot(cluster), Solution((*swap, disable)))
        assert len(plan.left_out) == 2

    def test_what_is_in_no_circle_is_done_all_the_same(self):
        cluster = read(document(
            [host('a'), host('b'), host('c', vcpus=4)],
            [instance('vm', 'a', vcpus=14), instance('vm2', 'b', vcpus=16), instance('small', 'a')])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0, 2])))
        assert legs(plan) == [('small', 'a', 'c')]
        assert len(plan.left_out) == 2

    def test_a_circle_is_broken_while_others_still_move(self):
        cluster = read(document(
            [host('a'), host('b'), host('c'), host('d'), host('e')],
            [instance('vm', 'a', vcpus=16), instance('vm2', 'b', vcpus=16),
             *(instance(f'long{number}', 'c', ram_mb=12288) for number in range(4))])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([1, 0, 3, 3, 3, 3])))
        assert plan.parkings == 1
        parked = next(action for action in plan.actions if action.is_parking)
        assert (parked.start, parked.change.target) == (0.0, 'e')
        assert plan.makespan == pytest.approx(3 * parked.seconds)


class TestPace:
    def test_a_node_carries_so_many_moves_at_once(self):
        cluster = read(document([host('a'), host('b')],
                                [instance(f'vm{number}', 'a') for number in range(4)])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.ones(4, dtype=np.int64)), Pace(per_node=2))
        lasts = plan.actions[0].seconds
        assert [action.start for action in plan.actions] == [0.0, 0.0, lasts, lasts]
        assert parents(plan) == [(), (), (), ()]        # the applier counts
        assert plan.makespan == plan.bound == pytest.approx(2 * lasts, abs=0.2)

    def test_so_many_moves_go_on_at_once_in_all(self):
        hosts = [host(name) for name in 'abcdef']
        cluster = read(document(hosts, [instance(f'vm{name}', name) for name in 'abc'])).cluster
        plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([3, 4, 5])), Pace(in_all=1))
        lasts = plan.actions[0].seconds
        assert [action.start for action in plan.actions] == pytest.approx([0.0, lasts, 2 * lasts])
        assert plan.bound == pytest.approx(3 * lasts)

    def test_no_more_goes_on_at_once_than_the_solution_allows_and_none_needs_another_for_that(self):
        cluster = read(document([host(name) for name in 'abcd'],
                                [instance('vm', 'a'), instance('vm2', 'a'), instance('vm3', 'b')])).cluster
        for at_once, at in ((AtOnce(per_node=1), [0, 0, 1]), (AtOnce(in_all=1), [0, 1, 2])):
            plan = schedule(Snapshot(cluster), solution_to(cluster, np.array([2, 2, 3]), at_once=at_once))
            lasts = plan.actions[0].seconds
            assert [action.start for action in plan.actions] == pytest.approx([lasts * turn for turn in at])
            assert parents(plan) == [(), (), ()]


@st.composite
def turned_around(draw):
    """Full hosts, each of which takes over the servers of another, and one or two with some room: a
    cluster, and where its servers end. Nothing can move unless somebody is parked.
    """
    count = draw(st.integers(2, 5))
    hosts = [host(f'h{number}', vcpus=4) for number in range(count)]
    spare = [host(f's{number}', vcpus=draw(st.integers(0, 4))) for number in range(draw(st.integers(1, 2)))]
    sizes = [draw(st.sampled_from(([4], [2, 2], [3, 1], [1, 1, 1, 1]))) for _ in hosts]
    rows = [instance(f'h{at}-{number}', f'h{at}', vcpus=size, ram_mb=draw(st.sampled_from((1024, 4096))))
            for at, parts in enumerate(sizes) for number, size in enumerate(parts)]
    heir = draw(st.permutations(range(count)))
    cluster = read(document([*hosts, *spare], rows)).cluster
    return cluster, np.array([heir[at] for at in cluster.servers.node.tolist()])


@given(turned_around(), st.integers(0, 10_000))
def test_full_hosts_change_places_as_far_as_servers_can_be_parked(case, seed):
    cluster, node = case
    plan = schedule(Snapshot(cluster), solution_to(cluster, node))
    reached = execute(cluster, plan, random.Random(seed))
    if not plan.left_out:
        assert reached.tolist() == node.tolist()
        assert bool(plan.parkings) == (node != cluster.servers.node).any()
    if cluster.nodes.total[-1, 0] >= 4:
        assert not plan.left_out


def test_circles_that_share_a_little_room_are_broken_one_after_the_other():
    hosts = [*(host(f'h{number}', vcpus=4) for number in range(5)), host('s', vcpus=4)]
    rows = [instance(f'vm{number}', f'h{at}', vcpus=size, ram_mb=1024) for number, (at, size) in enumerate(
        ((0, 4), (1, 2), (1, 2), (2, 2), (2, 2), (3, 2), (3, 2), (4, 3), (4, 1)))]
    cluster = read(document(hosts, rows)).cluster
    node = np.array([1, 2, 2, 0, 0, 4, 4, 3, 3])
    plan = schedule(Snapshot(cluster), solution_to(cluster, node))
    assert not plan.left_out
    assert execute(cluster, plan, random.Random(0)).tolist() == node.tolist()


@given(turned_around(), st.integers(1, 3), st.sampled_from((None, 1, 2)))
def test_the_times_of_parking_moves_come_true_as_well(case, per_node, in_all):
    cluster, pace = case[0], Pace(per_node, in_all)
    plan = schedule(Snapshot(cluster), solution_to(cluster, case[1]), pace)
    starts, end = carry_out(plan, pace)
    assert [action.start for action in plan.actions] == pytest.approx(starts, abs=1e-2)
    assert plan.makespan == pytest.approx(end, abs=1e-2)
    assert plan.left_out or plan.bound <= plan.makespan + 1e-6


@given(documents(), st.integers(0, 10_000))
def test_any_legal_placement_is_reached_in_any_order_that_the_plan_allows(doc, seed):
    cluster, order = read(doc).cluster, random.Random(seed)
    node = walked(cluster, order)
    plan = schedule(Snapshot(cluster), solution_to(cluster, node))
    reached = execute(cluster, plan, order)
    moved = {action.change.server for action in plan.actions}
    for row, uuid in enumerate(cluster.servers.uuid):
        if uuid not in {proposal.change.server for proposal in plan.left_out}:
            assert reached[row] == node[row]
            assert (uuid in moved) == (node[row] != cluster.servers.node[row])


@given(documents(), st.integers(0, 10_000), st.integers(1, 3), st.sampled_from((None, 1, 2)))
def test_the_times_promised_come_true_and_keep_to_the_bound(doc, seed, per_node, in_all):
    cluster, pace = read(doc).cluster, Pace(per_node, in_all)
    plan = schedule(Snapshot(cluster), solution_to(cluster, walked(cluster, random.Random(seed))), pace)
    starts, end = carry_out(plan, pace)
    assert [action.start for action in plan.actions] == pytest.approx(starts, abs=1e-2)
    assert plan.makespan == pytest.approx(end, abs=1e-2)
    assert plan.left_out or plan.bound <= plan.makespan + 1e-6
