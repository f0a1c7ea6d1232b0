# SPDX-License-Identifier: Apache-2.0
"""Periods that come again and again, against a look at every minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher_py.calendars.recurring import Recurring

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BERLIN = ZoneInfo('Europe/Berlin')
ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu',
         'Africa/Casablanca', 'Pacific/Apia', 'America/St_Johns', 'Antarctica/Troll']
# Days on which the clocks of one or the other are changed; Samoa leaves out a whole day.
CHANGES = [datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 3, 7), datetime(2026, 10, 31),
           datetime(2026, 4, 4), datetime(2026, 10, 3), datetime(2011, 12, 29), datetime(2026, 2, 14)]


@st.composite
def recurring(draw: st.DrawFn) -> Recurring:
    minute = draw(st.sampled_from(['0', '30', '*/15', '7,45', '*']))
    hour = draw(st.sampled_from(['*', '*/2', '2', '1-3', '22', '0', '23,2']))
    day, weekday = draw(st.sampled_from([('*', '*'), ('*', '6'), ('*', '0'), ('30', '*'), ('29', '1')]))
    length = draw(st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, 26 * HOUR]))
    return Recurring(f'{minute} {hour} {day} * {weekday}', length, ZoneInfo(draw(st.sampled_from(ZONES))))


moments = st.builds(lambda day, seconds: day + timedelta(seconds=seconds), st.sampled_from(CHANGES),
                    st.integers(0, 3 * 86400) | st.integers(0, 3 * 1440).map(lambda minutes: 60 * minutes))


@given(recurring(), moments)
@example(Recurring('30 2 * * *', HOUR, BERLIN), datetime(2026, 3, 29, 1, 30))
@example(Recurring('30 2 * * *', HOUR, BERLIN), datetime(2026, 10, 25, 1, 45))
@example(Recurring('*/15 * * * *', MINUTE, BERLIN), datetime(2026, 10, 25, 1, 15))
def test_a_moment_is_in_the_period_that_started_last(period: Recurring, moment: datetime) -> None:
    since = [start for start in starts(period, moment - period.length, moment)
             if moment - period.length < start]
    assert period.end_at(moment) == (since[-1] + period.length if since else None)


@given(recurring(), moments)
def test_the_next_start_is_the_first_minute_that_cron_names(period: Recurring, moment: datetime) -> None:
    horizon = timedelta(days=1)
    after = [start for start in starts(period, moment, moment + horizon) if start > moment]
    assert period.next_start(moment, horizon) == (after[0] if after else None)


def starts(period: Recurring, begin: datetime, end: datetime) -> list[datetime]:
    """Those of the whole minutes up to the end, found by reading the clocks minute by minute."""
    found = []
    minute = begin.replace(second=0, microsecond=0)
    before = local(period, minute - MINUTE)
    while minute <= end:
        now = local(period, minute)
        shown = now.replace(tzinfo=None)
        if period.cron.split()[1].startswith('*'):
            is_start = names(period.cron, shown)
        else:
            left_out = (shown - before.replace(tzinfo=None)) // MINUTE
            is_start = now.fold == 0 and any(
                names(period.cron, shown - back * MINUTE) for back in range(max(left_out, 1)))
        if is_start:
            found.append(minute)
        minute, before = minute + MINUTE, now
    return found


def local(period: Recurring, moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(period.zone)


def names(cron: str, shown: datetime) -> bool:
    minute, hour, day, _, weekday = cron.split()
    in_day = (holds(day, shown.day) and holds(weekday, shown.isoweekday() % 7) if '*' in (day, weekday)
              else holds(day, shown.day) or holds(weekday, shown.isoweekday() % 7))
    return holds(minute, shown.minute) and holds(hour, shown.hour) and in_day


def holds(field: str, number: int) -> bool:
    if field.startswith('*'):
        return number % int(field.partition('/')[2] or 1) == 0
    bounds = [each.split('-') for each in field.split(',')]
    return any(int(each[0]) <= number <= int(each[-1]) for each in bounds)


@pytest.mark.parametrize(('day', 'begin', 'end'), [
    # Fridays at 22:00 in Berlin; in these nights the clocks are changed, and it still lasts eight hours.
    ('2026-03-27', '21:00', '05:00'), ('2026-10-23', '20:00', '04:00')])
def test_a_window_lasts_as_long_as_it_says(day: str, begin: str, end: str) -> None:
    period = Recurring('0 22 * * 5', 8 * HOUR, BERLIN)
    opening = datetime.fromisoformat(f'{day}T{begin}')
    closing = datetime.fromisoformat(f'{day}T{end}') + timedelta(days=1)
    assert period.end_at(opening - MINUTE) is None
    assert period.end_at(opening) == closing == period.end_at(closing - MINUTE)
    assert period.end_at(closing) is None


def test_what_does_not_come_within_the_horizon_is_not_told() -> None:
    leap_day = Recurring('0 0 29 2 *', HOUR, BERLIN)
    assert leap_day.next_start(datetime(2026, 1, 1), timedelta(days=366)) is None
    assert leap_day.next_start(datetime(2028, 1, 1), timedelta(days=366)) == datetime(2028, 2, 28, 23)
    assert leap_day.end_at(datetime(2026, 2, 28, 23)) is None
