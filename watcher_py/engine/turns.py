# SPDX-License-Identifier: Apache-2.0
"""How an audit is taken up, and how it is put down again: by its type.

While a continuous audit is carried out it has a host and no next run; between its runs it has a next run. One
that has neither is not timed yet. An audit only reads: what an engine left unfinished, another one carries
out anew, and what the first one would store is not stored any more.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import and_, or_

from watcher_py.core.states import AuditState, PlanState
from watcher_py.db.columns import short
from watcher_py.db.insist import insist
from watcher_py.db.lease import Hold
from watcher_py.db.models import ActionPlan, Audit, Model
from watcher_py.db.store import Change, Condition
from watcher_py.engine.outdated import replaced
from watcher_py.engine.tools import Tools

LOG = logging.getLogger(__name__)

ONESHOT, CONTINUOUS, EVENT = 'ONESHOT', 'CONTINUOUS', 'EVENT'
# In these states a continuous audit runs when it is due.
IN_TIME = (AuditState.PENDING, AuditState.ONGOING)
# In these an EVENT audit runs when it is triggered.
AWAITS_EVENT = (AuditState.PENDING, AuditState.SUCCEEDED)

# Some engine carries it out, or did so when it went away; a user who only says ONGOING has it carried out by
# none.
IS_RUN = and_(Audit.state == AuditState.ONGOING, Audit.hostname.is_not(None),
              or_(Audit.audit_type != CONTINUOUS, Audit.next_run_time.is_(None)))

# An audit that was left unfinished more often is thought to be the reason.
MOST_TAKEOVERS = 3

# Makes the rows to store; a try that failed may have spoilt those of the time before.
Rows = Callable[[], Collection[Model]]


class Turn(Protocol):
    """One run of an audit."""

    def take(self) -> Hold[Audit] | None:
        """The audit, if the run is this engine's; of all that try, it is one's at most."""

    def end(self, hold: Hold[Audit], plan_uuid: str, rows: Rows) -> bool:
        """Store what was decided, unless the audit was stopped or taken over; whether it is stored."""

    def fail(self, hold: Hold[Audit], message: str, may_pass: bool = False) -> bool:
        """Say why nothing was decided, and whether another time may do better; whether it is stored."""


def turn_of(tools: Tools, audit: Audit) -> Turn:
    return TURNS[audit.audit_type](tools, audit)


@dataclass(frozen=True)
class _OneShot:
    """Once, or never when some plan is just changing the cloud."""

    tools: Tools
    audit: Audit

    def take(self) -> Hold[Audit] | None:
        return self._take_over() if self._is_run() else self._take_up()

    def end(self, hold: Hold[Audit], plan_uuid: str, rows: Rows) -> bool:
        def write() -> bool:
            return self._put_down(hold, self._after_success(), changing=self._replaced(), adding=rows())

        def is_written() -> bool:
            return bool(self.tools.store.count(ActionPlan, uuid=plan_uuid))

        return self.tools.outlast(lambda: insist(write, is_written, self.tools.stopped))

    def fail(self, hold: Hold[Audit], message: str, may_pass: bool = False) -> bool:
        state = self._after_failure(may_pass)
        # A second time it changes nothing.
        return self.tools.outlast(lambda: self._put_down(hold, state, status_message=message))

    def _is_run(self) -> bool:
        return self.audit.state == AuditState.ONGOING and self.audit.hostname is not None

    def _take_over(self) -> Hold[Audit] | None:
        hold = self.tools.leases.take_over(self.audit, hostname=self.tools.host)
        if hold is None or self.audit.takeovers < MOST_TAKEOVERS:
            return hold
        message = (f'Given up: {self.audit.takeovers + 1} times a decision engine went away while it carried '
                   f'the audit out, at last on {self.audit.hostname}.')
        LOG.error('Audit %s: failed. %s', self.audit.uuid, message)
        self.fail(hold, short(message))
        self.tools.leases.release(hold)
        return None

    def _take_up(self) -> Hold[Audit] | None:
        if plan := _blocking(self.tools, self.audit):
            message = f'Action plan {plan.uuid} is ongoing; use force to audit all the same.'
            if self.tools.store.claim(self.audit, AuditState.PENDING, AuditState.CANCELLED,
                                      status_message=message):
                LOG.info('Audit %s: cancelled. %s', self.audit.uuid, message)
            return None
        return self._claim(AuditState.PENDING)

    def _claim(self, states: AuditState | Collection[AuditState], *conditions: Condition,
               **values: Any) -> Hold[Audit] | None:
        return self.tools.leases.claim(self.audit, states, AuditState.ONGOING, *conditions,
                                       hostname=self.tools.host, status_message=None, **values)

    def _put_down(self, hold: Hold[Audit], state: AuditState, **values: Any) -> bool:
        return self.tools.store.claim(self.audit, AuditState.ONGOING, state, hold.is_ours, **values)

    def _replaced(self) -> Collection[Change]:
        return ()

    def _after_success(self) -> AuditState:
        return AuditState.SUCCEEDED

    def _after_failure(self, may_pass: bool) -> AuditState:
        return AuditState.FAILED


class _OnEvent(_OneShot):
    """At each event, but for those that come while some plan is changing the cloud."""

    def _take_up(self) -> Hold[Audit] | None:
        if self.audit.triggered_at is None:
            return None
        is_this_event = Audit.triggered_at == self.audit.triggered_at
        if plan := _blocking(self.tools, self.audit):
            if self.tools.store.touch(Audit, Audit.id == self.audit.id, is_this_event, triggered_at=None):
                LOG.info('Audit %s: event passed over. Action plan %s is ongoing', self.audit.uuid, plan.uuid)
            return None
        return self._claim(AWAITS_EVENT, is_this_event, triggered_at=None)

    def _after_failure(self, may_pass: bool) -> AuditState:
        return AuditState.PENDING if may_pass else AuditState.FAILED


class _Continuous(_OneShot):
    """When it is due, again and again."""

    def _is_run(self) -> bool:
        return super()._is_run() and self.audit.next_run_time is None

    def _take_up(self) -> Hold[Audit] | None:
        moment, due = self.tools.clock(), self.audit.next_run_time
        if due is None or due > moment:
            return None
        is_still_due = Audit.next_run_time == due
        if plan := _blocking(self.tools, self.audit):
            self.tools.store.change_where(
                Audit, Audit.id == self.audit.id, is_still_due,
                next_run_time=self.tools.rhythm.next_run(self.audit, moment) or moment)
            LOG.info('Audit %s: run passed over. Action plan %s is ongoing', self.audit.uuid, plan.uuid)
            return None
        return self._claim(IN_TIME, is_still_due, next_run_time=None)

    def _put_down(self, hold: Hold[Audit], state: AuditState, **values: Any) -> bool:
        # As it is by now: interval and end may have been changed during the run.
        audit = self.tools.store.get(Audit, self.audit.id, with_deleted=True)
        moment = self.tools.clock()
        coming = self.tools.rhythm.next_run(audit, moment)
        if state is AuditState.ONGOING and (coming is None or is_over(audit, moment)):
            state = AuditState.SUCCEEDED
        is_ours = (hold.is_ours, Audit.next_run_time.is_(None))
        if self.tools.store.claim(audit, AuditState.ONGOING, state, *is_ours, **values,
                                  next_run_time=coming if state is AuditState.ONGOING else None):
            return True
        # One that was suspended meanwhile may be resumed, and then has a next run.
        may_go_on = Audit.state.in_((AuditState.ONGOING, AuditState.SUSPENDED))
        self.tools.store.change_where(Audit, Audit.id == audit.id, *is_ours, may_go_on,
                                      next_run_time=coming or moment)
        return False

    def _replaced(self) -> Collection[Change]:
        return replaced(self.audit)

    def _after_success(self) -> AuditState:
        return AuditState.ONGOING

    def _after_failure(self, may_pass: bool) -> AuditState:
        return AuditState.ONGOING if may_pass else AuditState.FAILED


def is_over(audit: Audit, moment: datetime) -> bool:
    return audit.end_time is not None and audit.end_time <= moment


def _blocking(tools: Tools, audit: Audit) -> ActionPlan | None:
    """A plan that changes the cloud that the audit would look at, unless it is forced to look."""
    ongoing = [] if audit.force else tools.store.find(ActionPlan, state=PlanState.ONGOING, limit=1, depth=0)
    return ongoing[0] if ongoing else None


TURNS: dict[str, type[_OneShot]] = {ONESHOT: _OneShot, EVENT: _OnEvent, CONTINUOUS: _Continuous}
