# SPDX-License-Identifier: Apache-2.0
"""Walking a graph keeps its order, its bounds, and stops behind failures."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Barrier, Lock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from watcher_py.applier.walk import Lanes, walk
from watcher_py.core.errors import Invalid


@dataclass
class Diary:
    """Runs deeds that fail as told, and writes down what happened."""

    failing: set[int] = field(default_factory=set)
    started: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    known_at_start: dict[int, set[int]] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    busy: Counter = field(default_factory=Counter)
    busiest: Counter = field(default_factory=Counter)
    places: dict[int, list[str]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def run(self, deed):
        touched = {'all', *self.places.get(deed, [])}
        with self.lock:
            self.started.append(deed)
            self.known_at_start[deed] = set(self.ended)
            self.busy.update(touched)
            self.busiest |= self.busy
        with self.lock:
            self.busy.subtract(touched)
            self.ended.append(deed)
        return deed not in self.failing

    def drop(self, deed, cause):
        self.dropped[deed] = cause

    def walk(self, parents, lanes):
        walk(parents, lambda deed: self.places.get(deed, []), lanes, self.run, self.drop)


@some.composite
def graphs(draw):
    """Deeds with earlier ones as parents, some of which fail, at some places."""
    size = draw(some.integers(0, 14))
    parents = {deed: draw(some.sets(some.integers(0, deed - 1), max_size=3)) if deed else set()
               for deed in range(size)}
    failing = draw(some.sets(some.integers(0, size - 1))) if size else set()
    places = {deed: draw(some.lists(some.sampled_from('abc'), max_size=2, unique=True)) for deed in parents}
    return parents, failing, places


def ancestors(parents, deed):
    found = set(parents[deed])
    for one in parents[deed]:
        found |= ancestors(parents, one)
    return found


@settings(deadline=None, max_examples=200)
@given(graphs(), some.integers(1, 4), some.integers(1, 2))
def test_whatever_the_graph_each_deed_runs_once_after_its_parents_and_none_after_a_failure(
        graph, in_all, per_place):
    parents, failing, places = graph
    diary = Diary(failing, places=places)
    diary.walk(parents, Lanes(in_all, per_place))
    doomed = {deed for deed in parents if ancestors(parents, deed) & failing}
    assert sorted(diary.started) == sorted(set(parents) - doomed)
    assert set(diary.dropped) == doomed
    for deed in diary.started:
        assert parents[deed] <= diary.known_at_start[deed]
    for deed, cause in diary.dropped.items():
        assert cause in ancestors(parents, deed) & failing - doomed
    assert diary.busiest.pop('all', 0) <= in_all
    assert all(most <= per_place for most in diary.busiest.values())


def test_deeds_that_do_not_depend_on_each_other_run_side_by_side():
    together = Barrier(3, timeout=30)
    walk(dict.fromkeys(range(3), ()), lambda deed: (), Lanes(3, 1),
         lambda deed: together.wait() >= 0, lambda *_: None)


def test_what_waits_for_a_busy_place_lets_others_go_first():
    together = Barrier(2, timeout=30)
    places = {0: ['a'], 1: ['a'], 2: ['b']}
    met = []

    def run(deed):
        if deed != 1:
            together.wait()
        met.append(deed)
        return True

    walk(dict.fromkeys(range(3), ()), places.get, Lanes(3, 1), run, lambda *_: None)
    # 0 could only end because 2 was let past 1.
    assert sorted(met) == [0, 1, 2]


def test_of_several_that_may_start_the_first_of_the_plan_starts():
    diary = Diary()
    diary.walk({3: (), 1: (), 2: (3,), 0: ()}, Lanes(1, 1))
    assert diary.started == [3, 1, 2, 0]


def test_a_deed_whose_parent_failed_is_dropped_with_the_failed_one_named():
    diary = Diary(failing={0})
    diary.walk({0: (), 1: (0,), 2: (1,), 3: ()}, Lanes(2, 2))
    assert diary.dropped == {1: 0, 2: 0}
    assert sorted(diary.started) == [0, 3]


def test_an_error_ends_the_walk_and_nothing_new_starts():
    started = []

    def run(deed):
        started.append(deed)
        raise RuntimeError('ours')

    with pytest.raises(RuntimeError, match='ours'):
        walk({0: (), 1: (), 2: (0,)}, lambda deed: (), Lanes(1, 1), run, lambda *_: None)
    assert started == [0]


def test_a_circle_is_refused_before_anything_runs():
    diary = Diary()
    with pytest.raises(Invalid, match='circle'):
        diary.walk({0: (), 1: (2,), 2: (1,)}, Lanes(1, 1))
    assert diary.started == []


def test_a_parent_that_is_not_there_is_refused():
    with pytest.raises(Invalid, match='1 waits for 7, which is not there'):
        Diary().walk({1: (7,)}, Lanes(1, 1))
