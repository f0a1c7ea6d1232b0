# SPDX-License-Identifier: Apache-2.0
"""The timetable: which audits are to be carried out now, without anybody asking for it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher_py.core.states import AuditState
from watcher_py.db.models import Audit, Service
from watcher_py.db.store import Store
from watcher_py.engine.interrupted import give_up
from watcher_py.engine.intervals import first_run
from watcher_py.engine.turns import CONTINUOUS, IN_TIME, ONESHOT, is_over

LOG = logging.getLogger(__name__)

# A message that was not heard for so long is lost.
LOST_AFTER = timedelta(minutes=1)
NO_RUN = 'Its interval names no moment that is still to come.'


@dataclass(frozen=True)
class Timetable:
    """What all engines read from the same rows; they may look at once."""

    store: Store
    service: str                        # as engines are called among the services
    host: str                           # of this one
    down_after: timedelta               # without a sign of life
    submit: Callable[[str], None]
    clock: Callable[[], datetime]

    def look(self) -> float | None:
        """Hand out what is to run now, and take over from engines that went down; seconds to the next run."""
        moment = self.clock()
        self._take_over(moment)
        in_time = self.store.find(Audit, Audit.state.in_(IN_TIME), audit_type=CONTINUOUS)
        coming = [due for audit in in_time if (due := self._look_at(audit, moment))]
        is_lost = Audit.created_at < moment - LOST_AFTER
        for audit in self.store.find(Audit, is_lost, audit_type=ONESHOT, state=AuditState.PENDING):
            self.submit(audit.uuid)
        return (min(coming) - moment).total_seconds() if coming else None

    def _take_over(self, moment: datetime) -> None:
        is_down = (Service.host != self.host) & (Service.last_seen_up < moment - self.down_after)
        hosts = [service.host for service in self.store.find(Service, is_down, name=self.service)]
        if hosts:
            give_up(self.store, hosts, moment, 'went down')

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
        first = first_run(audit, moment)
        self.store.change_where(Audit, Audit.id == audit.id, Audit.next_run_time.is_(None),
                                Audit.hostname.is_(None), next_run_time=first)
        return first

    def _end(self, audit: Audit, message: str | None) -> None:
        # Unless another engine has just taken it up.
        is_idle = Audit.next_run_time.is_not(None) | Audit.hostname.is_(None)
        if self.store.claim(audit, IN_TIME, AuditState.SUCCEEDED, is_idle, next_run_time=None,
                            status_message=message):
            LOG.info('Audit %s: over', audit.uuid)
