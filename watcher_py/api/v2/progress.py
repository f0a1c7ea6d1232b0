# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/progress: how far a plan has come, cheap enough to be asked every second."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import falcon

from watcher_py.api.bodies import OBJECT, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, NUMBER_OR_NULL, rows, shape
from watcher_py.api.view import TEXT_OR_NULL, aware
from watcher_py.core.progress import seconds_left
from watcher_py.core.states import PLAN_ENDED, ActionState, PlanState
from watcher_py.db.columns import now
from watcher_py.db.models import Action
from watcher_py.db.progress import RUNNING, Progress, actions_in, progress_of

SHOWN = 32              # actions that run, and of those that failed
DONE, DROPPED = (ActionState.SUCCEEDED, ActionState.FAILED), (ActionState.SKIPPED, ActionState.CANCELLED)
WAITING = (PlanState.RECOMMENDED, PlanState.PENDING)

SECONDS = {**NUMBER_OR_NULL, 'minimum': 0}
ACTION = {'uuid': TEXT, 'action_type': TEXT, 'input_parameters': OBJECT, 'begun_at': TEXT_OR_NULL,
          'wish': TEXT_OR_NULL}
PROGRESS = shape(
    state=TEXT, status_message=TEXT_OR_NULL, total=COUNT,
    by_state={'type': 'object', 'additionalProperties': COUNT}, running=rows(shape(**ACTION)),
    failed=rows(shape(**ACTION, status_message=TEXT_OR_NULL)),
    begun_at=TEXT_OR_NULL, seconds_gone=SECONDS, seconds_left=SECONDS, updated_at=TEXT_OR_NULL)


class PlanProgress:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=PROGRESS)
    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        arguments(req, ())
        progress = progress_of(self.desk.store, require_uuid(key, 'id in action_plans'))
        self.desk.guard.check(req.context.caller, 'action_plan:get')
        running, failed = (actions_in(self.desk.store, progress, states, SHOWN)
                           for states in (RUNNING, (ActionState.FAILED,)))
        moment = now()
        resp.media = {
            'state': progress.state, 'status_message': progress.status_message,
            'total': sum(progress.by_state.values()), 'by_state': progress.by_state,
            'running': [_shown(row) for row in running],
            'failed': [{**_shown(row), 'status_message': row.status_message} for row in failed],
            'begun_at': aware(progress.begun_at), 'seconds_gone': _gone(progress, moment),
            'seconds_left': _left(progress, running, moment), 'updated_at': aware(progress.updated_at)}


def _shown(row: Action) -> dict[str, Any]:
    return {'uuid': row.uuid, 'action_type': row.action_type, 'input_parameters': row.input_parameters,
            'begun_at': aware(row.begun_at), 'wish': row.wish}


def _gone(progress: Progress, moment: datetime) -> float | None:
    if progress.begun_at is None:
        return None
    until = progress.ended_at if progress.state in PLAN_ENDED else moment
    return _seconds(progress.begun_at, until or moment)


def _left(progress: Progress, running: Iterable[Action], moment: datetime) -> float | None:
    """None where nothing is predicted, or nobody knows how much is still going to be done."""
    if progress.makespan is None or progress.state not in (*WAITING, PlanState.ONGOING):
        return None
    begun = sum(min(_seconds(row.begun_at, moment), row.planned_seconds)
                for row in running if row.begun_at and row.planned_seconds)
    done, left, dropped = (
        sum(progress.seconds.get(state, 0.0) for state in states)
        for states in (DONE, (ActionState.PENDING, *RUNNING), DROPPED))
    return round(seconds_left(progress.makespan, _gone(progress, moment) or 0.0, done + begun,
                              left - begun, dropped), 1)


def _seconds(since: datetime, until: datetime) -> float:
    return round(max(0.0, (until - since).total_seconds()), 1)
