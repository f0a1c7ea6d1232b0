# SPDX-License-Identifier: Apache-2.0
"""The story of an action: admit, claim, check, execute, verify, and what came of it."""

import logging
from datetime import datetime
from typing import Any

from watcher_py.applier.actions.contract import Action, Cancelled, Run, Skipped
from watcher_py.applier.admission import admission
from watcher_py.applier.outcome import RUNNING, Outcome, called, failed, skipped
from watcher_py.applier.plan_run import STAYS, PlanRun
from watcher_py.applier.walk import Result
from watcher_py.cloud.compute_rows import ServerNow
from watcher_py.core.errors import TakenOver, WatcherError
from watcher_py.core.states import ActionState
from watcher_py.db import models
from watcher_py.db.columns import now, short

LOG = logging.getLogger(__name__)

CANCELLED = 'Stopped: the action plan was cancelled.'
GIVEN_UP = 'Stopped: it was asked to be given up.'


def run_action(run: PlanRun, row: models.Action) -> Outcome | Result:
    """Carry out an action that is pending, go on with one that another process began.

    A Result when it can't begin now. One that has ended, or was skipped by a user, is left as it is.
    """
    if row.state in RUNNING:
        return _ended(run, row, _resumed(run, row))
    admitted = admission(run, row)
    if isinstance(admitted, Result):
        return admitted
    run.waiting.over(row)
    if isinstance(admitted, Outcome):
        return _ended_unbegun(run, row, admitted)
    row.begun_at = now()
    if not run.ledger.begin(row, ActionState.ONGOING, begun_at=row.begun_at, project=admitted.project):
        return _as_it_is(run, row)
    run.tools.announcer.started(row, 'execution', state=ActionState.ONGOING)
    with run.tools.announcer.failing(row, 'execution', state=ActionState.ONGOING):
        outcome = _carry_out(run, row, is_begun=False, seen=admitted.seen)
    return _ended(run, row, outcome)


def _as_it_is(run: PlanRun, row: models.Action) -> Outcome | Result:
    """It could not be taken: a user has skipped it, or the plan is to stop."""
    found = run.ledger.action(row)
    if found.state != ActionState.PENDING:
        return Outcome(ActionState(found.state), found.status_message)
    run.ledger.ask(run.orders.look)
    return Result.LATER


def _resumed(run: PlanRun, row: models.Action) -> Outcome:
    # With an empty memory it has asked the cloud for nothing yet.
    if not row.memory and run.orders.is_cancelled.is_set():
        return Outcome(ActionState.CANCELLED, CANCELLED)
    LOG.info('Action %s, %s: gone on with', row.uuid, called(row))
    return _carry_out(run, row, is_begun=bool(row.memory))


def _carry_out(run: PlanRun, row: models.Action, is_begun: bool, seen: ServerNow | None = None) -> Outcome:
    own = Run(run.ledger.memory(row), lost=run.hold.lost, guard=run.hold.guard, seen=seen)
    phase = 'pre_condition'
    with run.orders.told_to(row, own):
        try:
            deed = run.tools.deed(row, own)
            if not is_begun:
                deed.check()
            phase = 'execute'
            _do(deed, is_begun)
            phase = 'post_condition'
            deed.verify()
        except Skipped as why:
            return skipped(str(why))
        except Cancelled:
            return Outcome(ActionState.CANCELLED,
                           CANCELLED if run.orders.is_cancelled.is_set() else GIVEN_UP)
        except TakenOver:
            raise
        except WatcherError as error:
            return failed(phase, error)
    return Outcome(ActionState.SUCCEEDED)


def _do(deed: Action, is_begun: bool) -> None:
    if is_begun:
        deed.resume()
    else:
        deed.execute()


def _ended_unbegun(run: PlanRun, row: models.Action, outcome: Outcome) -> Outcome | Result:
    values = _last_values(row, outcome, now())
    if outcome.stays is not None:
        values['memory'] = {STAYS: outcome.stays}
    if not run.ledger.begin(row, outcome.state, **values):
        return _as_it_is(run, row)
    _log(run, row, outcome, 0.0)
    return outcome


def _ended(run: PlanRun, row: models.Action, outcome: Outcome) -> Outcome:
    moment = now()
    values = _last_values(row, outcome, moment)
    told = {'state': outcome.state, 'status_message': values['status_message']}
    # In the order in which it goes through these states: it may be told to stop at this moment.
    for state, deed in ((ActionState.ONGOING, 'execution'), (ActionState.CANCELLING, 'cancel')):
        if run.ledger.end(row, state, outcome.state, **values):
            run.tools.announcer.finished(row, deed, outcome.error, **told)
            break
    _log(run, row, outcome, (moment - row.begun_at).total_seconds() if row.begun_at else 0.0)
    return outcome


def _last_values(row: models.Action, outcome: Outcome, moment: datetime) -> dict[str, Any]:
    # Until now, the row's message told in what the action differs from the plan.
    note = row.status_message
    message = f'{outcome.message} ({note})' if outcome.message and note else outcome.message or note
    return {'status_message': short(message) if message else None, 'ended_at': moment, 'wish': None}


def _log(run: PlanRun, row: models.Action, outcome: Outcome, seconds: float) -> None:
    run.tools.deeds.ended('action', row.action_type, outcome.state, seconds)
    LOG.info('Action %s, %s: %s%s', row.uuid, called(row), outcome.state,
             f'. {outcome.message}' if outcome.message else '')
