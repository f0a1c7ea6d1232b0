# SPDX-License-Identifier: Apache-2.0
"""The moves that gain most for their number come first, and each comes after what it waits for."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.planned import deeds_of
from tests.core.strategies.every import decide, params_for
from tests.core.strategies.test_laws import every_strategy
from watcher_py.core import worth
from watcher_py.core.course import course_of
from watcher_py.core.document import read
from watcher_py.core.omission import Leg, fallen
from watcher_py.core.solve.terms import Drain, Pack
from watcher_py.core.worth import ranked, worth_first

# Two servers on a, one on b, none on c but d's guests to come.
CLUSTER = read(document([host(name) for name in 'abcd'],
                        [instance('a1', 'a'), instance('a2', 'a'), instance('b1', 'b'), instance('d1', 'd')]))
LEGS = {0: Leg(0, 0, 3), 1: Leg(2, 1, 3), 2: Leg(1, 0, 3)}
FREE = ((), (), ())


def test_what_empties_a_node_with_fewest_moves_comes_first():
    assert worth_first(Pack(), CLUSTER.problem, LEGS, FREE) == [1, 0, 2]


def test_what_is_waited_for_comes_along():
    assert worth_first(Pack(), CLUSTER.problem, LEGS, ((), (0,), ())) == [0, 2, 1]


def test_what_waits_for_something_that_is_no_move_waits_for_what_that_waits_for():
    # The second deed switches something on; the third is the move.
    legs = {0: LEGS[0], 2: LEGS[1]}
    assert worth_first(Pack(), CLUSTER.problem, legs, ((), (0,), (1,))) == [0, 2]


def test_where_no_node_is_to_be_emptied_each_move_counts_by_itself():
    term = Drain(np.array([False, True, False, False]))
    assert worth_first(term, CLUSTER.problem, LEGS, FREE) == [1, 0, 2]


def test_a_plan_of_very_many_parts_keeps_its_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worth, 'MOST_PARTS', 1)
    assert worth_first(Pack(), CLUSTER.problem, LEGS, FREE) == [0, 1, 2]


def test_a_plan_without_moves_has_no_order():
    assert worth_first(Pack(), CLUSTER.problem, {}, ()) == []


@every_strategy
@settings(max_examples=15)
@given(doc=documents(), kept=st.integers(0, 6))
def test_the_first_moves_can_be_made_without_the_others(strategy, doc, kept):
    assume(doc['hosts'])
    snapshot = read(doc)
    plan = decide(strategy, snapshot)[1]
    stated = strategy.stated(snapshot, params_for(strategy, snapshot))
    deeds = deeds_of(plan)
    course = course_of(snapshot.cluster, stated, None, deeds)
    order = ranked(stated, None, course.made, [action.parents for action in plan.actions])
    assert sorted(move.place for move in order) == sorted(course.made)
    assert not order or order[-1].value == pytest.approx(course.end)
    falls = fallen(snapshot.cluster, deeds, {move.place for move in order[kept:]})
    assert not falls.keys() & course.made.keys()
