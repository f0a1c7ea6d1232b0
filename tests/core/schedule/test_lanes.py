# SPDX-License-Identifier: Apache-2.0
"""Lanes are taken at both ends, and of all."""

from watcher_py.core.pace import Pace
from watcher_py.core.schedule.lanes import Lanes


def test_a_move_takes_a_lane_at_both_ends_and_gives_it_back():
    lanes = Lanes(Pace(per_node=2, in_all=3), nodes=3, are_kept=False)
    assert lanes.take(0, 2) == set()
    assert (lanes.free, lanes.in_all) == ([1, 2, 1], 2)
    lanes.give(0, 2, 0)
    assert (lanes.free, lanes.in_all) == ([2, 2, 2], 3)


def test_lanes_that_the_plan_keeps_make_moves_wait_for_those_that_had_them():
    lanes = Lanes(Pace(per_node=1), nodes=4, are_kept=True)
    assert lanes.take(0, 1) == set()
    lanes.give(0, 1, 5)
    assert lanes.take(1, 2) == {5}
    assert lanes.take(0, 3) == {5}


def test_so_do_lanes_in_all():
    lanes = Lanes(Pace(in_all=1), nodes=4, are_kept=True)
    lanes.take(0, 1)
    lanes.give(0, 1, 5)
    assert lanes.take(2, 3) == {5}
