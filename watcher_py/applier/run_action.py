# SPDX-License-Identifier: Apache-2.0
"""The story of an action: claim, check, execute, verify, and what came of it."""

import logging
from dataclasses import dataclass
from threading import Event

from watcher_py.applier.actions.contract import Action, Cancelled, Skipped
from watcher_py.applier.tools import Tools
from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState
from watcher_py.db import models
from watcher_py.db.columns import short

LOG = logging.getLogger(__name__)

CANCELLED = 'Stopped: the action plan was cancelled.'
RUNNING = (ActionState.ONGOING, ActionState.CANCELLING)


@dataclass(frozen=True)
class Outcome:
    """What came of an action, and the deed itself when it could be taken back."""

    state: ActionState
    message: str | None = None
    deed: Action | None = None
    error: WatcherError | None = None

    @property
    def is_done(self) -> bool:
        """Whether what waits for the action may start."""
        return self.state in (ActionState.SUCCEEDED, ActionState.SKIPPED)


def run_action(tools: Tools, row: models.Action, cancelled: Event) -> Outcome:
    """Carry out an action that is pending; one that is not is left as it is."""
    if not tools.store.claim(row, ActionState.PENDING, ActionState.ONGOING):
        return Outcome(ActionState(tools.store.get(models.Action, row.id, with_deleted=True).state))
    tools.announcer.started(row, 'execution', state=ActionState.ONGOING)
    with tools.announcer.failing(row, 'execution', state=ActionState.ONGOING):
        outcome = _carry_out(tools, row, cancelled)
    _end(tools, row, outcome)
    LOG.info('Action %s, %s: %s%s', row.uuid, called(row), outcome.state,
             f'. {outcome.message}' if outcome.message else '')
    return outcome


def called(row: models.Action) -> str:
    """What an operator calls it: 'migrate of web-1'."""
    name = row.input_parameters.get('resource_name') or row.input_parameters.get('resource_id')
    return f'{row.action_type} of {name}' if name else row.action_type


def _end(tools: Tools, row: models.Action, outcome: Outcome) -> None:
    now = {'state': outcome.state, 'status_message': short(outcome.message) if outcome.message else None}
    # In the order in which it goes through these states: it may be told to stop at this moment.
    for state, deed in ((ActionState.ONGOING, 'execution'), (ActionState.CANCELLING, 'cancel')):
        if tools.store.claim(row, state, outcome.state, status_message=now['status_message']):
            tools.announcer.finished(row, deed, outcome.error, **now)
            return


def _carry_out(tools: Tools, row: models.Action, cancelled: Event) -> Outcome:
    phase = 'pre_condition'
    try:
        deed = tools.deed(row, cancelled)
        deed.check()
        phase = 'execute'
        deed.execute()
        phase = 'post_condition'
        deed.verify()
    except Skipped as why:
        return Outcome(ActionState.SKIPPED, f'Action was skipped automatically: {why}')
    except Cancelled:
        return Outcome(ActionState.CANCELLED, CANCELLED)
    except WatcherError as error:
        return Outcome(ActionState.FAILED, f'Action failed in {phase}: {error}', error=error)
    return Outcome(ActionState.SUCCEEDED, deed=deed)
