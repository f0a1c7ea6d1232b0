# SPDX-License-Identifier: Apache-2.0
"""Gathering room for servers to come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal, legal_placements
from watcher_py.core.budget import Budget
from watcher_py.core.document import read
from watcher_py.core.problem import SLACK, allocation_problem
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Drain, MakeRoom


def problem_of(hosts, instances):
    return allocation_problem(read(document(hosts, instances)).cluster)


def wanted(problem, *kinds, takes=None):
    """Kinds as (vCPUs, count)."""
    demand = np.zeros((len(kinds), problem.demand.shape[1]))
    demand[:, :2] = [(vcpus, 1024.0) for vcpus, _ in kinds]
    everywhere = problem.rules.takes.any(axis=0) | (len(problem.rules.takes) == 0)
    return MakeRoom(demand, np.array([count for _, count in kinds]),
                    np.tile(everywhere if takes is None else takes, (len(kinds), 1)))


def make_room(problem, *kinds, takes=None, **options):
    answer = solve(problem, [wanted(problem, *kinds, takes=takes)], **options)
    outcome = answer.outcomes[0]
    return answer.node.tolist(), (outcome.before, outcome.after, outcome.bound)


HALVES = [host('a'), host('b'), host('c')], [instance(f'vm{row}', 'abc'[row], vcpus=8) for row in range(3)]


def test_where_there_is_room_nothing_moves():
    assert make_room(problem_of(*HALVES), (8, 3)) == ([0, 1, 2], (0, 0, 0))


def test_one_move_empties_a_node():
    placed, figures = make_room(problem_of(*HALVES), (16, 1))
    assert sum(now != was for was, now in enumerate(placed)) == 1
    assert figures == (1, 0, 0)


def test_more_than_there_is_room_for_is_proven():
    # 24 vCPUs are free, so a second one of 16 never fits.
    assert make_room(problem_of(*HALVES), (16, 2))[1] == (2, 1, 1)


def test_kinds_find_room_at_the_same_time_the_largest_first():
    placed, figures = make_room(problem_of(*HALVES), (4, 2), (16, 1))
    assert figures == (1, 0, 0)
    assert len(set(placed)) == 2
    # The large one fills b; first come, the small ones would have taken from both.
    assert make_room(problem_of([host('a', vcpus=20), host('b')], []), (5, 4), (16, 1))[1] == (0, 0, 0)


def test_only_nodes_that_may_take_them_count():
    placed, figures = make_room(problem_of(*HALVES), (16, 1), takes=np.array([False, True, False]))
    assert 1 not in placed
    assert figures == (1, 0, 0)
    assert make_room(problem_of(*HALVES), (16, 1), takes=np.zeros(3, dtype=bool))[1] == (1, 1, 1)


def test_no_node_is_large_enough_for_some():
    assert make_room(problem_of([host('a'), host('b')], []), (20, 3)) == ([], (3, 3, 3))
    # However much it is overcommitted in all.
    assert make_room(problem_of([host('a', vcpus=8, cpu_ratio=4.0)], []), (12, 1)) == ([], (1, 1, 1))


def test_what_is_solved_after_leaves_the_room_free():
    problem = problem_of([host('a'), host('b'), host('c')], [
        instance('vm', 'a', vcpus=10), instance('other', 'b', vcpus=4)])
    empty_a = Drain(np.array([True, False, False]))
    assert solve(problem, [empty_a]).node.tolist() == [2, 1]
    takes = np.array([False, False, True])
    answer = solve(problem, [wanted(problem, (12, 1), takes=takes), empty_a])
    assert answer.node.tolist() == [1, 1]


def test_a_spent_budget_moves_nobody():
    spent = Budget(is_spent=lambda: True)
    assert make_room(problem_of(*HALVES), (16, 1), budget=spent) == ([0, 1, 2], (1, 1, 0))


@pytest.mark.parametrize('count', [1, 5])
def test_an_empty_cluster_has_no_room(count):
    problem = problem_of([], [])
    assert make_room(problem, (1, count))[1] == (count, count, count)


def seats(problem, term, node):
    """The most servers of one kind that find room in a placement."""
    free = problem.room - problem.used(node)
    demand = term.demand[0]
    hosts = term.takes[0] & (problem.most + SLACK >= demand).all(axis=1)
    each = np.floor(((free + SLACK)[:, demand > 0] / demand[demand > 0]).min(axis=1, initial=np.inf))
    return int(np.maximum(each, 0)[hosts].sum())


@given(documents(max_hosts=3, max_instances=5), st.sampled_from((1, 2, 4, 8)), st.integers(1, 6))
def test_no_legal_placement_has_room_for_more_than_the_bound_allows(doc, vcpus, count):
    problem = allocation_problem(read(doc).cluster)
    term = wanted(problem, (vcpus, count))
    answer = solve(problem, [term])
    outcome = answer.outcomes[0]
    assert is_legal(problem, answer.node)
    most = max((min(count, seats(problem, term, node)) for node in legal_placements(problem)), default=0)
    assert outcome.bound <= count - most <= outcome.after <= outcome.before
    # The promise is kept by the placement itself.
    assert min(count, seats(problem, term, answer.node)) == count - outcome.after
