# SPDX-License-Identifier: Apache-2.0
"""Each pool that is too full gives the fewest GB that are enough, as far as that can be told pool by pool."""

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.solve.lots import Levels, Lot
from watcher_py.core.solve.shed import shed


def levels(over, share=1.0, room=math.inf):
    return Levels(np.array(over, dtype=float), np.full(len(over), share), np.full(len(over), room))


def lot(size, *volumes, rank=0, pool=0, ways=(1,)):
    return Lot(pool, float(size), rank, dict.fromkeys(ways), volumes)


def gone(ways):
    return sorted(volume for volume, _, _ in ways)


def test_of_sums_that_are_the_same_the_one_of_the_largest_volumes_is_taken():
    lots = [lot(10, *range(20)), lot(100, 20), lot(50, 21, 22)]
    assert gone(shed(levels([100, -500]), lots)) == [20]
    assert len(shed(levels([170, -500]), lots)) == 4


def test_every_number_of_a_lot_can_be_taken():
    for count in range(1, 12):
        assert len(shed(levels([10 * count, -500]), [lot(10, *range(11))])) == count


def test_each_goes_where_there_is_the_most_room():
    ways = shed(levels([90, -60, -100]), [lot(30, 0, 1, 2, ways=(1, 2))])
    assert [target for _, target, _ in ways] == [2, 2, 1]


def test_where_only_a_share_comes_free_more_has_to_go():
    assert len(shed(levels([50, -500], share=0.5), [lot(50, 0, 1, 2)])) == 2


def test_where_nothing_is_above_nothing_goes():
    assert shed(levels([0, -500]), [lot(10, 0)]) == []


def test_what_is_no_matter_of_one_pool_alone_is_not_answered():
    assert shed(levels([100, -500]), [lot(60, 0)]) is None                          # not enough
    assert shed(levels([100, -90]), [lot(100, 0), lot(60, 1, 2)]) is None           # no room for all of it
    assert shed(levels([100, -500]), [lot(100.5, 0)]) is None                       # no whole GB
    assert shed(levels([100, -500], share=0.0), [lot(100, 0)]) is None              # nothing comes free


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 2), st.integers(0, 1)), max_size=7),
       st.tuples(st.integers(1, 60), st.integers(0, 60)))
def test_no_choice_takes_fewer_gb_of_the_higher_ranks_or_in_all(volumes, over):
    lots = [lot(size, number, rank=rank, pool=pool, ways=(2,))
            for number, (size, rank, pool) in enumerate(volumes)]
    possible = [chosen for count in range(len(volumes) + 1)
                for chosen in itertools.combinations(range(len(volumes)), count)
                if all(_amount(volumes, chosen, pool=pool) >= over[pool] for pool in (0, 1))]
    ways = shed(levels([*over, -1000]), lots)
    assert (ways is None) == (not possible)
    if ways is not None:
        assert _costs(volumes, gone(ways)) == min(_costs(volumes, chosen) for chosen in possible)


def _amount(volumes, chosen, pool=None, least_rank=0):
    return sum(volumes[number][0] for number in chosen
               if volumes[number][1] >= least_rank and pool in (None, volumes[number][2]))


def _costs(volumes, chosen):
    return tuple(_amount(volumes, chosen, least_rank=rank) for rank in (2, 1, 0))
