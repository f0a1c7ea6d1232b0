# SPDX-License-Identifier: Apache-2.0
"""Nodes alike and servers alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.alike import kinds_of, mask_of_nodes, number_alike, takes_of


def problem_of(hosts, instances):
    return allocation_problem(read(document(hosts, instances)).cluster)


@given(st.lists(st.tuples(st.integers(-3, 3), st.sampled_from((0.5, 1.5, -1e9)), st.booleans()), max_size=12))
def test_rows_have_the_same_number_if_they_are_the_same(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0)]
    numbers = number_alike(*columns).tolist()
    assert sorted(set(numbers)) == list(range(len(set(rows))))
    assert len(set(zip(numbers, rows, strict=True))) == len(set(rows))


def test_many_columns_of_many_values_are_told_apart():
    values = np.arange(3000)
    columns = [values // 2, *[values] * 7]
    assert number_alike(*columns).tolist() == values.tolist()


def test_a_kind_shares_rules_and_needs_and_stuck_servers_have_none():
    problem = problem_of([host('a'), host('b')], [
        instance('vm', 'a'), instance('alike', 'b'), instance('larger', 'a', vcpus=3),
        instance('pinned', 'a', pinned_zone='az-1'), instance('locked', 'a', locked=True)])
    # Both nodes are in az-1, so the pin forbids nothing.
    kinds = kinds_of(problem)
    assert kinds.of_server[0] == kinds.of_server[1] != kinds.of_server[2]
    assert kinds.of_server[4] == -1
    assert kinds.count.sum() == 4
    assert kinds.demand[kinds.of_server[2]].tolist() == problem.demand[2].tolist()


def test_nodes_that_take_the_same_servers_are_alike():
    problem = problem_of(
        [host('a'), host('b', vcpus=4), host('c', zone='az-2'), host('off', status='disabled')],
        [instance('vm', 'a'), instance('pinned', 'c', pinned_zone='az-2')])
    first, second, other, off = mask_of_nodes(problem).tolist()
    assert first == second
    assert len({first, other, off}) == 3


def test_a_group_takes_a_kind_if_one_of_its_nodes_is_large_enough_and_may():
    problem = problem_of([host('a', vcpus=2), host('b', vcpus=4), host('c', vcpus=8)],
                         [instance('vm', 'c', vcpus=4), instance('giant', 'c', vcpus=6)])
    kinds = kinds_of(problem)
    takes = takes_of(problem, kinds, np.array([0, 0, 1]))
    assert takes[kinds.of_server].tolist() == [[True, True], [False, True]]
    takes = takes_of(problem, kinds, np.array([0, 1, 1]))
    assert takes[kinds.of_server].tolist() == [[False, True], [False, True]]
