# SPDX-License-Identifier: Apache-2.0
"""The story of an action plan: claim, walk its actions, take back what was in vain, finish."""

import logging
from collections.abc import Callable, Sequence

from watcher_py.applier.actions.patience import until
from watcher_py.applier.cancellation import Cancellation
from watcher_py.applier.revert import revert_vain
from watcher_py.applier.run_action import RUNNING, Outcome, called, run_action
from watcher_py.applier.tools import Tools
from watcher_py.applier.walk import walk
from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.columns import short
from watcher_py.db.models import Action, ActionPlan

LOG = logging.getLogger(__name__)

LAUNCHED = (PlanState.RECOMMENDED, PlanState.PENDING)
SKIPPED = 'One or more actions were skipped.'
NOT_RUN = 'Not run: the action plan was cancelled.'

Outcomes = dict[str, Outcome]           # by the uuids of actions


def run_plan(tools: Tools, plan_uuid: str) -> None:
    """Carry out a plan that is launched; what became of it ends up in its rows."""
    plan = tools.store.get(ActionPlan, plan_uuid)
    if not _claim(tools, plan):
        return
    tools.announcer.started(plan, 'execution', state=PlanState.ONGOING, status_message=None)
    outcomes: Outcomes = {}
    trouble = _trouble(plan, lambda: _walk(tools, plan, outcomes))
    # A plan that stays ongoing blocks every audit: its end outlasts a database that is away.
    until(lambda: _end(tools, plan, outcomes, trouble), tools.settings, f'action plan {plan.uuid} to end')


def _claim(tools: Tools, plan: ActionPlan) -> bool:
    return tools.store.claim(plan, LAUNCHED, PlanState.ONGOING, hostname=tools.host, status_message=None)


def _trouble(plan: ActionPlan, part: Callable[[], None]) -> str | None:
    """What stopped this part of the plan, if anything did; an action that fails stops none."""
    try:
        part()
    except WatcherError as error:
        LOG.error('Action plan %s: %s', plan.uuid, error)
        return str(error)
    except Exception as error:
        LOG.exception('Action plan %s met an error of ours', plan.uuid)
        return f'internal error: {type(error).__name__}: {error}'
    return None


def _walk(tools: Tools, plan: ActionPlan, outcomes: Outcomes) -> None:
    rows = {row.uuid: row for row in tools.store.find(Action, action_plan_id=plan.id)}
    LOG.info('Action plan %s: claimed, %d actions', plan.uuid, len(rows))

    def run(uuid: str) -> bool:
        if cancellation.look():
            drop(uuid, uuid)
            return False
        outcomes[uuid] = run_action(tools, rows[uuid], cancellation.event)
        return outcomes[uuid].is_done

    def drop(uuid: str, cause: str) -> None:
        has_failed = cause in outcomes and outcomes[cause].state is ActionState.FAILED
        message = f'Not run: it needs {called(rows[cause])}, which failed.' if has_failed else NOT_RUN
        tools.store.claim(rows[uuid], ActionState.PENDING, ActionState.CANCELLED,
                          status_message=short(message))

    with Cancellation(tools.store, plan, tools.cancel_interval, tools.announcer) as cancellation:
        walk({uuid: row.parents for uuid, row in rows.items()}, lambda uuid: _hosts(rows[uuid]), tools.lanes,
             run, drop)


def _hosts(row: Action) -> list[str]:
    """The hosts that the action burdens."""
    ends = (row.input_parameters.get(end) for end in ('source_node', 'destination_node'))
    return [host for host in ends if host]


def _end(tools: Tools, plan: ActionPlan, outcomes: Outcomes, trouble: str | None) -> bool:
    _close(tools, plan, trouble)
    deeds = {uuid: outcome.deed for uuid, outcome in outcomes.items() if outcome.deed}
    _finish(tools, plan, _trouble(plan, lambda: revert_vain(tools, plan, deeds)) or trouble)
    return True


def _close(tools: Tools, plan: ActionPlan, trouble: str | None) -> None:
    """No action of a plan that is over waits or runs: what trouble has left so is told of."""
    why = trouble or 'the action plan ended without it'
    for states, end, message in ((RUNNING, ActionState.FAILED, f'Not ended: {why}'),
                                 ([ActionState.PENDING], ActionState.CANCELLED, f'Not run: {why}')):
        tools.store.change_where(
            Action, Action.action_plan_id == plan.id, Action.state.in_(states),
            state=end, status_message=short(message))


def _finish(tools: Tools, plan: ActionPlan, trouble: str | None) -> None:
    rows = tools.store.find(Action, action_plan_id=plan.id)
    # The user may cancel it at the last moment, and then has the last word.
    for before, deed in ((PlanState.ONGOING, 'execution'), (PlanState.CANCELLING, 'cancel')):
        state, message = _verdict(rows, trouble, before is PlanState.CANCELLING)
        if tools.store.claim(plan, before, state, status_message=message):
            error = WatcherError(message) if state is PlanState.FAILED else None
            tools.announcer.finished(plan, deed, error, state=state, status_message=message)
            LOG.info('Action plan %s: %s%s', plan.uuid, state, f'. {message}' if message else '')
            return


def _verdict(rows: Sequence[Action], trouble: str | None, is_cancelled: bool) -> tuple[PlanState, str | None]:
    """How a plan ends: well only if nothing failed and all that was not skipped was run."""
    failed, not_run = _of(rows, ActionState.FAILED), _of(rows, ActionState.CANCELLED)
    if failed:
        why = f'{len(failed)} of {len(rows)} actions failed: {failed[0].status_message}'
        return PlanState.FAILED, short(why)
    if trouble:
        return PlanState.FAILED, short(trouble)
    if is_cancelled:
        return PlanState.CANCELLED, f'Cancelled; {len(not_run)} of {len(rows)} actions were not done.'
    if not_run:
        return PlanState.FAILED, f'{len(not_run)} of {len(rows)} actions were not run.'
    return PlanState.SUCCEEDED, SKIPPED if _of(rows, ActionState.SKIPPED) else None


def _of(rows: Sequence[Action], state: ActionState) -> list[Action]:
    return [row for row in rows if row.state == state]
