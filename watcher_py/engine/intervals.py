# SPDX-License-Identifier: Apache-2.0
"""When a continuous audit runs: every so many seconds, or as cron says, and a little later if wished."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256

from watcher_py.db.models import Audit
from watcher_py.engine.cron import next_match

# Cron says what comes behind a moment; a start that is a match itself counts.
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rhythm:
    """How intervals are read; moments are naive UTC."""

    zone: tzinfo = UTC          # of cron
    jitter: float = 0.0         # seconds by which a run may come later, so that not all come at once

    def first_run(self, audit: Audit, moment: datetime) -> datetime | None:
        """From its start on: at once when it goes by seconds, at the first match when it goes by cron."""
        begin = max(moment, audit.start_time or moment)
        return self._later(audit, begin if _seconds(audit) else self._after(audit, begin - INSTANT))

    def next_run(self, audit: Audit, moment: datetime) -> datetime | None:
        """The next one after this moment; None when the interval names none any more."""
        return self._later(audit, self._after(audit, moment))

    def _after(self, audit: Audit, moment: datetime) -> datetime | None:
        try:
            if seconds := _seconds(audit):
                return moment + timedelta(seconds=seconds)
            return next_match(audit.interval or '', self.zone, moment)
        except (ValueError, OverflowError):
            return None

    def _later(self, audit: Audit, due: datetime | None) -> datetime | None:
        """By its jitter, before the run after it is due and before the audit's end."""
        if due is None or not self.jitter:
            return due
        room = timedelta(seconds=self.jitter)
        for border in (self._after(audit, due), audit.end_time):
            if border is not None and border > due:
                room = min(room, border - due)
        return due + _share(f'{audit.uuid} {due.isoformat()}') * room


AS_WRITTEN = Rhythm()


def _share(name: str) -> float:
    """From 0 up to, but not, 1: the same for the same name on every engine."""
    return int.from_bytes(sha256(name.encode()).digest()[:6]) / 256 ** 6


def _seconds(audit: Audit) -> int:
    """0 when it goes by cron, or by nothing."""
    try:
        return max(int(audit.interval or ''), 0)
    except ValueError:
        return 0
