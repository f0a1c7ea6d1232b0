# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/explanations/{server or node}: why the plan does with it what it does."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import FLAG, rows, shape
from watcher_py.api.view import TEXT_OR_NULL
from watcher_py.db.models import ActionPlan

NUMBER = {'type': 'number'}

EXPLANATION = shape(
    kind={'enum': ['server', 'node']}, uuid=TEXT, name=TEXT,
    verdict={'enum': ['moved', 'stayed', 'emptied', 'active', 'empty']}, reason=TEXT,
    source=TEXT_OR_NULL, target=TEXT_OR_NULL, serves=TEXT_OR_NULL, planned_for=TEXT_OR_NULL,
    effects=rows(shape(objective=TEXT, value=NUMBER, without=NUMBER)), why_not_home=TEXT_OR_NULL,
    alternatives=rows(shape(node=TEXT, is_possible=FLAG, why_not=TEXT)),
    refused=rows(shape(why=TEXT, nodes={'type': 'integer'}, server=TEXT_OR_NULL)))


class Explanations:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=EXPLANATION, refuses=(409, 500))
    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str, about: str) -> None:
        arguments(req, ())
        plan = self.desk.store.get(ActionPlan, require_uuid(key, 'id in action_plans'))
        caller = req.context.caller
        self.desk.guard.check(caller, 'action_plan:explain')
        resp.media = self.desk.engine.explanation(caller, plan.uuid, about)
