# SPDX-License-Identifier: Apache-2.0
"""/v1/audits: made, changed, cancelled and deleted here; the decision engine carries them out."""

from datetime import datetime
from typing import Any

import falcon

from watcher_py.api import bodies, parameters, patch, versions
from watcher_py.api.bodies import FLAG, LIST, OBJECT, TEXT, schema
from watcher_py.api.desk import Desk
from watcher_py.api.hints import hint
from watcher_py.api.keys import refers_to
from watcher_py.api.operation import ONE, operation
from watcher_py.api.resource import Resource
from watcher_py.api.v1 import audit_times, new_audit
from watcher_py.api.view import TIMESTAMPS, Field, View, naive_moment, of, orders
from watcher_py.core import scope
from watcher_py.core.errors import Invalid
from watcher_py.core.states import AUDIT_BY_USER, AUDIT_DELETABLE, AUDIT_ENDED, AuditState, may_become
from watcher_py.db.models import Audit, Goal, Strategy

VIEW = View(
    'audits', Audit, 'audit',
    (Field('uuid'), Field('name'), Field('audit_type'), Field('state'), of('goal', 'uuid'),
     of('goal', 'name'), of('strategy', 'uuid'), of('strategy', 'name'), Field('interval'), Field('scope'),
     Field('auto_trigger'), naive_moment('next_run_time', in_list=True), Field('force'),
     Field('parameters', in_list=False), Field('hostname', in_list=False),
     naive_moment('start_time', since=versions.START_AND_END_TIME),
     naive_moment('end_time', since=versions.START_AND_END_TIME),
     Field('status_message', in_list=False, since=versions.STATUS_MESSAGE), *TIMESTAMPS),
    marker_is_uuid=True,
    sort_keys=orders('goal_uuid', 'goal_name', 'strategy_uuid', 'strategy_name'),
    filters={'goal': refers_to(Audit.goal_id, Goal), 'strategy': refers_to(Audit.strategy_id, Strategy)})

# What a patch may change; what is set only when the audit is made is not among it.
PATCHED = schema(
    ('name', 'state'),
    name={'type': 'string', 'minLength': 1, 'maxLength': new_audit.LONGEST_NAME},
    state={'enum': [state.value for state in AuditState]}, interval=TEXT, start_time=TEXT, end_time=TEXT,
    parameters=OBJECT, scope=LIST, auto_trigger=FLAG, force=FLAG)
TIMES = ('start_time', 'end_time')
TIMING = ('interval', 'start_time')


class Audits(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)

    @operation(201, body=new_audit.BODY, gives=ONE, refuses=(404, 409))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.allow(req, 'create')
        body = bodies.read(req)
        if isinstance(body, dict) and any(body.get(time) is not None for time in TIMES):
            versions.require(req, versions.START_AND_END_TIME, 'start_time and end_time')
        audit = new_audit.read(self.desk.store, body)
        self.desk.store.add(audit)
        if audit.audit_type == new_audit.ONESHOT:
            hint(self.desk.engine.trigger_audit, req.context.caller, audit.uuid)
        self.answer_created(req, resp, audit)

    @operation(body=patch.SCHEMA, gives=ONE, refuses=(409,))
    def on_patch_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        audit = self.allowed_row(req, key, 'update')
        operations = patch.read(bodies.read(req))
        while not self._patch(audit, operations):
            # An engine was quicker: what is asked for is asked of what it has made of the audit.
            audit = self.desk.store.get(Audit, audit.uuid)
        self.answer(req, resp, audit)

    @operation(204)
    def on_delete_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Its action plans stay, and stay listed under its uuid."""
        audit = self.allowed_row(req, key, 'delete')
        if not self.desk.store.claim(audit, AUDIT_DELETABLE, AuditState.DELETED):
            raise Invalid(f'Couldn\'t delete when state is \'{self._state_of(audit)}\'.')
        self.desk.store.remove(audit)
        resp.status = falcon.HTTP_204

    def _patch(self, audit: Audit, operations: tuple[patch.Operation, ...]) -> bool:
        """Whether it was patched; not where it has left its state since it was read."""
        before = _document(audit)
        after = patch.apply(before, operations)
        body = bodies.checked(after, PATCHED)
        changed = {name for name in after if after[name] != before[name]}
        return self._store(audit, body['state'], _values(audit, body, changed))

    def _store(self, audit: Audit, state: str, values: dict[str, Any]) -> bool:
        if state == audit.state:
            if values:
                self.desk.store.change(audit, **values)
                self._time_anew(audit, values)
            return True
        old, new = AuditState(audit.state), AuditState(state)
        if new in AUDIT_ENDED:
            values['next_run_time'] = None
        if (old, new) == (AuditState.PENDING, AuditState.ONGOING):
            values['hostname'] = None       # no engine carries it out: none takes it over either
        if not may_become(old, new, AUDIT_BY_USER):
            raise Invalid(f'State transition not allowed: ({old} -> {new})')
        if not self.desk.store.claim(audit, old, new, **values):
            return False
        self._time_anew(audit, values)
        if new is AuditState.DELETED:
            self.desk.store.remove(audit)
        return True

    def _time_anew(self, audit: Audit, values: dict[str, Any]) -> None:
        """Have the engines find its next run, unless they carry it out just now and will do so after it."""
        if audit.audit_type == new_audit.CONTINUOUS and values.keys() & TIMING:
            is_between_runs = Audit.next_run_time.is_not(None)
            self.desk.store.change_where(
                Audit, Audit.id == audit.id, is_between_runs, next_run_time=None, hostname=None)

    def _state_of(self, audit: Audit) -> str:
        return self.desk.store.get(Audit, audit.id, with_deleted=True).state


def _document(audit: Audit) -> patch.Document:
    """Times as they are shown, but with their offset: what a patch leaves alone reads back as the same."""
    times = {name: getattr(audit, name) for name in TIMES}
    return {'name': audit.name, 'state': audit.state, 'interval': audit.interval, 'scope': audit.scope,
            'parameters': audit.parameters, 'auto_trigger': audit.auto_trigger, 'force': audit.force,
            **{name: f'{time.isoformat()}+00:00' if time else None for name, time in times.items()}}


def _values(audit: Audit, body: dict[str, Any], changed: set[str]) -> dict[str, Any]:
    """The columns that change, checked; the rest may be older than today's checks."""
    values = {name: body.get(name) for name in changed - {'state'}}
    for name in {'auto_trigger', 'force'} & changed:
        values[name] = bodies.is_true(body.get(name, False))
    if changed & set(TIMES):
        values.update(_times(audit, body, changed))
    if 'interval' in changed:
        new_audit.check_interval(audit.audit_type, body.get('interval'))
    if 'parameters' in changed:
        values['parameters'] = parameters.filled(audit.strategy, body.get('parameters', {}))
    if 'scope' in changed:
        values['scope'] = body.get('scope', [])
        scope.check(values['scope'])
    return values


def _times(audit: Audit, body: dict[str, Any], changed: set[str]) -> dict[str, datetime | None]:
    times = {name: audit_times.moment(body.get(name), name) if name in changed else getattr(audit, name)
             for name in TIMES}
    audit_times.check_order(times['start_time'], times['end_time'])
    return times
