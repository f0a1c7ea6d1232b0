# SPDX-License-Identifier: Apache-2.0
"""Take back what was done: all of a plan, or what was done for the sake of actions that then were not."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from watcher_py.applier.actions.contract import Run
from watcher_py.applier.outcome import called
from watcher_py.applier.plan_run import NOT_DONE, STAYS, PlanRun
from watcher_py.core.errors import Refused, TakenOver, WatcherError
from watcher_py.core.states import ActionState
from watcher_py.db.columns import short
from watcher_py.db.models import REVERTED, Action

LOG = logging.getLogger(__name__)

# The parameter of an action that makes it conditional on what follows.
IS_CONDITIONAL = 'revert_on_failure'
SERVICE, CLOSED = 'change_nova_service_state', ('disabled', 'down')


def roll_back(run: PlanRun, why: str) -> bool:
    """Take back all that was done, the last first, one after another; their messages tell of it.

    False when this process is to end before it is through; a plan that is cancelled is through at once.
    """
    for row in in_reverse(run.ledger.actions()):
        if run.orders.is_cancelled.is_set():
            return True
        if run.tools.stopping.is_set():
            return False
        _take_back(run, row, why)
    return True


def take_back_vain(run: PlanRun) -> None:
    """Take back the plan's vain actions, the last one first; their messages tell of it."""
    for row, missed in reversed(list(vain(run.ledger.actions()))):
        _take_back(run, row, f'{called(missed)} was not done')


def in_reverse(rows: Sequence[Action]) -> list[Action]:
    """Those that were done, in the reverse of the order in which they really were.

    Only hosts that were closed are opened before all else: Nova lets nothing back onto one that is disabled.
    """
    done = [row for row in rows if row.state == ActionState.SUCCEEDED]
    return sorted(done, key=lambda row: (_has_closed(row), row.ended_at or datetime.min, row.id),
                  reverse=True)


def vain(rows: Sequence[Action]) -> Iterator[tuple[Action, Action]]:
    """The conditional actions that were done, each with the first of what follows that was not."""
    for row in rows:
        if row.state == ActionState.SUCCEEDED and row.input_parameters.get(IS_CONDITIONAL):
            after = _followers(rows, row.uuid)
            missed = next((one for one in rows if one.uuid in after and _is_missed(one)), None)
            if missed is not None:
                yield row, missed


def _has_closed(row: Action) -> bool:
    return row.action_type == SERVICE and row.input_parameters.get('state') in CLOSED


def _is_missed(row: Action) -> bool:
    return row.state in NOT_DONE or STAYS in (row.memory or {})


def _followers(rows: Sequence[Action], uuid: str) -> set[str]:
    """All that wait for it, directly or through others; a plan stores parents before children."""
    found = {uuid}
    for row in rows:
        if found.intersection(row.parents):
            found.add(row.uuid)
    return found - {uuid}


def _take_back(run: PlanRun, row: Action, why: str) -> None:
    try:
        _revert(run, row)
        message = f'Reverted: {why}.'
    except TakenOver:
        raise
    except WatcherError as error:
        message = f'Could not be reverted, though {why}: {error}'
    LOG.info('Action %s, %s: %s', row.uuid, called(row), message)
    run.ledger.tell(row, short(message))


def _revert(run: PlanRun, row: Action) -> None:
    if row.is_reverted:
        return      # by another process, before it could tell
    if not getattr(run.tools.kind(row), 'REVERSIBLE', True):
        raise Refused(f'{row.action_type} can not be taken back')
    memory = run.ledger.memory(row)
    run.tools.deed(row, Run(memory, lost=run.hold.lost, guard=run.hold.guard)).revert()
    memory.note(**{REVERTED: True})
