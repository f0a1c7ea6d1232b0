# SPDX-License-Identifier: Apache-2.0
"""The story of an action plan: claim or take over, walk its actions, take back what must be, finish."""

import logging
from collections.abc import Callable

from watcher_py.applier import ending
from watcher_py.applier.ledger import Ledger
from watcher_py.applier.orders import Orders
from watcher_py.applier.outcome import RUNNING, Outcome, called, roads
from watcher_py.applier.plan_run import NOT_DONE, STAYS, PlanRun, Waiting
from watcher_py.applier.run_action import run_action
from watcher_py.applier.tools import Tools
from watcher_py.applier.walk import Result, walk
from watcher_py.core.errors import TakenOver, WatcherError
from watcher_py.core.execution import OnFailure
from watcher_py.core.states import ACTION_ENDED, ActionState, PlanState
from watcher_py.db.columns import short
from watcher_py.db.lease import Hold
from watcher_py.db.models import Action, ActionPlan

LOG = logging.getLogger(__name__)

LAUNCHED = (PlanState.RECOMMENDED, PlanState.PENDING)
UNFINISHED = (PlanState.ONGOING, PlanState.CANCELLING)


def run_plan(tools: Tools, plan_uuid: str) -> None:
    """Carry out a plan that is launched; what became of it ends up in its rows."""
    plan = tools.store.get(ActionPlan, plan_uuid)
    if tools.stopping.is_set() or plan.state not in LAUNCHED:
        return
    hold = tools.leases.claim(plan, LAUNCHED, PlanState.ONGOING, hostname=tools.host, status_message=None)
    if hold is not None:
        tools.announcer.started(plan, 'execution', state=PlanState.ONGOING, status_message=None)
        _hold(tools, hold)


def take_over(tools: Tools, plan: ActionPlan) -> None:
    """Go on with a plan whose owner has gone: what is done stays, what runs is followed, the rest is run."""
    if tools.stopping.is_set() or plan.state not in UNFINISHED:
        return
    hold = tools.leases.take_over(plan, hostname=tools.host, status_message=None)
    if hold is not None:
        LOG.info('Action plan %s: taken over', plan.uuid)
        _hold(tools, hold)


def _hold(tools: Tools, hold: Hold[ActionPlan]) -> None:
    """Keep the lease as long as it is needed, whatever happens."""
    try:
        is_over = _carry_out(tools, hold)
    except TakenOver as why:
        LOG.warning('%s; it is let go of', why)
        is_over = False
    except BaseException:
        # Nobody works at it any more: it is taken over when the lease is over.
        tools.leases.release(hold)
        raise
    if is_over:
        tools.leases.release(hold)
    else:
        LOG.info('Action plan %s: left for another applier to go on with', hold.row.uuid)
        tools.leases.give_back(hold)


def _carry_out(tools: Tools, hold: Hold[ActionPlan]) -> bool:
    """Whether the plan is over; else another process is to go on with it."""
    ledger = Ledger(tools.store, hold)
    with Orders(tools.store, hold, tools.look, tools.announcer) as orders:
        # Only who is told of an action reads of its plan, and of that plan's audit.
        rows = {row.uuid: row for row in ledger.actions(None if tools.announcer.listener() else 0)}
        run = PlanRun(tools, hold, ledger.plan(), rows, ledger, orders, Waiting(ledger))
        with tools.underway.noted(run):
            return _through(run)


def _through(run: PlanRun) -> bool:
    trouble = _trouble(run, lambda: _walk(run))
    run.hold.check()
    if trouble is None and run.tools.stopping.is_set() and not _has_only_to_end(run):
        return False
    is_through: list[bool] = []
    trouble = _trouble(run, lambda: is_through.append(ending.take_back(run, trouble))) or trouble
    if is_through == [False]:
        return False
    ending.finish(run, trouble)
    return True


def _has_only_to_end(run: PlanRun) -> bool:
    return (run.is_halted or run.orders.is_cancelled.is_set()
            or all(row.state in ACTION_ENDED for row in run.ledger.actions()))


def _trouble(run: PlanRun, part: Callable[[], None]) -> str | None:
    """What stopped this part of the plan, if anything did; an action that fails stops none."""
    try:
        part()
    except TakenOver:
        raise
    except WatcherError as error:
        LOG.error('Action plan %s: %s', run.plan.uuid, error)
        return str(error)
    except Exception as error:
        LOG.exception('Action plan %s met an error of ours', run.plan.uuid)
        return f'internal error: {type(error).__name__}: {error}'
    return None


def _walk(run: PlanRun) -> None:
    LOG.info('Action plan %s: %d actions', run.plan.uuid, len(run.rows))
    # It may have been cancelled while nobody carried it out.
    run.ledger.ask(run.orders.look)
    rows = run.rows
    walk({uuid: row.parents for uuid, row in rows.items()}, lambda uuid: roads(rows[uuid]), run.lanes,
         lambda uuid: _run(run, rows[uuid]), lambda uuid, cause: _drop(run, rows[uuid], rows[cause]),
         settled={uuid: _settled(run, row) for uuid, row in rows.items() if row.state in ACTION_ENDED},
         begun=[uuid for uuid, row in rows.items() if row.state in RUNNING],
         may_begin=run.may_begin, tick=run.tools.look)


def _run(run: PlanRun, row: Action) -> Result:
    outcome = run_action(run, row)
    return outcome if isinstance(outcome, Result) else _result(run, row, outcome)


def _settled(run: PlanRun, row: Action) -> Result:
    return _result(run, row, Outcome(ActionState(row.state), row.status_message, stays=row.memory.get(STAYS)))


def _result(run: PlanRun, row: Action, outcome: Outcome) -> Result:
    if outcome.stays is not None:
        run.stays[row.uuid] = outcome.stays
    if outcome.state is ActionState.FAILED and run.first_failure is None:
        run.first_failure = row
    if outcome.state in NOT_DONE:
        run.not_done[row.uuid] = outcome.state
        if run.on_failure is not OnFailure.GO_ON or run.orders.is_cancelled.is_set():
            return Result.FAILED
    return Result.DONE


def _drop(run: PlanRun, row: Action, cause: Action) -> None:
    if run.not_done.get(cause.uuid) is ActionState.FAILED:
        message = f'Not run: it needs {called(cause)}, which failed.'
    elif run.orders.is_cancelled.is_set():
        message = ending.NOT_RUN
    else:
        message = f'Not run: it needs {called(cause)}, which was not done.'
    run.ledger.end(row, ActionState.PENDING, ActionState.CANCELLED, status_message=short(message))
