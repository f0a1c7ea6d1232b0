# SPDX-License-Identifier: Apache-2.0
"""Room is given on from departure to arrival, never to two."""

from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule.rooms import Room, Rooms

AMOUNTS = st.sampled_from((0.5, 1.0, 2.0, 3.0))


def test_what_is_free_from_the_start_is_waited_for_by_nobody():
    assert Room([4.0, 8.0]).take([(0, 2.0), (1, 8.0)]) == set()


def test_room_that_others_gave_back_is_taken_oldest_first():
    room = Room([1.0])
    for step in (7, 8, 9):
        room.give([(0, 2.0)], step)
    assert room.take([(0, 3.0)]) == {7}
    assert room.take([(0, 2.0)]) == {8}
    assert room.take([(0, 1.0)]) == {9}
    assert room.take([(0, 1.0)]) == {9}
    assert not room.fits([(0, 1.0)])


def test_every_arrival_waits_for_what_only_paid_back_the_debt():
    room = Room([-3.0, 5.0])
    room.give([(0, 2.0)], 1)
    room.give([(0, 4.0)], 2)
    assert room.fits([(0, 3.0)])
    assert room.take([(0, 1.0)]) == {1, 2}
    assert room.take([(0, 2.0)]) == {1, 2}
    assert room.take([(1, 5.0)]) == set()       # there was no debt in this dimension


def test_what_a_server_does_not_need_is_not_asked_for():
    assert Room([1.0, -7.0]).fits([(0, 1.0)])


@given(st.floats(-4.0, 4.0), st.lists(st.tuples(st.booleans(), AMOUNTS), max_size=25), st.data())
def test_in_any_order_that_keeps_to_the_waits_there_is_room(free, deeds, data):
    """Arrivals and departures of one room; those that did not fit when they were tried are left out."""
    room, amounts, waits = Room([free]), [], []
    for is_arrival, amount in deeds:
        if is_arrival and not room.fits([(0, amount)]):
            continue
        waits.append(room.take([(0, amount)]) if is_arrival else set())
        if not is_arrival:
            room.give([(0, amount)], len(amounts))
        amounts.append(-amount if is_arrival else amount)
    done, left = set(), set(range(len(amounts)))
    while left:
        step = data.draw(st.sampled_from(sorted(step for step in left if waits[step] <= done)))
        free += amounts[step]
        assert amounts[step] > 0 or free >= -1e-6
        done.add(step)
        left.remove(step)


DEEDS = st.lists(st.tuples(st.sampled_from(('take', 'own', 'give')), st.integers(0, 1), AMOUNTS), max_size=20)


@given(DEEDS)
def test_what_is_posted_late_is_what_would_have_been_posted_at_once(deeds):
    problem = allocation_problem(read(document(
        [host('a', vcpus=3), host('b', vcpus=6)], [instance('vm', 'a', vcpus=1)])).cluster)
    late, soon = Rooms(problem), Rooms(problem)
    for step, (deed, node, amount) in enumerate(deeds):
        needs, answers = [(0, amount)], []
        for rooms in (late, soon):
            if deed == 'give':
                rooms.give(0, needs, node, step)
            elif deed == 'own':
                rooms.take_own(needs, node)
            else:
                answers.append(rooms.fits(0, needs, node) and rooms.take(0, needs, node))
        assert not answers or answers[0] == answers[1]
        assert soon.fits(0, [], node)                       # asked after each deed, and so posted
    assert late.free.tolist() == soon.free.tolist()
