# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/skip: many actions of a plan that waits are skipped, all of them or none."""

from collections.abc import Collection, Iterable
from typing import Any

import falcon
from sqlalchemy import select

from watcher_py.api import bodies, skipping
from watcher_py.api.bodies import TEXT, checked, read
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import rows, shape
from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.news import ROWS_A_QUESTION
from watcher_py.db.store import Change

CHOICE = bodies.schema(('actions',), actions={**rows(TEXT), 'minItems': 1}, reason=TEXT)
TAKEN = shape(skipped=rows(TEXT))


class PlanSkip:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(body=CHOICE, gives=TAKEN, refuses=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        plan = self.desk.store.get(ActionPlan, require_uuid(key, 'id in action_plans'), depth=0)
        self.desk.guard.check(req.context.caller, 'action:update')
        asked = checked(read(req), CHOICE)
        message = skipping.message(asked.get('reason'))
        uuids = list(dict.fromkeys(require_uuid(uuid, 'an action in actions') for uuid in asked['actions']))
        skipping.require_waiting(plan)
        self._skip(plan, self._waiting(plan, uuids), message)
        resp.media = {'skipped': uuids}

    def _waiting(self, plan: ActionPlan, uuids: Iterable[str]) -> list[int]:
        """The ids of those that are not skipped already."""
        of_plan = select(Action.uuid, Action.id, Action.state).where(
            Action.action_plan_id == plan.id, Action.deleted == 0)
        known = {row.uuid: row for row in self.desk.store.ask(of_plan)}
        meant = [_known(known, uuid) for uuid in uuids]
        for row in meant:
            if row.state not in (ActionState.PENDING, ActionState.SKIPPED):
                raise Conflict(f'Action {row.uuid} is {row.state}: only what waits can be skipped. '
                               'Nothing was skipped.')
        return [row.id for row in meant if row.state == ActionState.PENDING]

    def _skip(self, plan: ActionPlan, numbers: Collection[int], message: str) -> None:
        # Whoever starts or takes up the plan has to take its row from this state too: one of the two wins.
        if not self.desk.store.claim(plan, plan.state, plan.state, changing=_changes(numbers, message)):
            state = self.desk.store.get(ActionPlan, plan.id, with_deleted=True).state
            raise Conflict(f'The plan became {state} meanwhile. Nothing was skipped.')


def _known(actions: dict[str, Any], uuid: str) -> Any:
    if uuid not in actions:
        raise NotFound(f'The plan has no action {uuid}. Nothing was skipped.')
    return actions[uuid]


def _changes(numbers: Collection[int], message: str) -> list[Change]:
    """A few, however many actions there are."""
    ordered, skipped = sorted(numbers), {'state': ActionState.SKIPPED, 'status_message': message}
    return [Change(Action, (Action.id.in_(ordered[start:start + ROWS_A_QUESTION]),
                            Action.state == ActionState.PENDING), skipped)
            for start in range(0, len(ordered), ROWS_A_QUESTION)]
