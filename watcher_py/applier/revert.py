# SPDX-License-Identifier: Apache-2.0
"""Take back what was done for the sake of actions that then were not done."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from threading import Event

from watcher_py.applier.actions.contract import Action
from watcher_py.applier.run_action import called
from watcher_py.applier.tools import Tools
from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState
from watcher_py.db import models
from watcher_py.db.columns import short

LOG = logging.getLogger(__name__)

# The parameter of an action that makes it conditional on what follows.
IS_CONDITIONAL = 'revert_on_failure'
NOT_DONE = (ActionState.FAILED, ActionState.CANCELLED)


def revert_vain(tools: Tools, plan: models.ActionPlan, deeds: Mapping[str, Action]) -> None:
    """Take back the plan's vain actions, the last one first; their messages tell of it.

    `deeds` are the actions' own objects, by uuid, which remember what was before.
    """
    rows = tools.store.find(models.Action, action_plan_id=plan.id)
    for row, missed in reversed(list(vain(rows))):
        message = _taken_back(tools, row, deeds.get(row.uuid), missed)
        LOG.info('Action %s, %s: %s', row.uuid, called(row), message)
        tools.store.change(row, status_message=short(message))


def vain(rows: Sequence[models.Action]) -> Iterator[tuple[models.Action, models.Action]]:
    """The conditional actions that were done, each with the first of what follows that was not."""
    for row in rows:
        if row.state == ActionState.SUCCEEDED and row.input_parameters.get(IS_CONDITIONAL):
            after = _followers(rows, row.uuid)
            missed = next((one for one in rows if one.uuid in after and one.state in NOT_DONE), None)
            if missed is not None:
                yield row, missed


def _followers(rows: Sequence[models.Action], uuid: str) -> set[str]:
    """All that wait for it, directly or through others; a plan stores parents before children."""
    found = {uuid}
    for row in rows:
        if found.intersection(row.parents):
            found.add(row.uuid)
    return found - {uuid}


def _taken_back(tools: Tools, row: models.Action, deed: Action | None, missed: models.Action) -> str:
    why = f'{called(missed)} was not done'
    try:
        (deed or tools.deed(row, Event())).revert()
    except WatcherError as error:
        return f'Could not be reverted, though {why}: {error}'
    return f'Reverted: {why}.'
