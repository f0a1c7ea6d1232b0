# SPDX-License-Identifier: Apache-2.0
"""Emptying a node onto others that put out smaller servers for larger ones."""

import numpy as np
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.eject import drain, worth
from watcher_py.core.whatif import WhatIf


def trial_of(hosts, instances, **lists):
    return WhatIf(allocation_problem(read(document(hosts, instances, **lists)).cluster))


def drained(trial, node, at_home=0.3):
    return drain(trial, node, worth(trial, at_home), UNLIMITED)


def test_servers_that_find_room_are_seated_without_ejecting_anybody():
    trial = trial_of([host('a'), host('b')], [instance('one', 'a'), instance('two', 'b')])
    assert drained(trial, 0)
    assert trial.node.tolist() == [1, 1]


# b and c have 4 CPUs free each, and a's server needs 8: b puts out one of 4, and that goes to c.
CHAIN = ([host('a'), host('b'), host('c')], [
    instance('large', 'a', vcpus=8), *(instance(f'b{row}', 'b', vcpus=4) for row in range(3)),
    *(instance(f'c{row}', 'c', vcpus=4) for row in range(3))])


def test_smaller_ones_make_way_for_a_larger_one():
    trial = trial_of(*CHAIN)
    assert drained(trial, 0)
    assert sorted(np.bincount(trial.node, trial.problem.demand[:, 0], 3)) == [0, 16, 16]


def test_a_member_of_a_group_finds_a_place_where_no_mate_is():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['large', 'b0']}
    trial = trial_of(*CHAIN, server_groups=[group])
    assert drained(trial, 0)
    assert trial.node[0] == 2


def test_two_mates_do_not_meet_on_the_way():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['large', 'b0', 'c0']}
    trial = trial_of(*CHAIN, server_groups=[group])
    assert not drained(trial, 0)
    assert is_legal(trial.problem, trial.node)


def test_nobody_makes_way_who_may_not_move_or_may_not_come():
    locked = [CHAIN[1][0], *({**row, 'locked': True} for row in CHAIN[1][1:])]
    assert not drained(trial_of(CHAIN[0], locked), 0)
    hosts = [{**CHAIN[0][0], 'zone': 'az-2'}, *CHAIN[0][1:]]
    pinned = [CHAIN[1][0], *({**row, 'pinned_zone': 'az-1'} for row in CHAIN[1][1:])]
    assert not drained(trial_of(hosts, pinned), 0)


def test_members_of_soft_groups_are_left_where_they_are():
    group = {'id': 'g', 'policy': 'soft-affinity', 'members': [row['id'] for row in CHAIN[1][1:]]}
    assert not drained(trial_of(*CHAIN, server_groups=[group]), 0)


def test_those_at_home_stay_when_a_guest_can_make_way_as_well():
    trial = trial_of([host('a'), host('b'), host('c'), host('gone')], [
        instance('large', 'a', vcpus=8), instance('b0', 'b', vcpus=4), instance('b1', 'b', vcpus=4),
        instance('guest', 'gone', vcpus=4), *(instance(f'c{row}', 'c', vcpus=4) for row in range(3))])
    trial.move(3, 1)
    trial.open[3] = False
    assert drained(trial, 0)
    assert trial.node.tolist() == [1, 1, 1, 2, 2, 2, 2]


def test_closed_nodes_take_nobody():
    trial = trial_of(*CHAIN)
    trial.open[1] = False
    assert not drained(trial, 0)


def test_a_spent_budget_ends_it():
    trial = trial_of(*CHAIN)
    assert not drain(trial, 0, worth(trial, 0.3), Budget(is_spent=lambda: True))


@given(documents())
def test_whatever_comes_of_it_is_legal(doc):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    for node in range(len(trial.open)):
        is_empty = drained(trial, node)
        assert is_empty == (not trial.servers_on(node))
        assert is_legal(trial.problem, trial.node)
