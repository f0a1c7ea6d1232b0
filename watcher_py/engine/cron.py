# SPDX-License-Identifier: Apache-2.0
"""When cron comes next on the clocks of a time zone, also where these are changed.

A local time that a day leaves out comes right after the gap, and one that a day has twice comes once. Where
the hour is '*', cron is about time that passes: then the hour that comes again counts like any other, and
the one that is left out doesn't.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter

from watcher_py.core.errors import Invalid

HOUR = 1            # its place among the fields
SECOND = timedelta(seconds=1)


def zone_named(name: str) -> tzinfo:
    """The time zone of this IANA name, or Invalid."""
    try:
        return UTC if name == 'UTC' else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f'There is no time zone {name!r}: give an IANA name such as Europe/Berlin') from error


def next_match(cron: str, zone: tzinfo, moment: datetime) -> datetime:
    """The first moment after this one, both naive UTC; ValueError or OverflowError when there is none."""
    here = moment.replace(tzinfo=UTC).astimezone(zone)
    # Croniter is asked for times of the clock on the wall only: it knows nothing of gaps then.
    wall = here.replace(tzinfo=None, fold=0)
    if not _is_each_hour(cron):
        return _search(cron, wall, moment, lambda time: _first(time, zone) or _end_of_gap(time, zone))
    # What the clock shows again comes late by UTC, and early by the clock.
    again = moment + _offset(wall, zone, fold=1) if _is_twice(wall, zone) else wall
    found = [_search(cron, again, moment, lambda time: _second(time, zone))]
    if not here.fold:
        found.append(_search(cron, wall, moment, lambda time: _first(time, zone)))
    return min(found)


def _is_each_hour(cron: str) -> bool:
    return bool(croniter(cron).expanded[HOUR] == ['*'])


def _search(cron: str, wall: datetime, moment: datetime,
            as_utc: Callable[[datetime], datetime | None]) -> datetime:
    """The first match after the moment; `as_utc` never falls while the wall's time rises."""
    matches = croniter(cron, wall.replace(microsecond=0), ret_type=datetime)
    while True:
        found = as_utc(matches.get_next())
        if found is not None and found > moment:
            return found


def _first(wall: datetime, zone: tzinfo) -> datetime | None:
    """When the clock shows this, for the first time; None when it never does."""
    return _shown(wall, zone, fold=0)


def _second(wall: datetime, zone: tzinfo) -> datetime | None:
    """When the clock shows this, for the last time; None when it never does."""
    return _shown(wall, zone, fold=1)


def _shown(wall: datetime, zone: tzinfo, fold: int) -> datetime | None:
    moment = wall - _offset(wall, zone, fold)
    is_shown = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall
    return moment if is_shown else None


def _end_of_gap(wall: datetime, zone: tzinfo) -> datetime:
    """When the clock was put forward over this time."""
    # By the offset after the change it would be before the change, and the other way round.
    before, after = (wall - _offset(wall, zone, fold) for fold in (1, 0))
    new = _offset_at(after, zone)
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        before, after = (before, middle) if _offset_at(middle, zone) == new else (middle, after)
    return after


def _is_twice(wall: datetime, zone: tzinfo) -> bool:
    return _first(wall, zone) is not None and _offset(wall, zone, 0) != _offset(wall, zone, 1)


def _offset(wall: datetime, zone: tzinfo, fold: int) -> timedelta:
    return wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0)


def _offset_at(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0)
