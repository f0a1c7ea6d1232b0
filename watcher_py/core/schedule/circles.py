# SPDX-License-Identifier: Apache-2.0
"""Moves that wait for each other: none of them can start, whatever else leaves before."""

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK


def may_be_in_circles(moves: Ints, source: Ints, target: Ints, nodes: int) -> Ints:
    """Of the moves those whose target others of them leave, and so on: in a circle are none but those.

    The columns `source` and `target` are of all moves, and name so many nodes.
    """
    while len(moves):
        is_left = np.zeros(nodes, dtype=bool)
        is_left[source[moves]] = True
        may_be = is_left[target[moves]]
        if may_be.all():
            break
        moves = moves[may_be]
    return moves


def in_circles(moves: Ints, source: Ints, target: Ints, demand: Floats, room: Floats) -> Ints:
    """Those of the moves that never find room, though each that does leaves its own to others.

    The columns are of all moves; `room` [N, D] is what will be free once all that goes on now has
    ended, and becomes what is free when all moves but those named have left. Arrivals are reckoned
    to take nothing: what is named here is blocked for certain, and more may be blocked in the end.
    """
    while len(moves):
        need = demand[moves]
        finds_room = ((need <= room[target[moves]] + SLACK) | (need == 0)).all(axis=1)
        if not finds_room.any():
            break
        room += sums_of(need[finds_room], source[moves[finds_room]], len(room))
        moves = moves[~finds_room]
    return moves
