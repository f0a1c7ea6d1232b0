# SPDX-License-Identifier: Apache-2.0
"""What notifications say: a table a payload, each field with how it is read off a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from traceback import walk_tb
from typing import Any

Document = dict[str, Any]
Fields = Mapping[str, Callable[[Any], Any]]

NAMESPACE = 'watcher'


@dataclass(frozen=True)
class Payload:
    """A versioned object as it is on the wire; `more` are fields that no row has."""

    name: str
    version: str
    fields: Fields

    def of(self, row: Any, **more: Any) -> Document:
        return {'watcher_object.name': self.name, 'watcher_object.version': self.version,
                'watcher_object.namespace': NAMESPACE,
                'watcher_object.data': {**{name: read(row) for name, read in self.fields.items()}, **more}}


def _plain(*names: str) -> Fields:
    return {name: attrgetter(name) for name in names}


def _moments(*names: str) -> Fields:
    return {name: _moment_at(name) for name in names}


def _moment_at(name: str) -> Callable[[Any], str | None]:
    def read(row: Any) -> str | None:
        moment: datetime | None = getattr(row, name)
        return f'{moment:%Y-%m-%dT%H:%M:%SZ}' if moment else None

    return read


def _linked(link: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What is read off the row that this one refers to, if it does."""
    def follow(row: Any) -> Any:
        other = getattr(row, link)
        return None if other is None else read(other)

    return follow


def _uuid_of(link: str) -> Callable[[Any], Any]:
    return _linked(link, attrgetter('uuid'))


TIMES = _moments('created_at', 'updated_at', 'deleted_at')

GOAL = Payload('GoalPayload', '1.0', {
    **_plain('uuid', 'name', 'display_name', 'efficacy_specification'), **TIMES})
STRATEGY = Payload('StrategyPayload', '1.0', {
    **_plain('uuid', 'name', 'display_name', 'parameters_spec'), **TIMES})

TERSE_AUDIT = Payload('TerseAuditPayload', '1.3', {
    **_plain('uuid', 'name', 'audit_type', 'state', 'parameters', 'interval', 'scope', 'auto_trigger',
             'status_message'),
    'goal_uuid': _uuid_of('goal'), 'strategy_uuid': _uuid_of('strategy'),
    **_moments('next_run_time'), **TIMES})
AUDIT = {**TERSE_AUDIT.fields, 'goal': _linked('goal', GOAL.of), 'strategy': _linked('strategy', STRATEGY.of)}

TERSE_PLAN = Payload('TerseActionPlanPayload', '1.2', {
    **_plain('uuid', 'state', 'global_efficacy', 'status_message'),
    'audit_uuid': _uuid_of('audit'), 'strategy_uuid': _uuid_of('strategy'), **TIMES})
PLAN = {**TERSE_PLAN.fields, 'audit': _linked('audit', TERSE_AUDIT.of),
        'strategy': _linked('strategy', STRATEGY.of)}

ACTION = {
    **_plain('uuid', 'action_type', 'input_parameters', 'state', 'parents', 'status_message'), **TIMES,
    'action_plan_uuid': _uuid_of('action_plan'), 'action_plan': _linked('action_plan', TERSE_PLAN.of)}

# The name on the wire is misspelt, and listeners look for it.
SERVICE: Fields = {'sevice_host': attrgetter('host'), **_plain('name'), **_moments('last_seen_up')}

# By what is told of; of a deed, its start, end and error are told with the same payload.
PAYLOADS: Mapping[str, Payload] = {
    'audit.create': Payload('AuditCreatePayload', '1.2', AUDIT),
    'audit.update': Payload('AuditUpdatePayload', '1.2', AUDIT),
    'audit.delete': Payload('AuditDeletePayload', '1.2', AUDIT),
    'audit.strategy': Payload('AuditActionPayload', '1.2', AUDIT),
    'audit.planner': Payload('AuditActionPayload', '1.2', AUDIT),
    'action_plan.create': Payload('ActionPlanCreatePayload', '1.2', PLAN),
    'action_plan.update': Payload('ActionPlanUpdatePayload', '1.2', PLAN),
    'action_plan.delete': Payload('ActionPlanDeletePayload', '1.2', PLAN),
    'action_plan.execution': Payload('ActionPlanActionPayload', '1.2', PLAN),
    'action_plan.cancel': Payload('ActionPlanCancelPayload', '1.2', PLAN),
    'action.create': Payload('ActionCreatePayload', '1.1', ACTION),
    'action.update': Payload('ActionUpdatePayload', '1.1', ACTION),
    'action.delete': Payload('ActionDeletePayload', '1.1', ACTION),
    'action.execution': Payload('ActionExecutionPayload', '1.1', ACTION),
    'action.cancel': Payload('ActionCancelPayload', '1.1', ACTION),
    'service.update': Payload('ServiceUpdatePayload', '1.0', SERVICE),
}

STATES = {
    'audit': Payload('AuditStateUpdatePayload', '1.1', _plain('state', 'status_message')),
    'action_plan': Payload('ActionPlanStateUpdatePayload', '1.1', _plain('state', 'status_message')),
    'action': Payload('ActionStateUpdatePayload', '1.1', _plain('state', 'status_message')),
}
SERVICE_STATES = Payload('ServiceStatusUpdatePayload', '1.0', {})
FAULT = Payload('ExceptionPayload', '1.0', {})


def fault(error: BaseException) -> Document:
    """What went wrong, and where it was raised."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    module = frames[-1].f_globals.get('__name__', '') if frames else type(error).__module__
    function = frames[-1].f_code.co_name if frames else ''
    return FAULT.of(None, module_name=module, function_name=function, exception=type(error).__name__,
                    exception_message=str(error))
