# SPDX-License-Identifier: Apache-2.0
"""The course of a plan begins where the cloud is, and ends where the plan promised."""

import pytest
from hypothesis import assume, given, settings

from tests.core.clusters import document, documents, host, instance
from tests.core.planned import deeds_of
from tests.core.strategies.every import decide, params_for
from tests.core.strategies.test_laws import every_strategy
from watcher_py.core import course as courses
from watcher_py.core.course import course_of
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed
from watcher_py.core.explain.evidence import ends
from watcher_py.core.solve.terms import MakeRoom, Pack
from watcher_py.core.strategy import Stated

# Three servers come to one host, one after the other.
CROWD = document([host(name) for name in 'abcd'], [instance(f'on-{name}', name) for name in 'abcd'])
FEW_NODES = (Pack(),)
MOVES = [Deed('migrate', {'resource_id': f'on-{name}', 'source_node': name, 'destination_node': 'd'})
         for name in 'abc']


def course(*omitted, steps=None, terms=FEW_NODES, objective=None, deeds=MOVES):
    snapshot = read(CROWD)
    return course_of(snapshot.cluster, Stated(snapshot.problem, terms), objective, deeds, set(omitted), steps)


def test_the_value_is_told_after_each_move():
    told = course()
    assert (told.objective, told.start, told.end) == ('active nodes', 4, 1)
    assert told.values == {0: 3, 1: 2, 2: 1}
    assert told.in_use == [3, 2, 1]
    assert told.node.tolist() == [3, 3, 3, 3]


def test_what_is_left_out_changes_nothing():
    told = course(1)
    assert (told.start, told.end, told.values, told.in_use) == (4, 2, {0: 3, 2: 2}, [3, 3, 2])
    assert told.node.tolist() == [3, 1, 3, 3]


@pytest.mark.parametrize(('steps', 'node'), [(0, [0, 1, 2, 3]), (2, [3, 3, 2, 3]), (3, [3, 3, 3, 3])])
def test_the_placement_is_that_after_so_many_steps(steps, node):
    assert course(steps=steps).node.tolist() == node
    assert course(steps=steps).end == 1


def test_a_plan_of_another_aim_is_told_by_the_nodes_in_use():
    assert course(terms=()).objective == 'active nodes'
    assert course(terms=(MakeRoom(None, None, None),)).end == 1


def test_a_plan_without_actions_ends_where_it_begins():
    told = course(deeds=[])
    assert (told.start, told.end, told.values, told.in_use) == (4, 4, {}, [])


def test_of_a_long_plan_some_values_are_told_and_the_last_one(monkeypatch):
    monkeypatch.setattr(courses, 'ALL', 2)
    monkeypatch.setattr(courses, 'SAMPLES', 2)
    assert course().values == {0: 3, 2: 1}


@every_strategy
@settings(max_examples=15)
@given(doc=documents())
def test_a_course_ends_as_was_promised(strategy, doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    solution, plan = decide(strategy, snapshot)
    stated = strategy.stated(snapshot, params_for(strategy, snapshot))
    objective = solution.outcome.objective if solution.outcome else None
    told = course_of(snapshot.cluster, stated, objective, deeds_of(plan))
    assert told.fallen == {}
    assert told.node.tolist() == ends(snapshot.cluster, (action.change for action in plan.actions)).tolist()
    if told.objective == objective and not plan.left_out:
        promised = solution.outcome.before, solution.outcome.after
        assert (told.start, told.end) == pytest.approx(promised, abs=1e-9)
