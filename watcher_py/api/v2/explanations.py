# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/explanations/{server or node}: why the plan does with it what it does."""

from typing import Any

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.db.models import ActionPlan

NUMBER, FLAG = {'type': 'number'}, {'type': 'boolean'}
MAYBE_TEXT = {'type': ['string', 'null']}


def _object(**properties: Any) -> dict[str, Any]:
    return {'type': 'object', 'required': list(properties), 'properties': properties}


def _list(**properties: Any) -> dict[str, Any]:
    return {'type': 'array', 'items': _object(**properties)}


EXPLANATION = _object(
    kind={'enum': ['server', 'node']}, uuid=TEXT, name=TEXT,
    verdict={'enum': ['moved', 'stayed', 'emptied', 'active', 'empty']}, reason=TEXT,
    source=MAYBE_TEXT, target=MAYBE_TEXT, serves=MAYBE_TEXT, planned_for=MAYBE_TEXT,
    effects=_list(objective=TEXT, value=NUMBER, without=NUMBER), why_not_home=MAYBE_TEXT,
    alternatives=_list(node=TEXT, is_possible=FLAG, why_not=TEXT),
    refused=_list(why=TEXT, nodes={'type': 'integer'}, server=MAYBE_TEXT))


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
