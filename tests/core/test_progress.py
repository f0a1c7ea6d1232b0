# SPDX-License-Identifier: Apache-2.0
"""What is left of a plan follows from what it promised, and from how it has gone so far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.progress import seconds_left

seconds = st.just(0.0) | st.floats(1e-3, 1e5)


def test_before_anything_is_done_all_is_left_that_was_promised():
    assert seconds_left(100, 0, 0, 250) == 100


def test_a_plan_that_keeps_its_pace_ends_when_it_promised_to():
    assert seconds_left(100, 40, 100, 150) == pytest.approx(60)


def test_a_plan_that_is_slower_takes_longer_still():
    assert seconds_left(100, 80, 100, 150) == pytest.approx(60 * 90 / 50)


def test_what_is_not_going_to_be_done_takes_no_time():
    assert seconds_left(100, 40, 100, 0, dropped=150) == 0
    assert seconds_left(100, 40, 100, 50, dropped=100) == pytest.approx(20)


def test_a_plan_that_takes_no_time_has_none_left():
    assert seconds_left(0, 5, 0, 0) == 0


@given(seconds, seconds, seconds, seconds, seconds)
def test_it_is_never_below_nothing(makespan, gone, done, left, dropped):
    assert seconds_left(makespan, gone, done, left, dropped) >= 0
