# SPDX-License-Identifier: Apache-2.0
"""Swaps between nodes in use."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import MEMORY_MB, VCPU
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.swap import away_and_home, equalise, swap_home
from watcher_py.core.whatif import WhatIf

CHEAP, DEAR = 0.0, 1000.0


def trial_of(hosts, instances, **lists):
    return WhatIf(allocation_problem(read(document(hosts, instances, **lists)).cluster))


def wide_and_tall(**values):
    """One node without free CPU and with free memory, one the other way round."""
    return [host('a'), host('b')], [
        *(instance(f'wide{row}', 'a', vcpus=4, ram_mb=4096, **values) for row in range(4)),
        *(instance(f'tall{row}', 'b', vcpus=1, ram_mb=16384) for row in range(4))]


def room_of_use(trial):
    """How many average servers the nodes take, each by what it has least of."""
    average = trial.problem.demand.mean(axis=0)
    return float(np.maximum(trial.free / average, 0).min(axis=1).sum())


def test_nodes_that_lack_different_things_exchange_servers():
    trial = trial_of(*wide_and_tall())
    assert room_of_use(trial) == 0
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert (trial.free[:, [VCPU, MEMORY_MB]] > 0).all()


def test_at_a_dear_price_nobody_leaves_home():
    for rounds in (1, 2):
        trial = trial_of(*wide_and_tall())
        equalise(trial, DEAR, rounds, UNLIMITED)
        assert trial.node.tolist() == trial.problem.node.tolist()


def test_who_is_away_from_home_anyway_moves_at_any_price():
    hosts, instances = wide_and_tall()
    trial = trial_of([*hosts, host('closed')], [{**row, 'host': 'closed-id'} for row in instances])
    for row in range(8):
        trial.move(row, row // 4)
    trial.open[2] = False
    equalise(trial, DEAR, 10, UNLIMITED)
    assert (trial.free[:2, [VCPU, MEMORY_MB]] > 0).all()


def test_locked_servers_and_members_of_groups_are_left_in_peace():
    trial = trial_of(*wide_and_tall(locked=True))
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert trial.node[:4].tolist() == [0] * 4
    group = {'id': 'g', 'policy': 'soft-affinity', 'members': [f'wide{row}' for row in range(4)]}
    trial = trial_of(*wide_and_tall(), server_groups=[group])
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert trial.node[:4].tolist() == [0] * 4


def test_pinned_servers_stay_in_their_zone():
    hosts, instances = wide_and_tall(pinned_zone='az-1')
    hosts[1]['zone'] = 'az-2'
    trial = trial_of(hosts, instances)
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert trial.node[:4].tolist() == [0] * 4


def test_what_the_rules_forbid_does_not_hide_the_next_best():
    trial = trial_of([host('a'), host('b', zone='az-2')], [
        instance('better-but-pinned', 'a', vcpus=8, ram_mb=4096, pinned_zone='az-1'),
        *(instance(f'wide{row}', 'a', vcpus=4, ram_mb=4096) for row in range(2)),
        *(instance(f'tall{row}', 'b', vcpus=1, ram_mb=16384) for row in range(4))])
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert room_of_use(trial) > 0


def test_closed_nodes_take_no_part():
    trial = trial_of(*wide_and_tall())
    trial.open[1] = False
    equalise(trial, CHEAP, 10, UNLIMITED)
    assert trial.node.tolist() == trial.problem.node.tolist()


def test_a_spent_budget_ends_it():
    trial = trial_of(*wide_and_tall())
    equalise(trial, CHEAP, 10, Budget(is_spent=lambda: True))
    assert trial.node.tolist() == trial.problem.node.tolist()


@settings(max_examples=50)
@given(documents(), st.sampled_from((CHEAP, 0.3, 1.0, DEAR)))
def test_swaps_are_legal_and_leave_no_node_beyond_its_room(doc, price):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    before = trial.free.copy()
    equalise(trial, price, 6, UNLIMITED)
    assert is_legal(trial.problem, trial.node)
    assert (trial.free >= np.minimum(before, 0) - 1e-6).all()


def test_most_of_the_room_of_a_fleet_comes_to_use():
    chance = np.random.default_rng(1)
    kinds = [(1, 8192), (4, 2048), (2, 4096)]
    trial = trial_of([host(f'cn{node}', vcpus=20, ram_mb=40960) for node in range(20)], [
        instance(f'{node}-{row}', f'cn{node}', vcpus=kinds[kind][0], ram_mb=kinds[kind][1])
        for node in range(20) for row, kind in enumerate(
            [node % 2] * 4 + chance.integers(0, 3, 1).tolist())])
    average = trial.problem.demand.mean(axis=0)
    at_best = (trial.free.sum(axis=0) / average).min()
    assert room_of_use(trial) < 0.5 * at_best
    equalise(trial, CHEAP, 12, UNLIMITED)
    assert room_of_use(trial) > 0.95 * at_best


def test_two_that_stand_on_each_others_nodes_swap_home():
    trial = trial_of([host('a'), host('b')], [instance('one', 'a', vcpus=16), instance('two', 'b', vcpus=16)])
    trial.move(0, 1)
    trial.move(1, 0)
    assert away_and_home(trial).tolist() in ([[0, 1]], [[1, 0]])
    swap_home(trial, 1, UNLIMITED)
    assert trial.node.tolist() == [0, 1]
    assert not len(away_and_home(trial))


def test_a_server_is_not_sent_home_where_there_is_no_room():
    trial = trial_of([host('a'), host('b', vcpus=8), host('c')],
                     [instance('one', 'a'), instance('in-its-place', 'c', vcpus=16)])
    trial.move(0, 1)
    trial.move(1, 0)
    trial.open[2] = False
    swap_home(trial, 3, UNLIMITED)
    assert trial.node.tolist() == [1, 0]


def test_the_largest_amount_of_memory_goes_home_first():
    trial = trial_of([host('a'), host('b')],
                     [instance('small', 'a', ram_mb=4096), instance('large', 'a', ram_mb=8192)])
    trial.move(0, 1)
    trial.move(1, 1)
    swap_home(trial, 1, UNLIMITED)
    assert trial.node.tolist() == [1, 0]


def test_who_finds_no_room_at_home_does_not_keep_others_away():
    trial = trial_of([host('a'), host('b', vcpus=13), host('closed')], [
        instance('large', 'a', vcpus=12), instance('small', 'a', vcpus=1),
        instance('guest', 'closed', vcpus=14)])
    for row, node in ((0, 1), (1, 1), (2, 0)):
        trial.move(row, node)
    trial.open[2] = False
    swap_home(trial, 3, UNLIMITED)
    assert trial.node.tolist() == [1, 0, 0]
