# SPDX-License-Identifier: Apache-2.0
"""The audit that a POST describes."""

from typing import Any

from watcher_py.api import parameters
from watcher_py.api.bodies import FLAG, OBJECT, TEXT, Schema, checked, is_true, schema
from watcher_py.api.keys import require_uuid
from watcher_py.api.v1 import aims, audit_times
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.states import AuditState
from watcher_py.db.columns import now
from watcher_py.db.models import Audit, AuditTemplate, Goal, Strategy
from watcher_py.db.store import Store

Body = dict[str, Any]

ONESHOT, CONTINUOUS, EVENT = TYPES = ('ONESHOT', 'CONTINUOUS', 'EVENT')
LONGEST_NAME = 63
READ_ONLY = ('scope', 'state', 'hostname')

BODY: Schema = schema(
    ('audit_type',),
    audit_type={'enum': list(TYPES)}, name=TEXT, goal=aims.KEY, strategy=aims.KEY, audit_template_uuid=TEXT,
    interval=TEXT, start_time=TEXT, end_time=TEXT, parameters=OBJECT, auto_trigger=FLAG, force=FLAG)


def read(store: Store, body: Any) -> Audit:
    """A row that is not stored yet; Invalid, or NotFound when goal or strategy is not there."""
    _refuse_read_only(body)
    given = checked(body, BODY)
    template = _template(store, given)
    goal, strategy = _aim(store, given, template)
    _check_times(given)
    audit = Audit(
        audit_type=given['audit_type'], state=AuditState.PENDING, goal_id=goal.id,
        strategy_id=strategy.id if strategy else None, interval=given.get('interval'),
        start_time=audit_times.moment(given.get('start_time'), 'start_time'),
        end_time=audit_times.moment(given.get('end_time'), 'end_time'),
        name=(given.get('name') or _name(strategy or template or goal))[:LONGEST_NAME],
        scope=template.scope if template else [],
        parameters=_parameters(given, template, strategy),
        auto_trigger=is_true(given.get('auto_trigger', False)), force=is_true(given.get('force', False)))
    audit_times.check_order(audit.start_time, audit.end_time)
    return audit


def check_interval(audit_type: str, interval: str | None) -> None:
    """Raise Invalid unless an audit of this type can have it."""
    if interval is not None:
        audit_times.interval(interval)
    elif audit_type == CONTINUOUS:
        raise Invalid(f'interval of audit must be specified for {CONTINUOUS} audits')


def _refuse_read_only(body: Any) -> None:
    for attribute in READ_ONLY:
        if isinstance(body, dict) and attribute in body:
            raise Invalid(f'Cannot set read only field {attribute}')


def _template(store: Store, given: Body) -> AuditTemplate | None:
    if ('goal' in given) == ('audit_template_uuid' in given):
        raise Invalid('An audit is made from a goal or from an audit_template_uuid: give one of them')
    if 'goal' in given:
        return None
    try:
        return store.get(AuditTemplate, require_uuid(given['audit_template_uuid'], 'audit_template_uuid'))
    except NotFound as error:
        raise Invalid(str(error)) from None


def _aim(store: Store, given: Body, template: AuditTemplate | None) -> tuple[Goal, Strategy | None]:
    strategy = given.get('strategy', template.strategy_id if template else None)
    goal = aims.goal_of(store, template.goal_id if template else given['goal'])
    return goal, aims.strategy_of(store, strategy, goal)


def _check_times(given: Body) -> None:
    audit_type = given['audit_type']
    if audit_type == ONESHOT:
        for attribute in ('interval', 'start_time', 'end_time'):
            if attribute in given:
                raise Invalid(f'{attribute} of audit must not be set for {ONESHOT} audits')
    check_interval(audit_type, given.get('interval'))


def _parameters(given: Body, template: AuditTemplate | None, strategy: Strategy | None) -> Body:
    # What a template holds is meant for its own strategy.
    is_theirs = template is not None and strategy is not None and template.strategy_id == strategy.id
    preset = template.default_parameters if template is not None and is_theirs else {}
    return parameters.filled(strategy, {**preset, **given.get('parameters', {})})


def _name(named: Strategy | AuditTemplate | Goal) -> str:
    return f'{named.name}-{now().isoformat()}'
