# SPDX-License-Identifier: Apache-2.0
"""Others make way, and only as many as it takes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import Budget
from watcher_py.core.document import read
from watcher_py.core.problem import SLACK, allocation_problem
from watcher_py.core.solve.make_way import clear_for, seat_by_force
from watcher_py.core.whatif import WhatIf


def trial_of(hosts, instances, **lists):
    return WhatIf(allocation_problem(read(document(hosts, instances, **lists)).cluster))


def cpus(count, dimensions=3):
    return np.array([count, *[0.0] * (dimensions - 1)])


def test_the_least_memory_that_is_enough_makes_way():
    trial = trial_of([host('a'), host('b'), host('c', vcpus=8)], [
        instance('a1', 'a', vcpus=8, ram_mb=8192), instance('a2', 'a', vcpus=6, ram_mb=2048),
        instance('b1', 'b', vcpus=8, ram_mb=4096), instance('b2', 'b', vcpus=8, ram_mb=16384)])
    assert clear_for(trial, cpus(8), np.array([True, True, False])) == 0
    assert trial.node.tolist() == [0, 2, 1, 1]


def test_who_need_not_have_gone_comes_back():
    # 10 are missing on a; the small ones go first, but once the large one went, one of them is enough.
    trial = trial_of([host('a'), host('b')], [
        *(instance(f'small{row}', 'a', vcpus=2, ram_mb=1024) for row in range(3)),
        instance('large', 'a', vcpus=8, ram_mb=4096), instance('kept', 'a', vcpus=2, locked=True)])
    assert clear_for(trial, cpus(10), np.array([True, False])) == 0
    assert trial.node.tolist() == [1, 0, 0, 1, 0]


def test_the_node_on_which_less_memory_has_to_go_is_chosen():
    hosts = [host('a'), host('b'), host('c')]
    trial = trial_of(hosts, [
        *(instance(f'a{row}', 'a', ram_mb=8192) for row in range(8)),
        *(instance(f'b{row}', 'b', ram_mb=1024) for row in range(8))])
    assert clear_for(trial, cpus(4), np.array([True, True, False])) == 1
    assert (trial.node == 2).sum() == 2


def test_what_can_not_move_or_has_nowhere_to_go_makes_no_way():
    for stays in ({'locked': True}, {'pinned_zone': 'az-9'}):
        trial = trial_of([host('a'), host('b')], [instance('vm', 'a', vcpus=12, **stays)])
        assert clear_for(trial, cpus(8), np.array([True, False])) is None
        assert trial.node.tolist() == [0]


def test_a_crowd_of_group_mates_is_no_place_to_clear():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['vm', 'mate']}
    trial = trial_of([host('a'), host('b'), host('c', vcpus=4)], [
        instance('vm', 'a', vcpus=8), instance('mate', 'b', vcpus=8), instance('other', 'b', vcpus=4)],
        server_groups=[group])
    trial.open[0] = False
    seat_by_force(trial, [0])
    assert trial.node.tolist() == [0, 1, 1]


def test_a_spent_budget_moves_nobody():
    trial = trial_of([host('a'), host('b'), host('c')],
                     [instance('vm', 'a', vcpus=12), instance('other', 'b', vcpus=6)])
    trial.open[2] = False
    seat_by_force(trial, [0], Budget(is_spent=lambda: True))
    assert trial.node.tolist() == [0, 1]


@given(documents(), st.sampled_from((2, 4, 8)), st.integers(0, 63))
def test_room_is_made_legally_or_nothing_happens(doc, count, chosen):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    among = np.array([chosen >> row & 1 for row in range(len(trial.open))], dtype=bool)
    node = clear_for(trial, cpus(count, trial.free.shape[1]), among)
    assert is_legal(trial.problem, trial.node)
    if node is None:
        assert trial.node.tolist() == trial.problem.node.tolist()
    else:
        assert among[node]
        assert trial.free[node, 0] + SLACK >= count
