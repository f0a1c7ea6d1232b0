# SPDX-License-Identifier: Apache-2.0
"""Repairing what is wrong, and nothing else."""

import numpy as np
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal, legal_placements
from watcher_py.core.budget import Budget
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.faults import faults_of
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import Repair

HOSTS = [host('a'), host('b'), host('c')]


def problem_of(hosts, instances, **lists):
    return allocation_problem(read(document(hosts, instances, **lists)).cluster)


def repair(problem, *misplaced, **options):
    rows = np.isin(np.arange(len(problem.node)), misplaced)
    answer = solve(problem, [Repair(rows)], **options)
    return answer.node.tolist(), answer.outcomes[0]


def figures(outcome):
    return outcome.before, outcome.after, outcome.bound


def test_where_nothing_is_wrong_nothing_moves():
    problem = problem_of(HOSTS, [instance(f'vm{row}', 'a') for row in range(8)])
    placed, outcome = repair(problem)
    assert placed == [0] * 8
    assert figures(outcome) == (0, 0, 0)


def test_a_crowd_is_parted_by_moving_only_those_that_are_too_many():
    problem = problem_of(HOSTS, [instance('g1', 'a', ram_mb=4096), instance('g2', 'a'),
                                 instance('g3', 'a', ram_mb=1024), instance('vm', 'a')],
                         server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['g1', 'g2', 'g3'],
                                         'rules': {'max_server_per_host': 2}}])
    placed, outcome = repair(problem)
    assert [row for row, node in enumerate(placed) if node != 0] == [2]
    assert figures(outcome) == (1, 0, 0)


def test_members_that_can_not_leave_are_the_bound():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['g0', 'g1', 'g2']}
    problem = problem_of(HOSTS, [instance(f'g{row}', 'a', locked=row < 2) for row in range(3)],
                         server_groups=[group])
    placed, outcome = repair(problem)
    assert placed[:2] == [0, 0]
    assert figures(outcome) == (2, 1, 1)


def test_an_overloaded_node_is_relieved_by_the_least_memory_that_is_enough():
    problem = problem_of(HOSTS, [
        instance('large', 'a', vcpus=10, ram_mb=32768), instance('right', 'a', vcpus=4, ram_mb=4096),
        instance('more', 'a', vcpus=5, ram_mb=8192), instance('small', 'a', vcpus=1, ram_mb=512)])
    placed, outcome = repair(problem)
    assert placed == [0, 1, 0, 0]
    assert figures(outcome) == (1, 0, 0)


def test_as_few_as_possible_leave_when_one_is_not_enough():
    problem = problem_of([host('a', vcpus=8), host('b')], [
        instance('small', 'a', vcpus=1), instance('vm', 'a', vcpus=4), instance('vm2', 'a', vcpus=4),
        instance('vm3', 'a', vcpus=4), instance('small2', 'a', vcpus=2)])
    placed, outcome = repair(problem)
    assert sum(node == 1 for node in placed) == 2
    assert figures(outcome) == (1, 0, 0)


def test_others_make_way_for_what_relieves_a_node():
    problem = problem_of([host('a'), host('b'), host('c', vcpus=8)], [
        instance('vm', 'a', vcpus=10), instance('vm2', 'a', vcpus=10),
        instance('b1', 'b', vcpus=6), instance('b2', 'b', vcpus=4)])
    placed, outcome = repair(problem)
    assert sorted(placed) == [0, 1, 1, 2]
    assert figures(outcome) == (1, 0, 0)


def test_a_node_that_stays_overloaded_keeps_all_its_servers():
    problem = problem_of([host('a', vcpus=8), host('b')], [
        instance('stuck', 'a', vcpus=9, locked=True), instance('vm', 'a')])
    placed, outcome = repair(problem)
    assert placed == [0, 0]
    assert figures(outcome) == (1, 1, 1)


def test_what_is_held_besides_servers_is_no_fault_of_theirs():
    problem = problem_of([host('a', held={'vcpus': 20}), host('b')], [instance('vm', 'a', vcpus=0)])
    assert figures(repair(problem)[1]) == (0, 0, 0)


def test_a_misplaced_server_goes_where_it_may_be_and_others_make_way():
    problem = problem_of([host('a'), host('b', zone='az-2'), host('c')], [
        instance('vm', 'a', vcpus=12, pinned_zone='az-2'), instance('other', 'b', vcpus=8)])
    placed, outcome = repair(problem, 0)
    assert placed == [1, 2]
    assert figures(outcome) == (1, 0, 0)


def test_a_server_whose_leaving_repairs_two_faults_moves_alone():
    problem = problem_of([host('a', vcpus=8), host('b', zone='az-2')], [
        instance('vm', 'a', vcpus=4, pinned_zone='az-2'), instance('other', 'a', vcpus=6)])
    placed, outcome = repair(problem, 0)
    assert placed == [1, 0]
    assert figures(outcome) == (2, 0, 0)


def test_a_spent_budget_leaves_all_as_it_is():
    problem = problem_of([host('a', vcpus=4), host('b')], [instance(f'vm{row}', 'a') for row in range(3)])
    placed, outcome = repair(problem, 0, budget=Budget(is_spent=lambda: True))
    assert placed == [0, 0, 0]
    assert figures(outcome) == (2, 2, 0)


def misplaced_in(problem):
    """Servers on nodes that take others, but not them."""
    takes = problem.rules.takes
    return (takes.any(axis=0) & ~takes[problem.rules.class_of])[np.arange(len(problem.node)), problem.node]


@given(documents(max_hosts=3, max_instances=5))
def test_no_legal_placement_repairs_more_than_the_bound_allows(doc):
    problem = allocation_problem(read(doc).cluster)
    misplaced = misplaced_in(problem)
    answer = solve(problem, [Repair(misplaced)])
    outcome = answer.outcomes[0]
    assert is_legal(problem, answer.node)
    fewest = min(faults_of(problem, misplaced, node).count() for node in legal_placements(problem))
    assert outcome.bound <= fewest <= outcome.after <= outcome.before


@given(documents())
def test_repairing_twice_is_repairing_once(doc):
    cluster = read(doc).cluster
    problem = allocation_problem(cluster)
    first = solve(problem, [Repair(misplaced_in(problem))])
    again = allocation_problem(cluster.placed(first.node))
    if first.outcomes[0].after == 0:
        assert solve(again, [Repair(misplaced_in(again))]).node.tolist() == first.node.tolist()
