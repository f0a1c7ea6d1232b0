# SPDX-License-Identifier: Apache-2.0
"""An entry of a calendar as an operator writes it: '0 22 * * 5 for 8h in Europe/Berlin', or a span."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from croniter.croniter import CroniterBadDateError

from watcher_py.calendars.recurring import Recurring
from watcher_py.calendars.span import Span
from watcher_py.core.errors import Invalid

Period = Recurring | Span

IN_ZONE = re.compile(r'(.*?)(?:\s+in\s+(\S+))?')
RECURRING = re.compile(r'(.*?)\s+for\s+(\d{1,5})\s*([mhd])')
UNITS = {'m': timedelta(minutes=1), 'h': timedelta(hours=1), 'd': timedelta(days=1)}
LONGEST = timedelta(days=31)
FIELDS = 5
# Croniter knows more, as fields that are drawn at random.
WORDS = re.compile(r'(?:[\d*,/#?-]|l|mon|tue|wed|thu|fri|sat|sun'
                   r'|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+', re.IGNORECASE)
ANY_YEAR = datetime(2000, 1, 1)
FORMS = "neither '<cron> for <number>h|m|d [in <time zone>]' nor '<time>/<time> [in <time zone>]'"


def period(text: str) -> Period:
    """The period that the entry describes, or Invalid."""
    found = IN_ZONE.fullmatch(text.strip())
    what, zone = found.groups() if found else (text, None)
    if recurring := RECURRING.fullmatch(what):
        return _recurring(text, recurring[1], int(recurring[2]) * UNITS[recurring[3]], _zone(text, zone))
    begin, slash, end = what.partition('/')
    if slash:
        return _span(text, begin, end, _zone(text, zone))
    raise Invalid(f'{text!r} is no period: {FORMS}')


def _recurring(text: str, cron: str, length: timedelta, zone: ZoneInfo) -> Recurring:
    fields = cron.split()
    if len(fields) != FIELDS or not all(WORDS.fullmatch(field) for field in fields):
        raise Invalid(f'{text!r} is no period: {cron!r} is not cron of {FIELDS} fields')
    if not timedelta(0) < length <= LONGEST:
        raise Invalid(f'{text!r} is no period: it lasts 1 minute to {LONGEST.days} days')
    try:
        croniter(cron, ANY_YEAR).get_next()
    except CroniterBadDateError:
        raise Invalid(f'{text!r} is no period: {cron!r} never comes') from None
    except (ValueError, KeyError) as error:
        raise Invalid(f'{text!r} is no period: {cron!r} is not cron of {FIELDS} fields: {error}') from None
    return Recurring(cron, length, zone)


def _span(text: str, begin: str, end: str, zone: ZoneInfo) -> Span:
    span = Span(_moment(text, begin, zone), _moment(text, end, zone))
    if span.begin >= span.end:
        raise Invalid(f'{text!r} is no period: it ends before it begins')
    return span


def _moment(text: str, written: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(written.strip())
        aware = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        return aware.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Invalid(f'{text!r} is no period: {written.strip()!r} is no time such as 2026-12-20T00:00'
                      ) from None


def _zone(text: str, name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or 'UTC')
    except (KeyError, ValueError, OSError):
        raise Invalid(f'{text!r} is no period: there is no time zone {name}') from None
