# SPDX-License-Identifier: Apache-2.0
"""The timetable: which continuous audits are to be carried out now."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from watcher_py.core.states import AuditState
from watcher_py.db.models import Audit
from watcher_py.db.store import Store
from watcher_py.engine.intervals import Rhythm
from watcher_py.engine.turns import CONTINUOUS, IN_TIME, is_over

LOG = logging.getLogger(__name__)

NO_RUN = 'Its interval names no moment that is still to come.'


@dataclass(frozen=True)
class Timetable:
    """What all engines read from the same rows; they may look at once."""

    store: Store
    rhythm: Rhythm
    submit: Callable[[str], None]
    clock: Callable[[], datetime]

    def look(self) -> float | None:
        """Hand out what is to run now; seconds to the next run.

        Of the runs that nobody was there for, one is made up for.
        """
        moment = self.clock()
        in_time = self.store.find(Audit, Audit.state.in_(IN_TIME), audit_type=CONTINUOUS, depth=0)
        coming = [due for audit in in_time if (due := self._look_at(audit, moment))]
        return (min(coming) - moment).total_seconds() if coming else None

    def _look_at(self, audit: Audit, moment: datetime) -> datetime | None:
        """When it runs next, if that is still to come."""
        if audit.next_run_time is None and audit.hostname is not None:
            return None     # it is being carried out
        due = audit.next_run_time or self._first(audit, moment)
        if due is None or is_over(audit, moment):
            self._end(audit, None if due else NO_RUN)
        elif due > moment:
            return due
        else:
            self.submit(audit.uuid)
        return None

    def _first(self, audit: Audit, moment: datetime) -> datetime | None:
        """When it runs first, stored unless another engine has just done so."""
        first = self.rhythm.first_run(audit, moment)
        self.store.change_where(Audit, Audit.id == audit.id, Audit.next_run_time.is_(None),
                                Audit.hostname.is_(None), next_run_time=first)
        return first

    def _end(self, audit: Audit, message: str | None) -> None:
        # Unless another engine has just taken it up.
        is_idle = Audit.next_run_time.is_not(None) | Audit.hostname.is_(None)
        if self.store.claim(audit, IN_TIME, AuditState.SUCCEEDED, is_idle, next_run_time=None,
                            status_message=message):
            LOG.info('Audit %s: over', audit.uuid)
