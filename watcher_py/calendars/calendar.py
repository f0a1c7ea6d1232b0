# SPDX-License-Identifier: Apache-2.0
"""Windows and blackouts together: whether a moment is open, and which one is next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher_py.calendars.period import Period, period

HORIZON = timedelta(days=366)
# Windows that lie in blackouts, and blackouts that follow each other, are looked at one by one, up to here.
STEPS = 500
NEVER = datetime.max


@dataclass(frozen=True)
class Calendar:
    """Open within any of the windows, always if there is none, but never in a blackout."""

    windows: tuple[Period, ...] = ()
    blackouts: tuple[Period, ...] = ()


def read(windows: Iterable[str], blackouts: Iterable[str]) -> Calendar:
    """The calendar that these entries describe; Invalid with a sentence when one of them can't be read."""
    return Calendar(tuple(period(text) for text in windows), tuple(period(text) for text in blackouts))


def is_open(calendar: Calendar, moment: datetime) -> bool:
    return _is_in_window(calendar, moment) and not _ends(calendar, moment)


def is_in_blackout(calendar: Calendar, moment: datetime) -> bool:
    return bool(_ends(calendar, moment))


def next_opening(calendars: Sequence[Calendar], moment: datetime) -> datetime | None:
    """The first moment, from this one on, at which all are open; None when there is none within a year.

    Nor is it found behind hundreds of periods that shut it one after the other.
    """
    horizon = moment + HORIZON
    for _ in range(STEPS):
        shut = [until for each in calendars if (until := _shut_until(each, moment)) is not None]
        if not shut:
            return moment
        moment = max(shut)
        if moment > horizon:
            break
    return None


def _shut_until(calendar: Calendar, moment: datetime) -> datetime | None:
    """No opening comes before it; None when the moment is open."""
    ends = _ends(calendar, moment)
    if not _is_in_window(calendar, moment):
        starts = [each.next_start(moment, HORIZON) for each in calendar.windows]
        ends.append(min((start for start in starts if start is not None), default=NEVER))
    return max(ends, default=None)


def _is_in_window(calendar: Calendar, moment: datetime) -> bool:
    return not calendar.windows or any(each.end_at(moment) is not None for each in calendar.windows)


def _ends(calendar: Calendar, moment: datetime) -> list[datetime]:
    """When the blackouts end that the moment is in."""
    return [end for each in calendar.blackouts if (end := each.end_at(moment)) is not None]
