# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

from tests.dashboard.plan.rows import deeds, move
from watcher_py.dashboard.plan.timing import spans_of

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds):
    return (START + timedelta(seconds=seconds)).isoformat()


def planned(name, begin, seconds, **values):
    return move(name, planned_begin_s=begin, planned_seconds=seconds, **values)


def spans(*rows, now=0):
    return [(span.deed.name, span.begin, span.end, span.is_predicted)
            for span in spans_of(deeds(*rows), START + timedelta(seconds=now))]


def test_before_it_begins_a_plan_is_as_predicted():
    assert spans(planned('b', 10, 5), planned('a', 0, 10)) == [('a', 0, 10, True), ('b', 10, 15, True)]


def test_what_was_never_predicted_is_left_out():
    assert spans(move('a')) == []


def test_what_has_begun_is_as_it_went_and_what_runs_reaches_to_now():
    ended = planned('a', 0, 10, state='SUCCEEDED', begun_at=at(0), ended_at=at(10))
    running = planned('b', 0, 10, state='ONGOING', begun_at=at(2))
    assert spans(ended, running, now=12) == [('a', 0, 10, False), ('b', 2, 12, False)]


def test_the_rest_is_predicted_at_the_pace_so_far():
    ended = planned('a', 0, 10, state='SUCCEEDED', begun_at=at(0), ended_at=at(20))
    assert spans(ended, planned('b', 10, 5), now=20)[1] == ('b', 20, 30, True)


def test_nothing_begins_before_now():
    ended = planned('a', 0, 10, state='SUCCEEDED', begun_at=at(0), ended_at=at(10))
    assert spans(ended, planned('b', 10, 5), now=100)[1] == ('b', 100, 105, True)


def test_what_is_skipped_is_in_no_schedule():
    assert spans(planned('a', 0, 10, state='SKIPPED')) == []
    assert spans(planned('b', 0, 1, state='SUCCEEDED', begun_at=at(0), ended_at=at(1)),
                 planned('a', 0, 10, state='CANCELLED'), now=9) == [('b', 0, 1, False)]
