# SPDX-License-Identifier: Apache-2.0
"""Seating all servers of nodes at once."""

import numpy as np
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.load import with_load
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.seating import seat_all
from watcher_py.core.whatif import WhatIf
from watcher_py.sim.generator import generate


def trial_of(doc, limits=NO_LIMITS):
    return WhatIf(allocation_problem(read(doc).cluster), limits)


def leave(trial, node, budget=UNLIMITED):
    """Seat all servers of a node on the others; who is left."""
    among = np.arange(len(trial.open)) != node
    return seat_all(trial, np.flatnonzero(trial.node == node), among, budget)


def test_a_server_goes_where_the_free_room_is_of_its_shape():
    # b has little memory left, c few CPUs.
    doc = document([host('a'), host('b'), host('c')], [
        instance('cpus', 'a', vcpus=6, ram_mb=2048), instance('memory', 'a', vcpus=1, ram_mb=24576),
        instance('on-b', 'b', vcpus=1, ram_mb=32768), instance('on-c', 'c', vcpus=8, ram_mb=1024)])
    trial = trial_of(doc)
    assert len(leave(trial, 0)) == 0
    assert trial.node[:2].tolist() == [1, 2]


def test_the_largest_are_seated_first_and_those_that_find_no_room_are_returned():
    doc = document([host('a'), host('b', vcpus=8)],
                   [instance('small', 'a', vcpus=2), instance('large', 'a', vcpus=8)])
    trial = trial_of(doc)
    assert leave(trial, 0).tolist() == [0]
    assert trial.node.tolist() == [0, 1]


def test_members_of_a_group_are_seated_apart():
    doc = document([host('a'), host('b'), host('c')], [instance(f'vm{row}', 'a') for row in range(3)],
                   server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['vm0', 'vm1', 'vm2']}])
    trial = trial_of(doc)
    assert len(leave(trial, 0)) == 1
    assert sorted(trial.node.tolist()) == [0, 1, 2]


def test_members_of_a_soft_group_are_seated_apart_where_that_is_possible():
    group = {'id': 'g', 'policy': 'soft-anti-affinity', 'members': ['vm0', 'vm1', 'vm2']}
    doc = document([host('a'), host('b'), host('c')], [instance(f'vm{row}', 'a') for row in range(3)],
                   server_groups=[group])
    trial = trial_of(doc)
    assert len(leave(trial, 0)) == 0
    assert np.bincount(trial.node)[1:].tolist() in ([1, 2], [2, 1])


def test_a_limit_on_nodes_is_kept():
    doc = document([host('a'), host('b'), host('c')], [instance(f'vm{row}', 'a') for row in range(6)])
    trial = trial_of(doc, Limits(per_node=4))
    assert len(leave(trial, 0)) == 2


def test_a_closed_node_takes_nobody():
    trial = trial_of(document([host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'a')]))
    trial.open[1] = False
    assert len(leave(trial, 0)) == 0
    assert trial.node.tolist() == [2, 2]


def test_nobody_is_seated_when_the_budget_is_spent():
    trial = trial_of(document([host('a'), host('b')], [instance('vm', 'a')]))
    assert leave(trial, 0, Budget(is_spent=lambda: True)).tolist() == [0]


def test_alike_servers_with_different_loads_go_where_there_is_room_for_each():
    def busy(name, on, cores):
        return instance(name, on, vcpus=8, metrics={'cpu_util_pct': 100 * cores / 8, 'ram_used_mb': 1.0})

    hosts = [host(name, cpu_ratio=4.0, metrics={'cpu_util_pct': percent, 'ram_used_mb': 1.0})
             for name, percent in (('a', 62.5), ('b', 50.0), ('c', 0.0))]
    snapshot = read(document(hosts, [busy('cool', 'a', 1), busy('hot', 'a', 7), busy('warm', 'a', 2)]))
    trial = WhatIf(with_load(allocation_problem(snapshot.cluster), snapshot, 0.2))
    # Of 12.8 cores b has 4.8 left: room for two of a mean load, but not for the hot one.
    assert len(leave(trial, 0)) == 0
    assert trial.node[1] == 2
    assert is_legal(trial.problem, trial.node)


@given(documents())
def test_whatever_is_seated_is_seated_legally(doc):
    snapshot = read(doc)
    problem = with_load(allocation_problem(snapshot.cluster), snapshot, 0.2)
    for node in range(len(problem.room)):
        trial = WhatIf(problem)
        movers = np.flatnonzero((problem.node == node) & problem.movable)
        left = seat_all(trial, movers, np.arange(len(problem.room)) != node)
        assert is_legal(problem, trial.node)
        assert sorted(left.tolist()) == [row for row in movers.tolist() if trial.node[row] == node]
        # Whoever is left fits nowhere still.
        assert not any((trial.fits(row) & (np.arange(len(problem.room)) != node)).any()
                       for row in left.tolist())


def test_half_of_a_cloud_is_seated_on_the_other_half():
    problem = allocation_problem(read(generate(hosts=60, servers=600, seed=3)).cluster)
    used = problem.used(problem.node)[:, 1]
    sources = np.zeros(len(used), dtype=bool)
    sources[np.argsort(used)[:30]] = True
    trial = WhatIf(problem)
    movers = np.flatnonzero(sources[problem.node] & problem.movable)
    assert len(seat_all(trial, movers, ~sources)) <= len(movers) // 50
    assert is_legal(problem, trial.node)


def test_a_server_that_only_one_node_takes_is_seated_before_larger_ones():
    # b is just as large as the large server, which is most like it.
    doc = document(
        [host('a'), host('b', zone='az-2', vcpus=8, ram_mb=8192, disk_gb=80),
         *(host(f'h{row}') for row in range(30))],
        [instance('large', 'a', vcpus=8, ram_mb=8192, disk_gb=80),
         instance('pinned', 'a', pinned_zone='az-2')])
    trial = trial_of(doc)
    assert len(leave(trial, 0)) == 0
    assert trial.node[1] == 1
    del doc['instances'][1]
    trial = trial_of(doc)
    leave(trial, 0)
    assert trial.node[0] == 1
