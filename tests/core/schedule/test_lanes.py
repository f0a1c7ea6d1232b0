# SPDX-License-Identifier: Apache-2.0
"""Lanes are taken at both ends, and of all."""

from watcher_py.core.pace import Pace
from watcher_py.core.schedule.lanes import Lanes


def test_a_move_takes_a_lane_at_both_ends_and_gives_it_back():
    lanes = Lanes(Pace(per_node=2, in_all=3), nodes=3)
    lanes.take(0, 2)
    assert (lanes.free, lanes.in_all) == ([1, 2, 1], 2)
    lanes.give(0, 2)
    assert (lanes.free, lanes.in_all) == ([2, 2, 2], 3)
