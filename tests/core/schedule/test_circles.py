# SPDX-License-Identifier: Apache-2.0
"""Moves that block each other for certain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.schedule.circles import in_circles, may_be_in_circles


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


def suspects(moves, nodes):
    source, target = (np.array(column, dtype=int) for column in zip(*moves, strict=True))
    return may_be_in_circles(np.arange(len(moves)), source, target, nodes).tolist()


def test_only_those_may_be_in_a_circle_whose_target_others_leave():
    assert suspects([(0, 1), (1, 2), (2, 3)], 4) == []
    # Whoever goes to a circle may be kept by it, whoever leaves it for a node of nobody's may not.
    assert suspects([(0, 1), (1, 0), (2, 0), (1, 3), (3, 4)], 5) == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=9)
       .map(lambda moves: [move for move in moves if move[0] != move[1]]).filter(bool))
def test_whoever_is_in_a_circle_was_suspected(moves):
    """Where there is room for all at the end, and none to spare on the way."""
    room = [max(0, sum(need for _, target, need in moves if target == node)
                - sum(need for source, _, need in moves if source == node)) for node in range(5)]
    assert set(circles(moves, room)[0]) <= set(suspects([move[:2] for move in moves], 5))
