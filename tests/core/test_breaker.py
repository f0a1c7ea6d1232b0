# SPDX-License-Identifier: Apache-2.0
"""When the circuit breaker opens, what it tells, and when it closes again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.breaker import Bounds, Ended, Phase, judge

NOW = datetime(2026, 11, 22, 22)
BOUNDS = Bounds(sample=20, period=3600, minimum=5, failures=0.5, seconds=0, pause=600)


def ago(seconds: float, has_failed: bool = False, took: float | None = None) -> Ended:
    return Ended(NOW - timedelta(seconds=seconds), has_failed, took)


def test_it_opens_where_half_of_the_moves_failed() -> None:
    verdict = judge([ago(100, has_failed=True)] * 3 + [ago(50)] * 3, BOUNDS, NOW)
    assert verdict.phase is Phase.OPEN
    assert (verdict.ended, verdict.failed) == (6, 3)
    assert verdict.sentence == (
        'Circuit breaker: 3 of the last 6 moves failed; at 2026-11-22 22:08:20 UTC one is tried.')


def test_it_stays_closed_while_fewer_failed_or_too_few_moved() -> None:
    assert judge([ago(100, has_failed=True)] * 2 + [ago(50)] * 3, BOUNDS, NOW).sentence is None
    assert judge([ago(100, has_failed=True)] * 4, BOUNDS, NOW).phase is Phase.CLOSED


def test_after_the_pause_one_at_a_time_is_tried() -> None:
    bad = [ago(600, has_failed=True)] * 5
    assert judge(bad, BOUNDS, NOW - timedelta(seconds=1)).phase is Phase.OPEN
    verdict = judge(bad, BOUNDS, NOW)
    assert verdict.phase is Phase.PROBING
    assert verdict.sentence == 'Circuit breaker: 5 of the last 5 moves failed; one at a time is tried.'


def test_a_try_that_goes_well_does_not_make_the_next_one_wait() -> None:
    bad = [ago(700, has_failed=True)] * 5
    assert judge([*bad, ago(1)], BOUNDS, NOW).phase is Phase.PROBING
    assert judge([*bad, *[ago(1)] * 6], BOUNDS, NOW).phase is Phase.CLOSED


def test_a_try_that_fails_begins_the_pause_anew() -> None:
    verdict = judge([*[ago(700, has_failed=True)] * 5, ago(10, has_failed=True)], BOUNDS, NOW)
    assert verdict.until == NOW + timedelta(seconds=590)


def test_it_opens_where_migrations_take_too_long() -> None:
    bounds = replace(BOUNDS, seconds=60.0)
    slow = [ago(100, took=90.0)] * 5
    verdict = judge([*slow, *[ago(10, took=None)] * 9], bounds, NOW)
    assert verdict.phase is Phase.OPEN
    assert verdict.sentence == (
        'Circuit breaker: half of the last 5 migrations took 90 s or more, beyond 60 s; '
        'at 2026-11-22 22:08:20 UTC one is tried.')
    assert judge([*slow, *[ago(10, took=5.0)] * 6], bounds, NOW).phase is Phase.CLOSED
    assert judge(slow, BOUNDS, NOW).phase is Phase.CLOSED


moves = st.lists(st.builds(ago, st.integers(0, 3000), st.booleans(), st.none() | st.floats(0, 1e4)),
                 max_size=20)
bounds = st.builds(replace, st.just(BOUNDS), failures=st.sampled_from([0.0, 0.3, 1.0]),
                   seconds=st.sampled_from([0.0, 100.0]), pause=st.integers(0, 4000))


@given(moves, bounds)
def test_it_pauses_for_a_reason_and_for_a_time_that_ends(newest: list[Ended], bounds: Bounds) -> None:
    verdict = judge(newest, bounds, NOW)
    assert (verdict.sentence is None) is (verdict.phase is Phase.CLOSED)
    if verdict.phase is Phase.OPEN:
        assert verdict.until is not None
        assert NOW < verdict.until <= NOW + timedelta(seconds=bounds.pause)
        assert judge(newest, bounds, verdict.until).phase is Phase.PROBING
    if not any(each.has_failed for each in newest) and not bounds.seconds:
        assert verdict.phase is Phase.CLOSED


@pytest.mark.parametrize(('failures', 'seconds', 'are_set'), [
    (0.0, 0.0, False), (0.5, 0.0, True), (0.0, 9.0, True)])
def test_it_can_be_left_out(failures: float, seconds: float, are_set: bool) -> None:
    assert replace(BOUNDS, failures=failures, seconds=seconds).are_set is are_set
