# SPDX-License-Identifier: Apache-2.0
"""When a continuous audit runs: every so many seconds, or as cron says, in UTC."""

from datetime import datetime, timedelta

from croniter import croniter

from watcher_py.db.models import Audit

# Cron says what comes behind a moment; a start that is a match itself counts.
INSTANT = timedelta(microseconds=1)


def first_run(audit: Audit, moment: datetime) -> datetime | None:
    """From its start on: at once when it goes by seconds, at the first match when it goes by cron."""
    begin = max(moment, audit.start_time or moment)
    return begin if _is_seconds(audit.interval) else next_run(audit, begin - INSTANT)


def next_run(audit: Audit, moment: datetime) -> datetime | None:
    """The next one after this moment; None when the interval names none any more."""
    interval = audit.interval or ''
    try:
        if _is_seconds(interval):
            return moment + timedelta(seconds=int(interval))
        return croniter(interval, moment, ret_type=datetime).get_next()
    except (ValueError, OverflowError):
        return None


def _is_seconds(interval: str | None) -> bool:
    try:
        return int(interval or '') > 0
    except ValueError:
        return False
