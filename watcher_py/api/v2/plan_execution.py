# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/execution: how a plan is to be carried out, as far as it differs from the usual."""

import falcon

from watcher_py.api.bodies import checked, read
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.parameters import check_periods
from watcher_py.core.errors import Conflict
from watcher_py.core.execution import SCHEMA
from watcher_py.core.states import PlanState
from watcher_py.db.models import ActionPlan

WAITING = (PlanState.RECOMMENDED, PlanState.PENDING)


class PlanExecution:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=SCHEMA, refuses=(403,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        resp.media = self._plan(req, key, 'get').execution

    @operation(body=SCHEMA, gives=SCHEMA, refuses=(409,))
    def on_put(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        plan = self._plan(req, key, 'execution')
        execution = checked(read(req), SCHEMA)
        check_periods(execution)
        is_meant = (ActionPlan.id == plan.id, ActionPlan.state.in_(WAITING))
        if not self.desk.store.change_where(ActionPlan, *is_meant, execution=execution):
            state = self.desk.store.get(ActionPlan, plan.id, with_deleted=True).state
            raise Conflict(f'How it is carried out can be said before a plan runs; the plan is {state}')
        resp.media = execution

    def _plan(self, req: falcon.Request, key: str, deed: str) -> ActionPlan:
        arguments(req, ())
        plan = self.desk.store.get(ActionPlan, require_uuid(key, 'id in action_plans'))
        self.desk.guard.check(req.context.caller, f'action_plan:{deed}')
        return plan
