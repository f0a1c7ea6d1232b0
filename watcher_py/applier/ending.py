# SPDX-License-Identifier: Apache-2.0
"""How a plan ends: what was not run is told so, what must be taken back is, the state says what happened."""

import logging
from collections.abc import Sequence

from watcher_py.applier.outcome import RUNNING, called
from watcher_py.applier.plan_run import PlanRun
from watcher_py.applier.roll_back import roll_back, take_back_vain
from watcher_py.core.errors import WatcherError
from watcher_py.core.execution import OnFailure
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.columns import now, short
from watcher_py.db.models import Action

LOG = logging.getLogger(__name__)

SKIPPED = 'One or more actions were skipped.'
NOT_RUN = 'Not run: the action plan was cancelled.'


def take_back(run: PlanRun, trouble: str | None) -> bool:
    """Close what waits, and take back what its policy says; False when this process is to end before."""
    why = _why_rolled_back(run)
    _close(run, trouble)
    if why is None:
        take_back_vain(run)
        return True
    if run.plan.roll_back is None:
        LOG.info('Action plan %s: rolled back, for %s', run.plan.uuid, why)
        # Whoever takes the plan over from here on goes on with it.
        run.ledger.keep_plan(roll_back=why)
        run.plan.roll_back = why
    return roll_back(run, why)


def finish(run: PlanRun, trouble: str | None) -> None:
    rows = run.ledger.actions()
    # The user may cancel it at the last moment, and then has the last word.
    for before, deed in ((PlanState.ONGOING, 'execution'), (PlanState.CANCELLING, 'cancel')):
        state, message = verdict(rows, trouble, before is PlanState.CANCELLING,
                                 run.plan.roll_back is not None)
        if run.ledger.end_plan(before, state, message):
            error = WatcherError(message) if state is PlanState.FAILED else None
            run.tools.announcer.finished(run.plan, deed, error, state=state, status_message=message)
            run.tools.deeds.ended('plan', run.plan.strategy.name, state,
                                  (now() - run.begun).total_seconds())
            LOG.info('Action plan %s: %s%s', run.plan.uuid, state, f'. {message}' if message else '')
            return


def verdict(rows: Sequence[Action], trouble: str | None, is_cancelled: bool,
            is_rolled_back: bool = False) -> tuple[PlanState, str | None]:
    """How a plan ends: well only if nothing failed and all that was not skipped was run."""
    failed, not_run = _of(rows, ActionState.FAILED), _of(rows, ActionState.CANCELLED)
    if failed:
        back = _what_is_back(rows) if is_rolled_back else ''
        why = f'{len(failed)} of {len(rows)} actions failed{back}: {failed[0].status_message}'
        return PlanState.FAILED, short(why)
    if trouble:
        return PlanState.FAILED, short(trouble)
    if is_cancelled and not_run:
        return PlanState.CANCELLED, f'Cancelled; {len(not_run)} of {len(rows)} actions were not done.'
    if not_run:
        return PlanState.FAILED, f'{len(not_run)} of {len(rows)} actions were not run.'
    return PlanState.SUCCEEDED, SKIPPED if _of(rows, ActionState.SKIPPED) else None


def _what_is_back(rows: Sequence[Action]) -> str:
    done = _of(rows, ActionState.SUCCEEDED)
    back = sum(row.is_reverted for row in done)
    left = len(done) - back
    return f', {back} were rolled back' + (f', {left} could not be' if left else '')


def _why_rolled_back(run: PlanRun) -> str | None:
    if run.plan.roll_back is not None:
        return run.plan.roll_back
    first = run.first_failure
    if first is None or run.on_failure is not OnFailure.ROLL_BACK or run.orders.is_cancelled.is_set():
        return None
    return f'{called(first)} failed'


def _close(run: PlanRun, trouble: str | None) -> None:
    """No action of a plan that is over waits or runs: what trouble has left so is told of."""
    why = trouble or 'the action plan ended without it'
    run.ledger.change(RUNNING, state=ActionState.FAILED, status_message=short(f'Not ended: {why}'),
                      ended_at=now(), wish=None)
    run.ledger.change([ActionState.PENDING], state=ActionState.CANCELLED,
                      status_message=short(_why_not_run(run, trouble)))


def _why_not_run(run: PlanRun, trouble: str | None) -> str:
    if run.orders.is_cancelled.is_set():
        return NOT_RUN
    if trouble is None and run.is_halted:
        return f'Not run: {run.plan.roll_back or _failure_of(run)}.'
    return f'Not run: {trouble or "the action plan ended without it"}'


def _failure_of(run: PlanRun) -> str:
    assert run.first_failure is not None  # noqa: S101 - for the type checker: it is halted by one
    return f'{called(run.first_failure)} failed'


def _of(rows: Sequence[Action], state: ActionState) -> list[Action]:
    return [row for row in rows if row.state == state]
