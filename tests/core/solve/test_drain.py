# SPDX-License-Identifier: Apache-2.0
"""Emptying stated nodes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal, legal_placements
from watcher_py.core.budget import Budget
from watcher_py.core.document import read
from watcher_py.core.limits import Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Drain


def problem_of(hosts, instances, **lists):
    return allocation_problem(read(document(hosts, instances, **lists)).cluster)


def drain(problem, *nodes, toward=None, **options):
    chosen = np.isin(np.arange(len(problem.room)), nodes)
    answer = solve(problem, [Drain(chosen, toward)], **options)
    return answer.node.tolist(), answer.outcomes[0]


def test_several_nodes_end_empty_and_none_takes_from_another():
    problem = problem_of([host(name) for name in 'abcd'],
                         [instance(f'vm{row}', 'aabb'[row]) for row in range(4)])
    placed, outcome = drain(problem, 0, 1)
    assert sorted(placed) == [2, 2, 3, 3]
    assert (outcome.before, outcome.after, outcome.bound) == (4, 0, 0)


def test_where_spreading_strands_a_server_they_are_packed_tightly():
    # Spread one on each, the two small ones would leave no room for a second large one.
    problem = problem_of([host('a', vcpus=32), host('b', vcpus=14), host('c')], [
        instance('large', 'a', vcpus=8), instance('large2', 'a', vcpus=6), instance('large3', 'a', vcpus=6),
        instance('small', 'a', vcpus=5), instance('small2', 'a', vcpus=5)])
    placed, outcome = drain(problem, 0)
    assert outcome.after == 0
    assert 0 not in placed


def test_where_there_is_not_room_for_all_the_most_leave():
    problem = problem_of([host('a', vcpus=32), host('b', vcpus=8)], [
        instance('large', 'a', vcpus=8), *(instance(f'small{row}', 'a') for row in range(4))])
    placed, outcome = drain(problem, 0)
    assert placed == [0, 1, 1, 1, 1]
    assert (outcome.after, outcome.bound) == (1, 1)


def test_a_budget_spent_on_the_way_leaves_the_best_so_far():
    problem = problem_of([host('a', vcpus=32), host('b', vcpus=8)], [
        instance('large', 'a', vcpus=8), *(instance(f'small{row}', 'a') for row in range(4))])
    asked = iter([False] * 3)
    assert drain(problem, 0, budget=Budget(is_spent=lambda: next(asked, True)))[0] == [1, 0, 0, 0, 0]


def test_others_make_way_only_if_there_is_no_room_otherwise():
    hosts = [host('a'), host('b'), host('c')]
    others = [instance('b1', 'b', vcpus=4), instance('b2', 'b', vcpus=6, ram_mb=4096),
              instance('c1', 'c', vcpus=10)]
    problem = problem_of(hosts, [instance('vm', 'a', vcpus=6), *others])
    assert drain(problem, 0)[0] == [1, 1, 1, 2]
    # 6 free on b and on c: one of b's two has to leave for the 8, and b2 is the one with less memory.
    problem = problem_of(hosts, [instance('vm', 'a', vcpus=8), *others])
    assert drain(problem, 0)[0] == [1, 1, 2, 2]


def test_several_make_way_where_one_is_not_enough():
    problem = problem_of([host('a'), host('b'), host('c')], [
        instance('vm', 'a', vcpus=12),
        *(instance(f'b{row}', 'b', vcpus=2) for row in range(4)),
        *(instance(f'c{row}', 'c', vcpus=4) for row in range(3))])
    placed, outcome = drain(problem, 0)
    assert outcome.after == 0
    assert placed == [1, 2, 2, 1, 1, 2, 2, 2]


def test_nobody_makes_way_for_a_server_that_can_not_be_seated():
    problem = problem_of([host('a', vcpus=32), host('b'), host('c')], [
        instance('huge', 'a', vcpus=20), instance('b1', 'b', vcpus=8), instance('c1', 'c', vcpus=4)])
    assert drain(problem, 0)[0] == [0, 1, 2]


def test_the_node_that_is_named_takes_them_as_long_as_it_has_room():
    problem = problem_of([host('a'), host('b', vcpus=4), host('c')],
                         [instance(f'vm{row}', 'a') for row in range(3)])
    placed, _ = drain(problem, 0, toward=np.array([1, -1, -1]))
    assert sorted(placed) == [1, 1, 2]


def test_a_node_that_is_drained_is_not_filled_by_what_is_solved_after():
    problem = problem_of([host('a'), host('b'), host('c')], [
        instance('vm', 'a'), instance('kept', 'a', locked=True), instance('vm2', 'b', vcpus=8)])
    drains = [Drain(np.array(nodes, dtype=bool)) for nodes in ((1, 0, 0), (0, 1, 0))]
    answer = solve(problem, drains)
    assert answer.node.tolist() == [2, 0, 2]
    assert [(outcome.after, outcome.bound) for outcome in answer.outcomes] == [(1, 1), (0, 0)]


def test_a_spent_budget_leaves_all_where_they_are():
    problem = problem_of([host('a'), host('b')], [instance('vm', 'a')])
    assert drain(problem, 0, budget=Budget(is_spent=lambda: True))[0] == [0]


def test_limits_hold():
    problem = problem_of([host('a'), host('b')], [instance(f'vm{row}', 'a') for row in range(5)])
    placed, outcome = drain(problem, 0, limits=Limits(servers=2))
    assert (placed.count(1), outcome.after) == (2, 3)


def test_progress_ends_with_all_of_it():
    told = []
    problem = problem_of([host('a'), host('b')], [instance('vm', 'a')])
    drain(problem, 0, budget=Budget(tell=lambda message, share: told.append((message, share))))
    assert told[-1] == ('0 servers stay', 1.0)


@given(documents(max_hosts=3, max_instances=5), st.integers(1, 6))
def test_no_legal_placement_empties_more_than_the_bound_allows(doc, chosen):
    problem = allocation_problem(read(doc).cluster)
    nodes = np.array([chosen >> row & 1 for row in range(len(problem.room))], dtype=bool)
    answer = solve(problem, [Drain(nodes)])
    outcome = answer.outcomes[0]
    assert is_legal(problem, answer.node)
    left = [int(nodes[node].sum()) for node in legal_placements(problem)]
    assert outcome.bound <= min(left, default=0) <= outcome.after == int(nodes[answer.node].sum())


@given(documents(), st.integers(1, 62))
def test_others_move_only_when_somebody_takes_their_place(doc, chosen):
    problem = allocation_problem(read(doc).cluster)
    nodes = np.array([chosen >> row & 1 for row in range(len(problem.room))], dtype=bool)
    placed = solve(problem, [Drain(nodes)]).node
    moved = placed != problem.node
    made_way = set(problem.node[moved & ~nodes[problem.node]].tolist())
    assert made_way <= set(placed[moved & nodes[problem.node]].tolist())
    assert not nodes[placed[moved]].any()
