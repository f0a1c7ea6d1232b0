# SPDX-License-Identifier: Apache-2.0
"""Figures as text with their unit, moments as people say them, states as words: the filters of templates.

What is None is not known, and that is what is said.
"""

import json
from datetime import UTC, datetime
from typing import Any

UNKNOWN = 'unknown'
MIB_IN_GIB = 1024
GB_IN_TB = 1000
# Seconds, and what they are called.
SPANS = ((86400, 'day'), (3600, 'hour'), (60, 'minute'), (1, 'second'))
SHORT_SPANS = ((86400, 'd'), (3600, 'h'), (60, 'min'), (1, 's'))
# Of audits, plans, actions and services: how it is going, as the class of a chip.
MOODS = {
    'SUCCEEDED': 'good', 'ACTIVE': 'good', 'RECOMMENDED': 'accent', 'ONGOING': 'busy', 'PENDING': 'busy',
    'CANCELLING': 'busy', 'FAILED': 'bad', 'SUSPENDED': 'warn', 'CANCELLED': 'calm', 'SUPERSEDED': 'calm',
    'SKIPPED': 'calm', 'DELETED': 'calm'}
STATES = {
    'SUCCEEDED': 'Succeeded', 'ACTIVE': 'Active', 'RECOMMENDED': 'Recommended', 'ONGOING': 'Running',
    'PENDING': 'Waiting', 'CANCELLING': 'Being cancelled', 'FAILED': 'Failed', 'SUSPENDED': 'Suspended',
    'CANCELLED': 'Cancelled', 'SUPERSEDED': 'Replaced', 'SKIPPED': 'Skipped', 'DELETED': 'Deleted'}


def number(value: float | None, digits: int = 1) -> str:
    """12,345.7; whole numbers without a point."""
    if value is None:
        return UNKNOWN
    text = f'{value:,.{digits}f}'
    return text.rstrip('0').rstrip('.') if '.' in text else text


def percent(value: float | None) -> str:
    """Of a figure that is in per cent already."""
    return UNKNOWN if value is None else f'{number(value)} %'


def share(value: float | None) -> str:
    """A part of one, in per cent."""
    return percent(None if value is None else 100 * value)


def mib(value: float | None) -> str:
    """An amount of memory that is given in MiB."""
    if value is None:
        return UNKNOWN
    if abs(value) < MIB_IN_GIB:
        return f'{number(value, 0)} MiB'
    gib = value / MIB_IN_GIB
    return f'{number(gib)} GiB' if abs(gib) < 10 * MIB_IN_GIB else f'{number(gib / MIB_IN_GIB)} TiB'


def gb(value: float | None) -> str:
    """An amount of memory or disk that is given in GB."""
    if value is None:
        return UNKNOWN
    return f'{number(value)} GB' if abs(value) < 10 * GB_IN_TB else f'{number(value / GB_IN_TB)} TB'


def span(seconds: float | None) -> str:
    """A time that passes, in its two largest units: 3 min 20 s."""
    if seconds is None:
        return UNKNOWN
    rest = round(seconds)
    if rest < 1:
        return '0 s' if seconds <= 0 else 'less than 1 s'
    parts: list[tuple[int, str]] = []
    for length, unit in SHORT_SPANS:
        count, rest = divmod(rest, length)
        if count or parts:
            parts.append((count, unit))
    return ' '.join(f'{count} {unit}' for count, unit in parts[:2] if count)


def ago(time: str | float | None) -> str:
    """How long it is since a moment, or until it comes."""
    moment = read_moment(time)
    return UNKNOWN if moment is None else _distance((datetime.now(UTC) - moment).total_seconds())


def at(time: str | float | None) -> str:
    """A moment to the second, in UTC."""
    moment = read_moment(time)
    return UNKNOWN if moment is None else f'{moment:%Y-%m-%d %H:%M:%S} UTC'


def time_of_day(time: str | float | None) -> str:
    """A moment of a day that is known, in UTC."""
    moment = read_moment(time)
    return UNKNOWN if moment is None else f'{moment:%H:%M:%S}'


def iso(time: str | float | None) -> str:
    """A moment for machines, as <time datetime> takes it."""
    moment = read_moment(time)
    return '' if moment is None else moment.isoformat(timespec='seconds')


def state(word: str | None) -> str:
    return UNKNOWN if word is None else STATES.get(word, word.replace('_', ' ').capitalize())


def mood(word: str | None) -> str:
    return MOODS.get(word or '', 'calm')


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 host, 2 hosts."""
    return f'{count:,} {one if count == 1 else many or one + "s"}'


def spaced(name: str | None) -> str:
    """server_consolidation as words."""
    return UNKNOWN if name is None else name.replace('_', ' ')


def choice(value: Any) -> str:
    """A value of a parameter: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def capital(text: str) -> str:
    """A sentence that begins with a large letter; the others are as they were."""
    return text[:1].upper() + text[1:]


def read_moment(time: str | float | None) -> datetime | None:
    """Of seconds since the epoch, or of ISO 8601; what has no offset is in UTC."""
    if time is None or time == '':
        return None
    if isinstance(time, (int, float)):
        return datetime.fromtimestamp(time, UTC)
    moment = datetime.fromisoformat(time)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _distance(seconds: float) -> str:
    for length, unit in SPANS:
        count = int(abs(seconds) // length)
        if count:
            words = plural(count, unit)
            return f'{words} ago' if seconds > 0 else f'in {words}'
    return 'just now'


FILTERS = {each.__name__: each for each in (
    number, percent, share, mib, gb, span, ago, at, time_of_day, iso, state, mood, plural, spaced, choice,
    capital)}
