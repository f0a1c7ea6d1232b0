# SPDX-License-Identifier: Apache-2.0
"""Emptying as many nodes as can be."""

import numpy as np
import pytest
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.load import with_load
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.bounds import fewest_active_bound, least_memory_moved, most_freed
from watcher_py.core.solve.pack import improve
from watcher_py.core.solve.terms import Pack
from watcher_py.core.whatif import WhatIf
from watcher_py.sim.generator import generate


def problem_of(doc):
    return allocation_problem(read(doc).cluster)


def packed(problem, limits=NO_LIMITS, budget=UNLIMITED):
    trial = WhatIf(problem, limits)
    return trial, improve(trial, Pack(), budget)


def memory_moved(trial):
    return trial.problem.demand[trial.node != trial.problem.node, 1].sum()


def test_two_half_empty_nodes_become_one_and_the_other_is_closed():
    trial, outcome = packed(problem_of(document(
        [host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')])))
    assert trial.node.tolist() == [1, 1, 1]
    assert trial.open.tolist() == [False, True]
    assert (outcome.before, outcome.after, outcome.bound) == (2, 1, 1)


def test_a_node_that_can_not_be_emptied_keeps_all_its_servers():
    doc = document([host('a'), host('b'), host('c')],
                   [instance('vm', 'a', vcpus=7), instance('vm2', 'a', vcpus=6),
                    instance('other', 'b', vcpus=8), instance('kept', 'b', vcpus=1, locked=True),
                    instance('small', 'c', vcpus=1)])
    # b has room for one of a's servers, but half an emptied node is worth nothing.
    trial, outcome = packed(problem_of(doc))
    assert trial.node[:4].tolist() == [0, 0, 1, 1]
    assert outcome.after == outcome.bound == 2


def test_an_empty_node_is_taken_into_use_for_several_others():
    doc = document([host('large', vcpus=64), *(host(f'h{row}') for row in range(4))],
                   [instance(f'vm{row}', f'h{row}', vcpus=12) for row in range(4)])
    assert packed(problem_of(doc))[0].node.tolist() == [0, 0, 0, 0]


def test_nothing_moves_where_no_node_can_be_freed():
    doc = document([host('a'), host('b')], [instance('vm', 'a', vcpus=9), instance('vm2', 'b', vcpus=9)])
    trial, outcome = packed(problem_of(doc))
    assert trial.node.tolist() == [0, 1]
    assert (outcome.after, outcome.bound) == (2, 2)


def test_a_closed_node_takes_nobody():
    problem = problem_of(document([host('a'), host('b'), host('c')],
                                  [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')]))
    trial = WhatIf(problem)
    trial.open[:] = [True, False, False]
    improve(trial, Pack(), UNLIMITED)
    assert trial.node.tolist() == [0, 0, 0]


def test_a_budget_that_is_spent_leaves_a_legal_plan_of_whole_nodes():
    problem = problem_of(generate(hosts=30, servers=300, seed=1))
    for asked in (0, 3, 30):
        answers = iter([False] * asked)
        trial, outcome = packed(problem, budget=Budget(is_spent=lambda answers=answers: next(answers, True)))
        assert is_legal(problem, trial.node)
        assert outcome.after <= outcome.before
        if not asked:
            assert (trial.node == problem.node).all()


def test_progress_is_told_up_to_the_end():
    told = []
    problem = problem_of(document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b')]))
    packed(problem, budget=Budget(tell=lambda message, share: told.append((message, share))))
    assert told[-1] == ('1 active nodes', 1.0)


@given(documents())
def test_any_packing_is_legal_and_not_worse_than_none(doc):
    snapshot = read(doc)
    problem = with_load(allocation_problem(snapshot.cluster), snapshot, 0.2)
    memory = problem.demand[:, 1].sum()
    for limits in (NO_LIMITS, Limits(servers=3), Limits(memory=memory / 4), Limits(per_node=2),
                   Limits(per_group=1)):
        trial, outcome = packed(problem, limits)
        moved = np.flatnonzero(trial.node != problem.node)
        assert is_legal(problem, trial.node)
        assert outcome.bound <= outcome.after == len(set(trial.node.tolist())) <= outcome.before
        assert outcome.after < outcome.before or not len(moved)
        assert len(moved) <= limits.servers
        assert memory_moved(trial) <= limits.memory
        ends = np.concatenate([problem.node[moved], trial.node[moved]])
        assert np.bincount(ends).max(initial=0) <= limits.per_node


@pytest.mark.parametrize('seed', range(1, 4))
def test_a_plan_within_a_memory_budget_frees_as_many_nodes_as_the_bound_allows(seed):
    problem = problem_of(generate(hosts=60, servers=600, seed=seed))
    memory = problem.demand[:, 1].sum()
    for share in (0.05, 0.1, 0.25):
        trial, outcome = packed(problem, Limits(memory=share * memory))
        assert memory_moved(trial) <= share * memory
        assert outcome.before - outcome.after == most_freed(problem, share)


@pytest.mark.parametrize('seed', range(1, 4))
def test_unlimited_plans_come_close_to_the_bound_and_move_little_more_than_they_must(seed):
    problem = problem_of(generate(hosts=120, servers=1200, seed=seed))
    trial, outcome = packed(problem)
    assert outcome.after <= outcome.bound + 2
    assert outcome.bound >= fewest_active_bound(problem)
    freed = outcome.before - outcome.after
    assert memory_moved(trial) <= 1.1 * least_memory_moved(problem, freed)
