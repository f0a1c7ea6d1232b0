# SPDX-License-Identifier: Apache-2.0
"""Whether an action that is next may begin, and as what: by the cloud as it is now, and by the gate."""

import logging
from dataclasses import dataclass

from watcher_py.applier.drift import Verdict
from watcher_py.applier.outcome import Outcome, called, failed, roads, skipped
from watcher_py.applier.plan_run import PlanRun
from watcher_py.applier.walk import Result
from watcher_py.cloud.compute_rows import ServerNow
from watcher_py.core.errors import Unavailable
from watcher_py.db.columns import short
from watcher_py.db.models import Action

LOG = logging.getLogger(__name__)

MOVES = ('migrate', 'resize', 'volume_migrate')
# How often an action queues anew, for it goes to another host than it said.
TURNS = 3
# The states that an action may put something in by which the cloud gets more room, not less.
GIVEN_BACK = ('enabled', 'up', 'on')


@dataclass(frozen=True)
class Admission:
    """It may begin, with the parameters that its row has by now."""

    project: str | None = None
    seen: ServerNow | None = None       # a moment ago; see Run


def admission(run: PlanRun, row: Action) -> Admission | Outcome | Result:
    """Else what became of it already; LATER and AGAIN leave it pending."""
    if why := _why_in_vain(run, row):
        return skipped(why, stays=why)
    # Before the cloud is asked: a gate may be closed for hours.
    if why := _why_wait(run, row):
        return _put_off(run, row, why)
    try:
        verdict = run.tools.drift.look(run.plan, row) if run.tools.drift else Verdict(row.input_parameters)
    except Unavailable as error:
        return _silent(run, row, error)
    run.silent_since.pop(row.uuid, None)
    if verdict.skip is not None:
        return skipped(verdict.skip, verdict.skip if verdict.stays else None)
    if _takes_another_way(run, row, verdict):
        return Result.AGAIN
    if verdict.project != run.projects.get(row.uuid):
        run.projects[row.uuid] = verdict.project
        if why := _why_wait(run, row):
            return _put_off(run, row, why)
    return Admission(verdict.project, verdict.seen)


def _why_in_vain(run: PlanRun, row: Action) -> str | None:
    """What was to be emptied isn't empty: it isn't switched off, and stays in use."""
    if row.action_type in MOVES or row.input_parameters.get('state') in GIVEN_BACK:
        return None
    return next((run.stays[parent] for parent in row.parents if parent in run.stays), None)


def _why_wait(run: PlanRun, row: Action) -> str | None:
    if run.tools.gate is None:
        return None
    try:
        return run.tools.gate.why_wait(run.plan, row, run.projects.get(row.uuid))
    except Unavailable as error:
        return str(error)


def _put_off(run: PlanRun, row: Action, why: str) -> Result:
    LOG.debug('Action %s, %s, waits: %s', row.uuid, called(row), why)
    run.waiting.put_off(row, why)
    return Result.LATER


def _silent(run: PlanRun, row: Action, error: Unavailable) -> Outcome | Result:
    """The cloud is given as long as a move may take."""
    settings = run.tools.settings
    moment = settings.clock()
    if moment - run.silent_since.setdefault(row.uuid, moment) >= settings.timeout:
        return failed('pre_condition', error)
    return _put_off(run, row, str(error))


def _takes_another_way(run: PlanRun, row: Action, verdict: Verdict) -> bool:
    """Store what has changed of it; whether it has to queue for other hosts."""
    if verdict.parameters == row.input_parameters:
        return False
    before = roads(row)
    note = short(verdict.note) if verdict.note else None
    run.ledger.keep(row, input_parameters=verdict.parameters, status_message=note)
    LOG.info('Action %s, %s: %s', row.uuid, called(row), note or 'its parameters have changed')
    row.input_parameters, row.status_message = verdict.parameters, note
    run.turned[row.uuid] += roads(row) != before
    # The new place was looked at too: only for its room the action queues anew, and not for ever.
    return roads(row) != before and run.turned[row.uuid] <= TURNS
