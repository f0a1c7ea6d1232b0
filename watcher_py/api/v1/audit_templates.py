# SPDX-License-Identifier: Apache-2.0
"""/v1/audit_templates: audits that are made again and again."""

from typing import Any

import falcon

from watcher_py.api import bodies, parameters, patch, versions
from watcher_py.api.bodies import LIST, LONG_TEXT, OBJECT, schema
from watcher_py.api.desk import Desk
from watcher_py.api.keys import refers_to
from watcher_py.api.operation import ONE, operation
from watcher_py.api.resource import Resource
from watcher_py.api.v1 import aims
from watcher_py.api.view import TIMESTAMPS, Field, View, of, orders
from watcher_py.core import scope
from watcher_py.core.errors import Conflict
from watcher_py.db.models import AuditTemplate, Goal, Strategy

VIEW = View(
    'audit_templates', AuditTemplate, 'audit_template',
    (Field('uuid'), Field('name'), of('goal', 'uuid'), of('goal', 'name'), of('strategy', 'uuid'),
     of('strategy', 'name'), Field('scope'), Field('description', in_list=False),
     Field('default_parameters', in_list=False, since=versions.DEFAULT_PARAMETERS), *TIMESTAMPS),
    marker_is_uuid=True,
    sort_keys=orders('goal_uuid', 'goal_name', 'strategy_uuid', 'strategy_name'),
    filters={'goal': refers_to(AuditTemplate.goal_id, Goal),
             'strategy': refers_to(AuditTemplate.strategy_id, Strategy)})

BODY = schema(
    ('name', 'goal'),
    name={'type': 'string', 'minLength': 1, 'maxLength': 63}, description=LONG_TEXT,
    goal=aims.KEY, strategy=aims.KEY, scope=LIST, default_parameters=OBJECT)


class AuditTemplates(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)

    @operation(201, body=BODY, gives=ONE, refuses=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.allow(req, 'create')
        body = bodies.checked(bodies.read(req), BODY)
        if body.get('default_parameters'):
            versions.require(req, versions.DEFAULT_PARAMETERS, 'default_parameters')
        template = AuditTemplate(**self._values(body))
        self.desk.store.add(template)
        self.answer_created(req, resp, template)

    @operation(body=patch.SCHEMA, gives=ONE, refuses=(409,))
    def on_patch_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        template = self.allowed_row(req, key, 'update')
        operations = patch.read(bodies.read(req))
        _check_together(req, template, operations)
        body = bodies.checked(patch.apply(_document(template), operations), BODY)
        if operations:
            self.desk.store.change(template, **self._values(body))
        self.answer(req, resp, template)

    @operation(204)
    def on_delete_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        self.desk.store.remove(self.allowed_row(req, key, 'delete'))
        resp.status = falcon.HTTP_204

    def _values(self, body: dict[str, Any]) -> dict[str, Any]:
        """The columns of a template as the body describes it, or Invalid."""
        goal, strategy = aims.both_of(self.desk.store, body['goal'], body.get('strategy'))
        wanted = {'scope': body.get('scope', []), 'default_parameters': body.get('default_parameters', {})}
        scope.check(wanted['scope'])
        # Stored as they are given: defaults are filled in when an audit is made.
        parameters.check_presets(strategy, wanted['default_parameters'])
        return {'name': body['name'], 'description': body.get('description'), 'goal_id': goal.id,
                'strategy_id': strategy.id if strategy else None, **wanted}


def _document(template: AuditTemplate) -> patch.Document:
    strategy = template.strategy
    return {'name': template.name, 'description': template.description,
            'goal': template.goal.uuid if template.goal.is_live else None,
            'strategy': strategy.uuid if strategy and strategy.is_live else None,
            'scope': template.scope, 'default_parameters': template.default_parameters}


def _check_together(req: falcon.Request, template: AuditTemplate,
                    operations: tuple[patch.Operation, ...]) -> None:
    if patch.touches(operations, 'default_parameters'):
        versions.require(req, versions.DEFAULT_PARAMETERS, 'default_parameters')
    elif template.default_parameters and (
            patch.touches(operations, 'goal') or patch.touches(operations, 'strategy')):
        raise Conflict('The template has default_parameters for its strategy: change goal or strategy '
                       'together with them, in one patch')
