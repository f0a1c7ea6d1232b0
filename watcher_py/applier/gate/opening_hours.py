# SPDX-License-Identifier: Apache-2.0
"""When a plan's actions may begin: within windows of the service and its own, in no blackout of either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from watcher_py import calendars
from watcher_py.calendars import Calendar
from watcher_py.core.errors import Invalid
from watcher_py.core.moments import told

Entries = tuple[tuple[str, ...], tuple[str, ...]]       # windows, blackouts

LOOK = timedelta(seconds=1)             # how long an answer stands
LONG_LOOK = timedelta(minutes=1)        # one that nothing is going to change soon
MOST_PLANS = 1000


@dataclass(frozen=True)
class _Answer:
    why: str | None
    begin: datetime
    end: datetime


class OpeningHours:
    """Asked often and by many threads: answers are kept for a second, or until it opens."""

    def __init__(self, service: Calendar):
        self._service = service
        self._answers: dict[Entries, _Answer] = {}
        self._lock = Lock()

    def why_shut(self, execution: Mapping[str, Any], moment: datetime) -> str | None:
        """The sentence that says so, of a plan that is to be carried out like this; None when it is open."""
        entries = tuple(execution.get('windows', ())), tuple(execution.get('blackouts', ()))
        if self._service == Calendar() and not any(entries):
            return None
        with self._lock:
            known = self._answers.get(entries)
            if known is None or not known.begin <= moment < known.end:
                if len(self._answers) >= MOST_PLANS:
                    self._answers.clear()
                known = self._answers[entries] = _answer(self._service, entries, moment)
            return known.why


def _answer(service: Calendar, entries: Entries, moment: datetime) -> _Answer:
    try:
        both = (service, calendars.read(*entries))
    except Invalid as error:
        return _Answer(f'Its maintenance windows can not be read: {error}', moment, moment + LONG_LOOK)
    if all(calendars.is_open(each, moment) for each in both):
        return _Answer(None, moment, moment + LOOK)
    opening = calendars.next_opening(both, moment)
    if any(calendars.is_in_blackout(each, moment) for each in both):
        goes_on = f'it ends at {told(opening)}' if opening else 'no end of it is in sight'
        return _Answer(f'In a blackout: {goes_on}.', moment, opening or moment + LONG_LOOK)
    goes_on = f'the next one opens at {told(opening)}' if opening else 'none opens within a year'
    return _Answer(f'Outside the maintenance window: {goes_on}.', moment, opening or moment + LONG_LOOK)
