# SPDX-License-Identifier: Apache-2.0
"""Moves that block each other for certain."""

import numpy as np

from watcher_py.core.schedule.circles import in_circles


def circles(moves, room):
    """Moves as (source, target, demand) between nodes with so much free room, in one dimension."""
    source, target, demand = (np.array(column) for column in zip(*moves, strict=True))
    free = np.array(room, dtype=float)[:, None]
    blocked = in_circles(np.arange(len(moves)), source, target, demand[:, None].astype(float), free)
    return blocked.tolist(), free


def test_two_that_change_places_without_room_are_in_a_circle():
    assert circles([(0, 1, 4), (1, 0, 4)], [0, 0])[0] == [0, 1]


def test_a_chain_is_no_circle_however_long():
    assert circles([(0, 1, 4), (1, 2, 4), (2, 3, 4)], [0, 0, 0, 4])[0] == []


def test_room_for_one_of_them_opens_the_circle():
    assert circles([(0, 1, 4), (1, 0, 4)], [4, 0])[0] == []


def test_what_waits_for_a_circle_is_blocked_with_it():
    assert circles([(0, 1, 4), (1, 0, 4), (2, 0, 4), (3, 2, 1)], [0, 0, 0, 0])[0] == [0, 1, 2, 3]


def test_what_leaves_is_free_for_the_next_question():
    assert circles([(0, 1, 4)], [0, 4])[1].tolist() == [[4.0], [4.0]]


def test_a_server_that_needs_nothing_finds_room_on_an_overcommitted_node():
    assert circles([(0, 1, 0)], [0, -5])[0] == []
