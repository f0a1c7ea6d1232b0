# SPDX-License-Identifier: Apache-2.0
"""/v1/actions: the steps of action plans."""

from typing import Any

import falcon
from sqlalchemy import select

from watcher_py.api import patch, skipping, versions
from watcher_py.api.bodies import read
from watcher_py.api.desk import Desk
from watcher_py.api.keys import refers_to_uuid, require_uuid
from watcher_py.api.operation import ONE, operation
from watcher_py.api.resource import Resource
from watcher_py.api.view import TIMESTAMPS, Field, View, of, orders
from watcher_py.core.errors import Conflict, Invalid
from watcher_py.core.states import ACTION_BY_USER, ActionState, may_become
from watcher_py.db.models import Action, ActionDescription, ActionPlan, Audit


def _of_audit(uuid: str) -> Any:
    plans = select(ActionPlan.id).join(Audit, ActionPlan.audit_id == Audit.id)
    return Action.action_plan_id.in_(plans.where(Audit.uuid == require_uuid(uuid, 'audit_uuid')))


VIEW = View(
    'actions', Action, 'action',
    (Field('uuid'), of('action_plan', 'uuid'), Field('state'), Field('action_type'), Field('parents'),
     Field('input_parameters', in_list=False),
     Field('status_message', in_list=False, since=versions.STATUS_MESSAGE), *TIMESTAMPS),
    is_named=False, marker_is_uuid=True,
    sort_keys=orders('action_plan_uuid'),
    filters={'action_plan_uuid': refers_to_uuid(Action.action_plan_id, ActionPlan, 'action_plan_uuid'),
             'audit_uuid': _of_audit})


class Actions(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _refuse_two_filters(req)
        super().on_get(req, resp)

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        _refuse_two_filters(req)
        super().on_get_detail(req, resp)

    @operation(body=patch.SCHEMA, gives=ONE, refuses=(409,))
    def on_patch_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Skip an action that waits, or say why it was skipped."""
        action = self.allowed_row(req, key, 'update')
        if req.context.version < versions.SKIP_ACTION:
            raise Invalid(f'An action can be changed from API version {versions.SKIP_ACTION} on')
        operations = patch.read(read(req))
        if any(operation.op == 'remove' for operation in operations):
            raise Invalid('Nothing of an action can be removed')
        wanted = patch.apply({'state': action.state, 'status_message': None}, operations)
        is_skipped = wanted['state'] == action.state == ActionState.SKIPPED
        if patch.touches(operations, 'state') and not is_skipped:
            self._skip(action, wanted)
        elif operations:
            self._explain(action, wanted)
        self.answer(req, resp, action)

    def shown(self, req: falcon.Request, rows: list[Any], is_detail: bool) -> list[dict[str, Any]]:
        words = {each.action_type: each.description for each in self.desk.store.find(ActionDescription)}
        return [{**action, 'description': words.get(action['action_type'], '')}
                for action in super().shown(req, rows, is_detail)]

    def _skip(self, action: Action, wanted: patch.Document) -> None:
        if wanted['state'] not in list(ActionState):
            raise Invalid(f'{wanted["state"]!r} is no state of an action')
        old, new = ActionState(action.state), ActionState(wanted['state'])
        if not may_become(old, new, ACTION_BY_USER):
            raise Conflict(f'State transition not allowed: ({old} -> {new})')
        skipping.require_waiting(action.action_plan)
        if not self.desk.store.claim(action, old, new, status_message=_message(wanted['status_message'])):
            raise Conflict('The action has started meanwhile')

    def _explain(self, action: Action, wanted: patch.Document) -> None:
        skipped = ActionState.SKIPPED
        if action.state != skipped:
            raise Conflict(f'The action is {action.state}; the message of a {skipped} one can be changed')
        self.desk.store.claim(action, skipped, skipped, status_message=_message(wanted['status_message']))


def _message(reason: Any) -> str:
    if reason is not None and not isinstance(reason, str):
        raise Invalid('"status_message" is not a string')
    return skipping.message(reason)


def _refuse_two_filters(req: falcon.Request) -> None:
    if 'action_plan_uuid' in req.params and 'audit_uuid' in req.params:
        raise Invalid('Filter by action_plan_uuid or by audit_uuid, not by both')
