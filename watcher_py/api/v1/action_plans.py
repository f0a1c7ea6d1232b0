# SPDX-License-Identifier: Apache-2.0
"""/v1/action_plans: what audits recommend; launched, cancelled and deleted here."""

from typing import Any

import falcon

from watcher_py.api import patch, versions
from watcher_py.api.bodies import LIST, read
from watcher_py.api.desk import Desk
from watcher_py.api.hints import hint
from watcher_py.api.keys import refers_to, refers_to_uuid
from watcher_py.api.operation import ONE, operation
from watcher_py.api.resource import Resource
from watcher_py.api.view import Field, View, moment, of, orders
from watcher_py.bus.context import RequestContext
from watcher_py.core.errors import Invalid
from watcher_py.core.states import PLAN_BY_USER, PLAN_DELETABLE, ActionState, PlanState, may_become
from watcher_py.db.models import Action, ActionPlan, Audit, Strategy
from watcher_py.db.store import Change


def _indicators(plan: ActionPlan) -> list[dict[str, Any]]:
    # What only measuring gives was never promised: it is shown under /v2.
    return [{'name': each.name, 'description': each.description, 'unit': each.unit, 'value': each.predicted}
            for each in plan.indicators if each.measured is None or each.predicted is not None]


VIEW = View(
    'action_plans', ActionPlan, 'action_plan',
    (Field('uuid'), Field('state'), of('audit', 'uuid'), of('strategy', 'uuid'), of('strategy', 'name'),
     Field('efficacy_indicators', read=_indicators, schema=LIST), Field('global_efficacy'),
     moment('updated_at', in_list=True), Field('hostname', in_list=False),
     Field('status_message', in_list=False, since=versions.STATUS_MESSAGE),
     moment('created_at'), moment('deleted_at')),
    is_named=False, marker_is_uuid=True,
    sort_keys=orders('audit_uuid', 'strategy_uuid', 'strategy_name'),
    filters={'audit_uuid': refers_to_uuid(ActionPlan.audit_id, Audit, 'audit_uuid'),
             'strategy': refers_to(ActionPlan.strategy_id, Strategy)})

NOT_RUN = 'Not run: the action plan was cancelled.'


class ActionPlans(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)

    @operation(gives=ONE)
    def on_post_start(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        plan = self.allowed_row(req, key, 'start')
        if not self._launch(req.context.caller, plan):
            raise Invalid(f'Couldn\'t start when state is \'{self._state_of(plan)}\'.')
        self.answer(req, resp, plan)

    @operation(body=patch.SCHEMA, gives=ONE)
    def on_patch_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Launch or cancel: nothing else of a plan can be changed."""
        plan = self.allowed_row(req, key, 'update')
        new = _wanted_state(patch.read(read(req)))
        while not self._become(req.context.caller, plan, new):
            # Somebody was quicker: what is asked for is asked of what the plan is now.
            plan = self.desk.store.get(ActionPlan, plan.uuid)
        self.answer(req, resp, plan)

    @operation(204)
    def on_delete_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        plan = self.allowed_row(req, key, 'delete')
        if not self.desk.store.claim(plan, PLAN_DELETABLE, PlanState.DELETED):
            raise Invalid(f'Couldn\'t delete when state is \'{self._state_of(plan)}\'.')
        self.desk.store.remove(plan)
        resp.status = falcon.HTTP_204

    def _become(self, caller: RequestContext, plan: ActionPlan, new: PlanState) -> bool:
        """Whether this request took the plan there; not where it has left its state since it was read."""
        if not may_become(PlanState(plan.state), new, PLAN_BY_USER):
            raise Invalid(f'State transition not allowed: ({plan.state} -> {new})')
        if new is PlanState.PENDING:
            return self._launch(caller, plan)
        waiting = (Action.action_plan_id == plan.id, Action.state == ActionState.PENDING)
        dropped = Change(Action, waiting, {'state': ActionState.CANCELLED, 'status_message': NOT_RUN})
        return self.desk.store.claim(plan, plan.state, new,
                                     changing=[dropped] if new is PlanState.CANCELLED else [])

    def _launch(self, caller: RequestContext, plan: ActionPlan) -> bool:
        """Of several requests at once one wins."""
        is_ours = self.desk.store.claim(plan, PlanState.RECOMMENDED, PlanState.PENDING)
        if is_ours:
            hint(self.desk.applier.launch_action_plan, caller, plan.uuid)
        return is_ours

    def _state_of(self, plan: ActionPlan) -> str:
        return self.desk.store.get(ActionPlan, plan.id, with_deleted=True).state


def _wanted_state(operations: tuple[patch.Operation, ...]) -> PlanState:
    if [(each.op, each.path) for each in operations] != [('replace', ('state',))]:
        raise Invalid('Of an action plan only /state can be changed, by one replace')
    word = operations[0].value
    if word not in list(PlanState):
        raise Invalid(f'{word!r} is no state of an action plan')
    return PlanState(word)
