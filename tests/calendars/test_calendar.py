# SPDX-License-Identifier: Apache-2.0
"""Windows and blackouts: when it is open, and when next."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.calendars import is_open, next_opening, read

FRIDAYS = '0 22 * * 5 for 8h in Europe/Berlin'
YEAR_END = '2026-12-20T00:00/2027-01-03T00:00 in Europe/Berlin'
# All that they tell happens at whole ones of these.
STEP = timedelta(minutes=10)
STEPS = 50
ENTRIES = ['0 22 * * 5 for 8h in Europe/Berlin', '0 */3 * * * for 1h', '30 2 * * * for 2h in Europe/Berlin',
           '2026-10-24T22:00/2026-10-25T02:30', '2026-10-25T01:00/2026-10-25T05:00 in America/New_York',
           '*/20 1-4 * * 0 for 10m']


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_without_entries_it_is_always_open() -> None:
    assert is_open(read([], []), at('2026-11-21T12:00'))


def test_it_is_open_in_any_of_the_windows() -> None:
    calendar = read([FRIDAYS, '2026-11-21T12:00/2026-11-21T13:00'], [])
    assert is_open(calendar, at('2026-11-20T21:00'))
    assert is_open(calendar, at('2026-11-21T12:59'))
    assert not is_open(calendar, at('2026-11-21T13:00'))


def test_it_is_shut_in_a_blackout_even_within_a_window() -> None:
    calendar = read([FRIDAYS], [YEAR_END])
    assert is_open(calendar, at('2026-12-18T23:00'))
    assert not is_open(calendar, at('2026-12-25T23:00'))
    assert next_opening([calendar], at('2026-12-25T23:00')) == at('2027-01-08T21:00')


def test_of_several_calendars_all_have_to_be_open() -> None:
    nights, weekends = read(['0 22 * * * for 8h'], []), read(['0 0 * * 6 for 2d'], [])
    assert next_opening([nights, weekends], at('2026-11-18T12:00')) == at('2026-11-21T00:00')


@pytest.mark.parametrize(('windows', 'blackouts'), [
    (['2020-01-01/2020-01-02'], []), ([], ['* * * * * for 1h']), (['0 0 29 2 * for 1h'], []),
    (['2026-12-21/2026-12-22'], [YEAR_END])])
def test_what_never_opens_within_a_year_says_so(windows: list[str], blackouts: list[str]) -> None:
    assert next_opening([read(windows, blackouts)], at('2026-11-21T12:00')) is None


@given(st.lists(st.sampled_from(ENTRIES), max_size=4, unique=True), st.integers(0, 3), st.integers(0, 250))
def test_the_next_opening_is_the_first_open_moment(entries: list[str], windows: int, steps: int) -> None:
    calendar, moment = read(entries[:windows], entries[windows:]), at('2026-10-24T00:00') + steps * STEP
    opening = next_opening([calendar], moment)
    looked_at = (moment + each * STEP for each in range(STEPS))
    first = next((each for each in looked_at if is_open(calendar, each)), None)
    assert first == (opening if opening and opening < moment + STEPS * STEP else None)
