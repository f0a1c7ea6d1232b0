# SPDX-License-Identifier: Apache-2.0
"""Volumes are chosen so that as little as can be stays above the threshold, for as few GB as that takes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.solve.lots import Levels, Lot
from watcher_py.core.solve.volumes import least_above, level


def levels(over, share=None, room=None):
    size = len(over)
    return Levels(np.array(over, dtype=float), np.array(share or [1.0] * size),
                  np.array(room or [math.inf] * size, dtype=float))


def lots_of(sizes, pools=(1,), source=0, ranks=None):
    return [Lot(source, float(size), ranks[number] if ranks else 0, dict.fromkeys(pools), (number,))
            for number, size in enumerate(sizes)]


def test_a_higher_rank_goes_only_where_the_lower_ones_do_not_do():
    above = levels([100, -500])
    assert level(above, lots_of([100, 150], ranks=[1, 0])) == [(1, 1, None)]
    assert {row for row, _, _ in level(above, lots_of([100, 20, 90], ranks=[1, 1, 0]))} == {1, 2}


def test_alike_volumes_of_a_lot_go_by_number():
    lot = Lot(0, 10.0, 0, {1: None, 2: 'gold'}, (7, 8, 9))
    ways = level(levels([30, -20, -10]), [lot])
    assert sorted(row for row, _, _ in ways) == [7, 8, 9]
    assert sorted((target, new_type) for _, target, new_type in ways) == [(1, None), (1, None), (2, 'gold')]


def test_room_counts_beside_the_threshold():
    assert level(levels([100, -500], room=[0, 50]), lots_of([60])) == []
    assert level(levels([100, -math.inf], room=[0, 60]), lots_of([60])) == [(0, 1, None)]


def test_where_only_a_share_comes_free_more_has_to_go():
    assert len(level(levels([50, -500], share=[0.5, 1.0]), lots_of([60, 60]))) == 2


def test_without_pools_there_is_nothing_above():
    assert level(levels([]), []) == []
    assert least_above(levels([]), []) == 0


cases = given(sizes=st.lists(st.integers(1, 40), max_size=6), of_second=st.lists(st.booleans(), min_size=6,
                                                                                max_size=6),
              over=st.tuples(st.integers(1, 60), st.integers(-30, 60), st.integers(-60, 0)))


@cases
def test_no_division_of_the_volumes_leaves_less_or_takes_fewer_gb(sizes, of_second, over):
    lots = [Lot(int(second), float(size), 0, {2: None}, (number,))
            for number, (size, second) in enumerate(zip(sizes, of_second, strict=False))
            if over[int(second)] > 0]
    ways = level(levels(over), lots)
    assert _after(over, lots, {row for row, _, _ in ways}) == pytest.approx(min(
        _after(over, lots, {lot.volumes[0] for lot in chosen})
        for count in range(len(lots) + 1) for chosen in itertools.combinations(lots, count)))


@cases
def test_no_plan_ends_below_the_bound_whoever_makes_way(sizes, of_second, over):
    lots = [Lot(int(second), float(size), 0, {2: None, 1 - int(second): None}, (number,))
            for number, (size, second) in enumerate(zip(sizes, of_second, strict=False))]
    bound = least_above(levels(over), lots)
    for targets in itertools.product((None, 0, 1, 2), repeat=len(lots)):
        ends = list(over)
        for lot, target in zip(lots, targets, strict=True):
            if target in lot.ways:
                ends[lot.pool] -= lot.size
                ends[target] += lot.size
        assert sum(max(0, end) for end in ends) >= bound


def _after(over, lots, moved):
    """GB above the threshold and GB moved; no pool that takes is lifted above it."""
    ends, gb = list(over), 0
    for lot in lots:
        if lot.volumes[0] in moved:
            ends[lot.pool] -= lot.size
            ends[2] += lot.size
            gb += lot.size
    return (sum(max(0, end) for end in ends[:2]), gb) if ends[2] <= 0 else (math.inf, gb)
