# SPDX-License-Identifier: Apache-2.0
"""How an audit is taken up, and how it is put down again: by its type.

While a continuous audit is carried out it has a host and no next run; between its runs it has a next run. One
that has neither is not timed yet.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watcher_py.core.states import AuditState, PlanState
from watcher_py.db.models import ActionPlan, Audit, Model
from watcher_py.db.store import Condition, Store
from watcher_py.engine.intervals import next_run
from watcher_py.engine.outdated import replaced

LOG = logging.getLogger(__name__)

ONESHOT, CONTINUOUS, EVENT = 'ONESHOT', 'CONTINUOUS', 'EVENT'
# In these states a continuous audit runs when it is due.
IN_TIME = (AuditState.PENDING, AuditState.ONGOING)


class Turn(Protocol):
    """One run of an audit."""

    def take(self) -> bool:
        """Whether the run is this engine's; of all that try, it is one's at most."""

    def end(self, rows: Collection[Model]) -> bool:
        """Store what was decided, unless the audit was stopped meanwhile; whether it is stored."""

    def fail(self, message: str, may_pass: bool) -> None:
        """Say why nothing was decided, and whether another time may do better."""


def turn_of(store: Store, audit: Audit, host: str, clock: Callable[[], datetime]) -> Turn:
    return TURNS[audit.audit_type](store, audit, host, clock)


@dataclass(frozen=True)
class _OneShot:
    """Once, or never when some plan is just changing the cloud."""

    store: Store
    audit: Audit
    host: str
    clock: Callable[[], datetime]

    def take(self) -> bool:
        if plan := _blocking(self.store, self.audit):
            message = f'Action plan {plan.uuid} is ongoing; use force to audit all the same.'
            if self.store.claim(self.audit, AuditState.PENDING, AuditState.CANCELLED, status_message=message):
                LOG.info('Audit %s: cancelled. %s', self.audit.uuid, message)
            return False
        return self._claim(AuditState.PENDING)

    def end(self, rows: Collection[Model]) -> bool:
        return self.store.claim(self.audit, AuditState.ONGOING, AuditState.SUCCEEDED, adding=rows)

    def fail(self, message: str, may_pass: bool) -> None:
        self.store.claim(self.audit, AuditState.ONGOING, AuditState.FAILED, status_message=message)

    def _claim(self, states: AuditState | Collection[AuditState], *conditions: Condition,
               **values: Any) -> bool:
        return self.store.claim(self.audit, states, AuditState.ONGOING, *conditions, hostname=self.host,
                                status_message=None, **values)


class _OnEvent(_OneShot):
    """At each event, but for those that come while some plan is changing the cloud."""

    def take(self) -> bool:
        if plan := _blocking(self.store, self.audit):
            LOG.info('Audit %s: event passed over. Action plan %s is ongoing', self.audit.uuid, plan.uuid)
            return False
        return self._claim((AuditState.PENDING, AuditState.SUCCEEDED))

    def fail(self, message: str, may_pass: bool) -> None:
        state = AuditState.PENDING if may_pass else AuditState.FAILED
        self.store.claim(self.audit, AuditState.ONGOING, state, status_message=message)


class _Continuous(_OneShot):
    """When it is due, again and again."""

    def take(self) -> bool:
        moment, due = self.clock(), self.audit.next_run_time
        if due is None or due > moment:
            return False
        is_still_due = Audit.next_run_time == due
        if plan := _blocking(self.store, self.audit):
            self.store.change_where(Audit, Audit.id == self.audit.id, is_still_due,
                                    next_run_time=next_run(self.audit, moment) or moment)
            LOG.info('Audit %s: run passed over. Action plan %s is ongoing', self.audit.uuid, plan.uuid)
            return False
        return self._claim(IN_TIME, is_still_due, next_run_time=None)

    def end(self, rows: Collection[Model]) -> bool:
        return self._put_down(AuditState.ONGOING, changing=replaced(self.audit), adding=rows)

    def fail(self, message: str, may_pass: bool) -> None:
        self._put_down(AuditState.ONGOING if may_pass else AuditState.FAILED, status_message=message)

    def _put_down(self, state: AuditState, **values: Any) -> bool:
        # As it is by now: interval and end may have been changed during the run.
        audit, moment = self.store.get(Audit, self.audit.id, with_deleted=True), self.clock()
        coming = next_run(audit, moment)
        if state is AuditState.ONGOING and (coming is None or is_over(audit, moment)):
            state = AuditState.SUCCEEDED
        is_ours = (Audit.hostname == self.host, Audit.next_run_time.is_(None))
        if self.store.claim(audit, AuditState.ONGOING, state, *is_ours, **values,
                            next_run_time=coming if state is AuditState.ONGOING else None):
            return True
        # One that was suspended meanwhile may be resumed, and then has a next run.
        may_go_on = Audit.state.in_((AuditState.ONGOING, AuditState.SUSPENDED))
        self.store.change_where(Audit, Audit.id == audit.id, *is_ours, may_go_on,
                                next_run_time=coming or moment)
        return False


def is_over(audit: Audit, moment: datetime) -> bool:
    return audit.end_time is not None and audit.end_time <= moment


def _blocking(store: Store, audit: Audit) -> ActionPlan | None:
    """A plan that changes the cloud that the audit would look at, unless it is forced to look."""
    ongoing = [] if audit.force else store.find(ActionPlan, state=PlanState.ONGOING, limit=1)
    return ongoing[0] if ongoing else None


TURNS: dict[str, type[_OneShot]] = {ONESHOT: _OneShot, EVENT: _OnEvent, CONTINUOUS: _Continuous}
