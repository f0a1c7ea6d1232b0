# SPDX-License-Identifier: Apache-2.0
"""When an audit runs: its interval, its start and its end."""

from datetime import UTC, datetime

from croniter import croniter

from watcher_py.core.errors import Invalid

LONGEST = 36        # characters
MOST_SECONDS = 366 * 24 * 60 * 60


def interval(text: str) -> str:
    """Seconds or cron, as they are given; Invalid when they are neither."""
    if len(text) > LONGEST:
        raise Invalid(f'Interval {text!r} is longer than {LONGEST} characters')
    if _is_number(text):
        if not 0 < int(text) <= MOST_SECONDS:
            raise Invalid(f'Interval {text} is not between 1 and {MOST_SECONDS} seconds')
    elif not croniter.is_valid(text):
        raise Invalid(f'Interval {text!r} is neither seconds nor a cron expression of 5, 6 or 7 fields')
    return text


def moment(text: str | None, attribute: str) -> datetime | None:
    """Naive UTC, from an ISO 8601 time that is this machine's local time unless it has an offset."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Invalid(f'{attribute} is {text!r}, not an ISO 8601 time') from None


def check_order(start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None and end < start:
        raise Invalid(f'end_time {end.isoformat()} is before start_time {start.isoformat()}')


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True
