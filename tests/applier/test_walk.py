# SPDX-License-Identifier: Apache-2.0
"""Walking a graph keeps its order, its bounds, and stops behind failures."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Barrier, Event, Lock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from watcher_py.applier.lanes import Kind, Lanes, at_hosts, at_pools
from watcher_py.applier.walk import Result, walk
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
    of_pools: set[int] = field(default_factory=set)         # deeds whose places are pools
    later: Counter = field(default_factory=Counter)         # how often a deed is put off before it runs
    lock: Lock = field(default_factory=Lock)

    def run(self, deed):
        with self.lock:
            self.later[deed] -= 1
            if self.later[deed] >= 0:
                return Result.LATER
        touched = ['all', *self.roads(deed)]
        with self.lock:
            self.started.append(deed)
            self.known_at_start[deed] = set(self.ended)
            self.busy.update(touched)
            self.busiest |= self.busy
        with self.lock:
            self.busy.subtract(touched)
            self.ended.append(deed)
        return Result.FAILED if deed in self.failing else Result.DONE

    def drop(self, deed, cause):
        self.dropped[deed] = cause

    def roads(self, deed):
        places = self.places.get(deed, [])
        return at_pools(places) if deed in self.of_pools else at_hosts(places)

    def walk(self, parents, lanes, **more):
        walk(parents, self.roads, lanes, self.run, self.drop, tick=0.001, **more)


@some.composite
def graphs(draw):
    """Deeds with earlier ones as parents, some of which fail, at some places."""
    size = draw(some.integers(0, 14))
    parents = {deed: draw(some.sets(some.integers(0, deed - 1), max_size=3)) if deed else set()
               for deed in range(size)}
    failing = draw(some.sets(some.integers(0, size - 1))) if size else set()
    places = {deed: draw(some.lists(some.sampled_from('abc'), max_size=2, unique=True)) for deed in parents}
    later = Counter(draw(some.dictionaries(some.integers(0, 13), some.integers(1, 2), max_size=3)))
    return parents, failing, places, later


def ancestors(parents, deed):
    found = set(parents[deed])
    for one in parents[deed]:
        found |= ancestors(parents, one)
    return found


@settings(deadline=None, max_examples=200)
@given(graphs(), some.integers(1, 4), *[some.integers(1, 2)] * 3, some.sets(some.integers(0, 13)))
def test_whatever_the_graph_each_deed_runs_once_after_its_parents_and_none_after_a_failure(
        graph, in_all, per_host, per_link, per_pool, of_pools):
    parents, failing, places, later = graph
    diary = Diary(failing, places=places, of_pools=of_pools, later=later)
    diary.walk(parents, Lanes(in_all, per_host, per_link, per_pool))
    doomed = {deed for deed in parents if ancestors(parents, deed) & failing}
    assert sorted(diary.started) == sorted(set(parents) - doomed)
    assert set(diary.dropped) == doomed
    for deed in diary.started:
        assert parents[deed] <= diary.known_at_start[deed]
    for deed, cause in diary.dropped.items():
        assert cause in ancestors(parents, deed) & failing - doomed
    assert diary.busiest.pop('all', 0) <= in_all
    limits = {Kind.HOST: per_host, Kind.LINK: per_link, Kind.POOL: per_pool}
    for road, most in diary.busiest.items():
        assert most <= limits[road.kind]


@given(graphs(), some.data())
def test_a_walk_can_be_broken_off_anywhere_and_gone_on_with(graph, data):
    parents, failing, places, later = graph
    first = Diary(failing, places=places, later=later)
    most = data.draw(some.integers(0, len(parents)))
    first.walk(parents, Lanes(2, 2), may_begin=lambda: len(first.started) < most)
    torn = set(data.draw(some.permutations(first.ended)))
    torn = set(sorted(torn)[:data.draw(some.integers(0, len(torn)))])
    # Those that were torn have all their parents behind them, as has what never began.
    torn = {deed for deed in torn if not any(deed in parents[one] for one in first.ended)}
    settled = {deed: Result.FAILED if deed in failing else Result.DONE
               for deed in first.ended if deed not in torn}
    settled |= dict.fromkeys(first.dropped, Result.FAILED)
    second = Diary(failing, places=places)
    second.walk(parents, Lanes(2, 2), settled=settled, begun=torn)
    assert sorted([*second.started, *settled]) == sorted(set(parents) - set(second.dropped))
    assert {deed for deed in parents if ancestors(parents, deed) & failing} == {*first.dropped,
                                                                               *second.dropped}


def test_what_was_begun_runs_at_once_whatever_the_lanes_even_when_nothing_else_begins():
    diary, together = Diary(), Barrier(3, timeout=30)

    def run(deed):
        together.wait()
        return diary.run(deed)

    walk(dict.fromkeys(range(4), ()), lambda deed: at_hosts(['a']), Lanes(1, 1), run, diary.drop,
         begun=[1, 2, 3], may_begin=lambda: False)
    assert sorted(diary.started) == [1, 2, 3]


def test_what_waits_to_begin_is_in_nobody_s_way():
    tried, ended = Counter(), []

    def run(deed):
        tried[deed] += 1
        if deed < 3 and len(ended) < 2:
            return Result.LATER
        ended.append(deed)
        return Result.DONE

    walk(dict.fromkeys(range(5), ()), lambda deed: at_hosts(['a']), Lanes(1, 1), run, lambda *_: None,
         tick=0.001)
    assert sorted(ended) == [0, 1, 2, 3, 4]
    assert set(ended[:2]) == {3, 4}


def test_only_so_many_are_asked_whether_they_may_begin():
    tried, is_open = Counter(), []

    def run(deed):
        tried[deed] += 1
        if not is_open and sum(tried.values()) < 50:
            return Result.LATER
        is_open.append(True)
        return Result.DONE

    walk(dict.fromkeys(range(1000), ()), lambda deed: (), Lanes(1, 1), run, lambda *_: None, tick=0.001)
    assert len(tried) == 1000
    assert len([deed for deed, times in tried.items() if times > 1]) <= 5


def test_a_deed_that_goes_elsewhere_queues_for_the_room_there():
    places, log = {0: ['a'], 1: ['b']}, []
    is_at_b, may_end = Event(), Event()

    def run(deed):
        if deed == 1 and places[1] == ['b']:
            places[1] = ['a']
            is_at_b.set()
            return Result.AGAIN
        log.append(deed)
        if deed == 0:
            assert is_at_b.wait(30)
            # 1 is back in the queue now, and finds no room as long as this runs.
            may_end.wait(0.05)
            assert log == [0]
        return Result.DONE

    walk({0: (), 1: ()}, lambda deed: at_hosts(places[deed]), Lanes(2, 1), run, lambda *_: None)
    assert log == [0, 1]


def test_between_the_same_two_places_fewer_go_at_once():
    places = {0: ['a', 'b'], 1: ['b', 'a'], 2: ['a', 'c']}
    diary = Diary(places=places)
    diary.walk(dict.fromkeys(range(3), ()), Lanes(3, 3, 1))
    link, = (road for road in at_hosts(['a', 'b']) if road.kind is Kind.LINK)
    assert diary.busiest[link] == 1


def test_between_two_pools_only_the_pools_limit():
    together = Barrier(3, timeout=30)
    walk(dict.fromkeys(range(3), ()), lambda deed: at_pools(['a', 'b']), Lanes(3, 1, 1, 3),
         lambda deed: Result.DONE if together.wait() >= 0 else Result.FAILED, lambda *_: None)


def test_deeds_that_do_not_depend_on_each_other_run_side_by_side():
    together = Barrier(3, timeout=30)
    walk(dict.fromkeys(range(3), ()), lambda deed: (), Lanes(3, 1),
         lambda deed: Result.DONE if together.wait() >= 0 else Result.FAILED, lambda *_: None)


def test_what_waits_for_a_busy_place_lets_others_go_first():
    together = Barrier(2, timeout=30)
    places = {0: ['a'], 1: ['a'], 2: ['b']}
    met = []

    def run(deed):
        if deed != 1:
            together.wait()
        met.append(deed)
        return Result.DONE

    walk(dict.fromkeys(range(3), ()), lambda deed: at_hosts(places[deed]), Lanes(3, 1), run, lambda *_: None)
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
