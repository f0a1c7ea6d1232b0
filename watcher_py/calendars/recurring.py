# SPDX-License-Identifier: Apache-2.0
"""A period that comes again and again: it starts when cron says so on the clocks of a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from croniter.croniter import CroniterBadDateError

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
# As far as a change of the clocks reaches.
REACH = 2 * DAY


@dataclass(frozen=True)
class Recurring:
    """It lasts so long by a stop-watch, whatever becomes of the clocks meanwhile.

    A start that the clocks leave out comes when they have jumped, and one that they show twice comes the
    first time, as in cron; but where cron names no hour, starts come as the clocks show them.
    """

    cron: str
    length: timedelta
    zone: ZoneInfo

    def end_at(self, moment: datetime) -> datetime | None:
        """When the period ends that the moment is in; None when it is in none."""
        begin = moment - self.length
        for each in reversed(list(_stretches(self.zone, begin - REACH, moment + SECOND))):
            start = self._last(each, moment)
            if start is not None:
                return start + self.length if start > begin else None
        return None

    def next_start(self, moment: datetime, horizon: timedelta) -> datetime | None:
        """The first start behind the moment, up to the horizon."""
        end = moment + horizon
        for each in _stretches(self.zone, moment - REACH, end + INSTANT):
            start = self._first(each, moment)
            if start is not None:
                return start if start <= end else None
        return None

    def _last(self, stretch: '_Stretch', moment: datetime) -> datetime | None:
        """The last start of the stretch up to the moment."""
        begin, end = self._local(stretch), min(stretch.end, moment + INSTANT) + stretch.offset
        try:
            local = croniter(self.cron, _ceil(end), ret_type=datetime).get_prev()
        except CroniterBadDateError:
            local = datetime.min
        if local >= begin:
            return local - stretch.offset
        return stretch.begin if stretch.begin <= moment and self._is_left_out(stretch) else None

    def _first(self, stretch: '_Stretch', moment: datetime) -> datetime | None:
        """The first start of the stretch behind the moment."""
        if stretch.begin > moment and self._is_left_out(stretch):
            return stretch.begin
        behind = max(self._local(stretch), moment + stretch.offset + INSTANT)
        local = self._next(behind)
        return local - stretch.offset if local < stretch.end + stretch.offset else None

    def _local(self, stretch: '_Stretch') -> datetime:
        """The local time from which on the stretch has starts of its own."""
        offset = stretch.offset if self._is_hourly else max(stretch.offset, stretch.former)
        return stretch.begin + offset

    def _is_left_out(self, stretch: '_Stretch') -> bool:
        """Whether the clocks, jumping to where the stretch begins, have left out a start."""
        if self._is_hourly or stretch.offset <= stretch.former:
            return False
        return self._next(stretch.begin + stretch.former) < stretch.begin + stretch.offset

    def _next(self, local: datetime) -> datetime:
        """The first local time, from this one on, that cron names."""
        try:
            return croniter(self.cron, _ceil(local) - MINUTE, ret_type=datetime).get_next()
        except CroniterBadDateError:
            return datetime.max

    @property
    def _is_hourly(self) -> bool:
        return self.cron.split()[1].startswith(('*', '?'))


@dataclass(frozen=True)
class _Stretch:
    """A time through which the clocks keep their distance from UTC."""

    begin: datetime
    end: datetime
    offset: timedelta
    former: timedelta       # before it


def _stretches(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[_Stretch]:
    offset = former = _offset(zone, begin)
    day = begin
    while day < end:
        after = min(day + DAY, end)
        if _offset(zone, after) != offset:
            change = _change(zone, day, after)
            yield _Stretch(begin, change, offset, former)
            begin, former, offset = change, offset, _offset(zone, after)
        day = after
    yield _Stretch(begin, end, offset, former)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second with the distance of afterwards."""
    old = _offset(zone, before)
    seconds = int((after - before) / SECOND) + 1
    before = before.replace(microsecond=0)
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + middle * SECOND) == old:
            low = middle
        else:
            high = middle
    return before + high * SECOND


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0)


def _ceil(local: datetime) -> datetime:
    """The whole minute, from this moment on."""
    whole = local.replace(second=0, microsecond=0)
    return whole if whole == local else whole + MINUTE
