# SPDX-License-Identifier: Apache-2.0
"""/v2/efficacy: what plans promised and what came of them, one after another."""

from typing import Any

import falcon
from oslo_utils.strutils import bool_from_string
from sqlalchemy import ColumnElement, select

from watcher_py.api import listing
from watcher_py.api.bodies import LIST, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import refers_to
from watcher_py.api.listing import DIRECTIONS
from watcher_py.api.operation import operation
from watcher_py.api.resource import host_of
from watcher_py.api.view import TEXT_OR_NULL, View, aware
from watcher_py.db.models import ActionPlan, Audit, Goal, Strategy


def _aims_at(key: str) -> ColumnElement[bool]:
    """Plans of audits with this goal, by its uuid or name."""
    return ActionPlan.audit_id.in_(select(Audit.id).where(refers_to(Audit.goal_id, Goal)(key)))


def _is_measured(flag: str) -> ColumnElement[bool]:
    is_null: ColumnElement[bool] = ActionPlan.measured_at.is_(None)
    return ~is_null if bool_from_string(flag) else is_null


VIEW = View('efficacy', ActionPlan, 'efficacy', (), is_named=False, marker_is_uuid=True,
            filters={'audit': refers_to(ActionPlan.audit_id, Audit), 'goal': _aims_at,
                     'strategy': refers_to(ActionPlan.strategy_id, Strategy), 'measured': _is_measured})

NUMBER_OR_NULL = {'type': ['number', 'null']}
FIGURES = {'type': 'array', 'items': {
    'type': 'object', 'required': ['name', 'description', 'unit', 'predicted', 'measured'],
    'properties': {'name': TEXT, 'description': TEXT_OR_NULL, 'unit': TEXT_OR_NULL,
                   'predicted': NUMBER_OR_NULL, 'measured': NUMBER_OR_NULL}}}
MEASURED = {'type': ['object', 'null'], 'required': ['at', 'global_efficacy', 'notes'],
            'properties': {'at': TEXT, 'global_efficacy': LIST, 'notes': LIST}}
PLAN = {'type': 'object',
        'required': ['uuid', 'state', 'audit_uuid', 'audit_name', 'strategy_name', 'created_at',
                     'efficacy', 'global_efficacy', 'measured'],
        'properties': {'uuid': TEXT, 'state': TEXT, 'audit_uuid': TEXT, 'audit_name': TEXT_OR_NULL,
                       'strategy_name': TEXT, 'created_at': TEXT_OR_NULL, 'efficacy': FIGURES,
                       'global_efficacy': LIST, 'measured': MEASURED}}
PAGE = {'type': 'object', 'required': ['efficacy'],
        'properties': {'efficacy': {'type': 'array', 'items': PLAN}, 'next': TEXT}}
QUERY = {'limit': {'type': 'integer', 'minimum': 1}, 'marker': TEXT, 'sort_dir': {'enum': list(DIRECTIONS)},
         'sort_key': {'enum': sorted(ActionPlan.__mapper__.columns.keys())},
         **dict.fromkeys(VIEW.filters, TEXT)}


class Efficacy:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=PAGE, query=QUERY, refuses=(404,))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'efficacy:get_all')
        page = listing.asked(req, VIEW, self.desk.max_limit)
        plans: list[ActionPlan] = listing.rows(self.desk.store, VIEW, page, with_deleted=False)
        resp.media = {'efficacy': [_shown(plan) for plan in plans]}
        if link := listing.next_link(VIEW, page, plans, host_of(req), VIEW.collection, 'v2'):
            resp.media['next'] = link


def figures(plan: ActionPlan) -> list[dict[str, Any]]:
    """Each indicator as it was predicted and as it came out; null is not known."""
    return [{'name': each.name, 'description': each.description, 'unit': each.unit,
             'predicted': each.predicted, 'measured': each.measured} for each in plan.indicators]


def measured(plan: ActionPlan) -> dict[str, Any] | None:
    """When the plan was measured and what is to be said of it; None as long as it was not."""
    if plan.measured_at is None:
        return None
    return {'at': aware(plan.measured_at), 'global_efficacy': plan.measured.get('global_efficacy', []),
            'notes': plan.measured.get('notes', [])}


def _shown(plan: ActionPlan) -> dict[str, Any]:
    return {'uuid': plan.uuid, 'state': plan.state, 'audit_uuid': plan.audit.uuid,
            'audit_name': plan.audit.name, 'strategy_name': plan.strategy.name,
            'created_at': aware(plan.created_at), 'efficacy': figures(plan),
            'global_efficacy': plan.global_efficacy, 'measured': measured(plan)}
