# SPDX-License-Identifier: Apache-2.0
"""Cron on the clocks of a time zone, day by day and where they are changed."""

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.errors import Invalid
from watcher_py.engine.cron import next_match, zone_named

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BERLIN = zoneinfo.ZoneInfo('Europe/Berlin')
SPRING, AUTUMN = datetime(2026, 3, 29), datetime(2026, 10, 25)      # forward and back at 01:00 UTC
ZONES = sorted(zoneinfo.available_timezones() - {'localtime'})


def matches(cron: str, begin: datetime, end: datetime, zone: tzinfo = BERLIN) -> list[datetime]:
    """Those behind the begin, up to the end."""
    found, moment = list[datetime](), begin
    while (moment := next_match(cron, zone, moment)) <= end:
        found.append(moment)
    return found


def at(day: datetime, *times: str) -> list[datetime]:
    return [datetime.fromisoformat(f'{day.date()}T{time}') for time in times]


@pytest.mark.parametrize(('cron', 'expected'), [
    ('30 2 * * *', ('01:00',)),                 # is left out: right after the gap
    ('0 3 * * *', ('01:00',)),
    ('0,30 2,3 * * *', ('01:00', '01:30')),     # those of the gap and the one behind it are one
    ('30 * * * *', ('00:30', '01:30', '02:30')),
    ('15 1,4 * * *', ('00:15', '02:15'))])
def test_where_the_clock_is_put_forward(cron: str, expected: tuple[str, ...]) -> None:
    begin = SPRING + timedelta(minutes=10)
    assert matches(cron, begin, SPRING + timedelta(hours=3)) == at(SPRING, *expected)


@pytest.mark.parametrize(('cron', 'expected'), [
    ('30 2 * * *', ('00:30',)),                 # comes twice: once, at its first
    ('0,30 1-3 * * *', ('00:00', '00:30', '02:00', '02:30')),
    ('30 * * * *', ('00:30', '01:30', '02:30')),
    ('*/20 * * * *', ('00:00', '00:20', '00:40', '01:00', '01:20', '01:40', '02:00', '02:20', '02:40'))])
def test_where_the_clock_is_put_back(cron: str, expected: tuple[str, ...]) -> None:
    begin = AUTUMN - timedelta(minutes=10)
    assert matches(cron, begin, AUTUMN + timedelta(minutes=175)) == at(AUTUMN, *expected)


@pytest.mark.parametrize('moment', ['00:59:59.999999', '01:00', '01:10:00.5', '01:59:59'])
def test_no_moment_of_the_repeated_hour_runs_anything_twice(moment: str) -> None:
    begin, = at(AUTUMN, moment)
    assert next_match('* 2 * * *', BERLIN, begin) == datetime(2026, 10, 26, 1)


def test_a_day_that_a_zone_left_out_is_made_up_for_at_once() -> None:
    """Samoa went over the date line: 30 December 2011 was none of its days."""
    apia = zoneinfo.ZoneInfo('Pacific/Apia')
    found = matches('0 12 30 * *', datetime(2011, 12, 1), datetime(2012, 1, 20), apia)
    assert found == [datetime(2011, 12, 30, 10)]


def test_seconds_and_years_are_known() -> None:
    assert next_match('0 12 1 12 * 30 2028', UTC, AUTUMN) == datetime(2028, 12, 1, 12, 0, 30)


@pytest.mark.parametrize('cron', ['0 0 31 2 *', '0 0 1 1 * 0 2020', 'soon', ''])
def test_cron_that_names_no_moment_is_an_error_of_value(cron: str) -> None:
    with pytest.raises(ValueError):     # noqa: PT011 - the library's sentence is not ours
        next_match(cron, BERLIN, AUTUMN)


@pytest.mark.parametrize('name', ['', 'Berlin', 'Europe/Atlantis', '../../etc/passwd', 'Europe'])
def test_a_zone_that_is_none_is_told(name: str) -> None:
    with pytest.raises(Invalid, match='no time zone'):
        zone_named(name)


@dataclass(frozen=True)
class Daily:
    """The minutes and hours of a cron line, and what a clock that is looked at every minute makes of it."""

    minutes: frozenset[int]
    hours: frozenset[int] | None        # None: each

    def __str__(self) -> str:
        return f'{_listed(self.minutes)} {_listed(self.hours) if self.hours else "*"} * * *'

    def means(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and (self.hours is None or wall.hour in self.hours)

    def runs(self, begin: datetime, end: datetime, zone: tzinfo) -> list[datetime]:
        """Minute by minute: those behind the begin, up to the end."""
        eve = begin - DAY       # what the clock has shown by the begin counts
        moments = [eve + number * MINUTE for number in range(int((end - eve) / MINUTE) + 1)]
        walls = [moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) for moment in moments]
        seen = list(zip(moments, walls, strict=True))
        if self.hours is None:
            return [moment for moment, wall in seen if moment > begin and self.means(wall)]
        latest, runs = walls[0], []
        for moment, wall in seen:
            # Every minute that the clock has come to since it showed the latest time of all.
            passed = range(1, int((wall - latest) / MINUTE) + 1)
            if any(self.means(latest + number * MINUTE) for number in passed):
                runs.append(moment)
            latest = max(latest, wall)
        return [moment for moment in runs if moment > begin]


def _listed(numbers: Iterable[int]) -> str:
    return ','.join(str(number) for number in sorted(numbers))


@st.composite
def changes_of_the_clock(draw: st.DrawFn) -> tuple[tzinfo, datetime]:
    """A zone, and the day before its clocks are changed; any day where they are not."""
    zone = zoneinfo.ZoneInfo(draw(st.sampled_from(ZONES)))
    first = datetime(draw(st.integers(1975, 2037)), 1, 1)
    days = [first + number * DAY for number in range(366)]
    offsets = [day.replace(tzinfo=UTC).astimezone(zone).utcoffset() for day in days]
    changed = [day for day, (old, new) in zip(days, pairwise(offsets), strict=False) if old != new]
    return zone, draw(st.sampled_from(changed or days))


@given(changes_of_the_clock(), st.frozensets(st.integers(0, 59), min_size=1, max_size=4),
       st.none() | st.frozensets(st.integers(0, 23), min_size=1, max_size=23), st.integers(0, 600))
def test_cron_is_what_a_watchman_with_the_zones_clock_makes_of_it(
        change: tuple[tzinfo, datetime], minutes: frozenset[int], hours: frozenset[int] | None,
        late: int) -> None:
    zone, day = change
    daily, begin = Daily(minutes, hours), day + late * MINUTE
    end = begin + 1.5 * DAY
    assert matches(str(daily), begin, end, zone) == daily.runs(begin, end, zone)


@given(changes_of_the_clock(), st.integers(0, 3 * 86400 * 10 ** 6))
def test_the_next_moment_is_always_still_to_come(change: tuple[tzinfo, datetime], microseconds: int) -> None:
    zone, day = change
    moment = day + timedelta(microseconds=microseconds)
    for cron in ('*/7 * * * *', '30 0,2,23 * * *', '* * * * * 59', '0 1 * * 0'):
        assert next_match(cron, zone, moment) > moment
