# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans: a plan with what it promises, why each action is in it, and why the rest stayed."""

from typing import Any

import falcon

from watcher_py.api.bodies import LIST, OBJECT, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.efficacy import FIGURES, MEASURED, figures, measured
from watcher_py.api.view import TEXT_OR_NULL, aware
from watcher_py.db.models import Action, ActionPlan

PROMISES = ('objective', 'before', 'after', 'bound', 'gap', 'migrations', 'ram_moved_mb',
            'makespan_s', 'makespan_bound_s', 'parking')
ACTION = ('uuid', 'action_type', 'input_parameters', 'reason', 'state', 'status_message', 'parents', 'wish',
          'planned_begin_s', 'planned_seconds')
TIMES = ('begun_at', 'ended_at')
EXPLAINED = {
    'type': 'object',
    'required': ['uuid', 'state', 'execution', 'roll_back', *PROMISES, 'refrained', 'stayed', 'left_out',
                 'efficacy', 'global_efficacy', 'measured', 'actions'],
    'properties': {
        'uuid': TEXT, 'state': TEXT, 'execution': OBJECT, 'roll_back': TEXT_OR_NULL, 'refrained': TEXT,
        'stayed': OBJECT, 'left_out': OBJECT, 'efficacy': FIGURES, 'global_efficacy': LIST,
        'measured': MEASURED, 'actions': LIST}}


class ExplainedPlans:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=EXPLAINED)
    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        arguments(req, ())
        plan = self.desk.store.get(ActionPlan, require_uuid(key, 'id in action_plans'))
        self.desk.guard.check(req.context.caller, 'action_plan:get')
        resp.media = _explained(plan, self.desk.store.find(Action, action_plan_id=plan.id))


def _explained(plan: ActionPlan, actions: list[Action]) -> dict[str, Any]:
    return {'uuid': plan.uuid, 'state': plan.state, 'execution': plan.execution, 'roll_back': plan.roll_back,
            **{name: plan.report.get(name) for name in PROMISES},
            'refrained': plan.report.get('refrained', ''), 'stayed': plan.report.get('stayed', {}),
            'left_out': plan.report.get('left_out', {}), 'efficacy': figures(plan),
            'global_efficacy': plan.global_efficacy, 'measured': measured(plan),
            'actions': [_step(action) for action in actions]}


def _step(action: Action) -> dict[str, Any]:
    return {**{name: getattr(action, name) for name in ACTION},
            **{name: aware(getattr(action, name)) for name in TIMES}}
