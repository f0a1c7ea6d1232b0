# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.dashboard.pictures.scale import clock, moments, ticks


@given(st.floats(1e-6, 1e12))
def test_an_axis_holds_everything_in_a_few_even_steps(most):
    steps = ticks(most)
    assert steps[0] == 0
    assert steps[-1] >= most * (1 - 1e-6)
    assert 3 <= len(steps) <= 6
    assert steps[1] * (len(steps) - 1) == pytest.approx(steps[-1])


def test_an_axis_of_nothing_has_a_length_still():
    assert ticks(0) == [0, 1]


@given(st.integers(0, 2_000_000_000), st.integers(60, 5_000_000))
def test_moments_lie_within_their_span_and_are_few(begin, length):
    found = moments(begin, begin + length)
    assert all(begin <= moment <= begin + length for moment in found)
    assert len(found) <= 10


def test_midnight_is_told_as_its_day():
    assert [clock(moment) for moment in moments(86400 * 0.75, 86400 * 1.25)] == [
        '18:00', '20:00', '22:00', 'Jan 2', '02:00', '04:00', '06:00']
