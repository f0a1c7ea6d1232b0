# SPDX-License-Identifier: Apache-2.0
"""What is said never to leave never does, whatever is tried."""

import numpy as np
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import legal_placements
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.leave import beyond_volume, can_leave


def problem_of(hosts, instances):
    return allocation_problem(read(document(hosts, instances)).cluster)


@given(documents(max_hosts=3, max_instances=5))
def test_no_legal_placement_proves_it_wrong(doc):
    problem = allocation_problem(read(doc).cluster)
    servers, everywhere = np.arange(len(problem.node)), np.ones(len(problem.room), dtype=bool)
    can = can_leave(problem, servers, everywhere)
    others = np.arange(len(problem.room)) != 0
    on_first = np.flatnonzero(problem.node == 0)
    for node in legal_placements(problem):
        assert not (node != problem.node)[~can].any()
        # Onto a node that is emptied nobody makes way.
        if not ((node == 0) & (problem.node != 0)).any():
            assert (node[on_first] == 0).sum() >= beyond_volume(problem, on_first, others)


def test_a_server_larger_than_what_stuck_servers_leave_stays():
    problem = problem_of([host('a'), host('b')], [
        instance('small', 'a', vcpus=6), instance('large', 'a', vcpus=7),
        instance('moves', 'b', vcpus=4), instance('stuck', 'b', vcpus=10, locked=True)])
    assert can_leave(problem, np.arange(4), np.ones(2, dtype=bool)).tolist() == [True, False, True, False]


def test_only_the_nodes_asked_for_count():
    problem = problem_of([host('a'), host('b'), host('c')], [instance('vm', 'a')])
    assert can_leave(problem, np.array([0]), np.array([True, False, False])).tolist() == [False]
    assert can_leave(problem, np.array([0]), np.array([False, True, False])).tolist() == [True]


def test_more_than_is_free_elsewhere_stays():
    problem = problem_of([host('a', vcpus=32), host('b', vcpus=8)], [
        *(instance(f'vm{row}', 'a', vcpus=vcpus) for row, vcpus in enumerate((5, 2, 4, 3))),
        instance('there', 'b', vcpus=2)])
    # 6 vCPUs are free, enough for the 2 and the 3.
    assert beyond_volume(problem, np.arange(4), np.array([False, True])) == 2


def test_nothing_is_asked_of_nobody():
    problem = problem_of([host('a')], [])
    nobody = np.array([], dtype=np.int64)
    assert can_leave(problem, nobody, np.ones(1, dtype=bool)).tolist() == []
    assert beyond_volume(problem, nobody, np.ones(1, dtype=bool)) == 0
