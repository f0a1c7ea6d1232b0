# SPDX-License-Identifier: Apache-2.0
"""Notifications as Watcher's listeners know them, and whether another one looks alike."""

import re
from typing import Any

Document = dict[str, Any]
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ')
NULLABLE = {'strategy', 'strategy_uuid', 'interval', 'next_run_time', 'created_at', 'updated_at',
            'deleted_at', 'status_message'}
FIXED = {'watcher_object.name', 'watcher_object.version', 'watcher_object.namespace'}
FREE = {'parameters', 'input_parameters', 'parameters_spec'}        # objects with keys of their own


def versioned(name: str, version: str, data: Document) -> Document:
    return {'watcher_object.name': name, 'watcher_object.version': version,
            'watcher_object.namespace': 'watcher', 'watcher_object.data': data}


def _times() -> Document:
    return {'created_at': '2026-11-20T08:00:00Z', 'updated_at': None, 'deleted_at': None}


GOAL = versioned('GoalPayload', '1.0', {
    'uuid': '11111111-0000-4000-8000-000000000001', 'name': 'dummy', 'display_name': 'Dummy goal',
    'efficacy_specification': [], **_times()})
STRATEGY = versioned('StrategyPayload', '1.0', {
    'uuid': '11111111-0000-4000-8000-000000000002', 'name': 'dummy', 'display_name': 'Dummy strategy',
    'parameters_spec': {'properties': {}}, **_times()})
A: Document = {
    'uuid': '11111111-0000-4000-8000-00000000000a', 'name': 'nightly', 'audit_type': 'ONESHOT',
    'state': 'PENDING', 'parameters': {}, 'interval': None, 'scope': [],
    'goal_uuid': '11111111-0000-4000-8000-000000000001',
    'strategy_uuid': '11111111-0000-4000-8000-000000000002', 'auto_trigger': False, 'next_run_time': None,
    'status_message': None, **_times()}
P: Document = {
    'uuid': '11111111-0000-4000-8000-00000000000b', 'state': 'RECOMMENDED', 'global_efficacy': [],
    'audit_uuid': '11111111-0000-4000-8000-00000000000a',
    'strategy_uuid': '11111111-0000-4000-8000-000000000002', 'status_message': None, **_times()}
X: Document = {
    'uuid': '11111111-0000-4000-8000-00000000000c', 'action_type': 'nop',
    'input_parameters': {'message': 'hi'}, 'state': 'PENDING', 'parents': [],
    'action_plan': versioned('TerseActionPlanPayload', '1.2', P),
    'action_plan_uuid': '11111111-0000-4000-8000-00000000000b', 'status_message': None, **_times()}
AUDIT = {**A, 'goal': GOAL, 'strategy': STRATEGY}
PLAN = {**P, 'audit': versioned('TerseAuditPayload', '1.3', A), 'strategy': STRATEGY}
FAULT = versioned('ExceptionPayload', '1.0', {
    'module_name': 'svc.engine', 'function_name': 'run', 'exception': 'RuntimeError',
    'exception_message': 'no host fits'})


def _update(name: str) -> Document:
    return {'state_update': versioned(name, '1.1', {
        'old_state': 'PENDING', 'state': 'ONGOING', 'status_message': None})}


def _deed(about: str, name: str, version: str, data: Document) -> dict[str, tuple[str, Document]]:
    fine = versioned(name, version, {**data, 'fault': None})
    return {f'{about}.start': ('INFO', fine), f'{about}.end': ('INFO', fine),
            f'{about}.error': ('ERROR', versioned(name, version, {**data, 'fault': FAULT}))}


# By event type: the priority, and the payload.
EXAMPLES: dict[str, tuple[str, Document]] = {
    'audit.create': ('INFO', versioned('AuditCreatePayload', '1.2', AUDIT)),
    'audit.update': ('INFO', versioned(
        'AuditUpdatePayload', '1.2', {**AUDIT, **_update('AuditStateUpdatePayload')})),
    'audit.delete': ('INFO', versioned('AuditDeletePayload', '1.2', AUDIT)),
    **_deed('audit.strategy', 'AuditActionPayload', '1.2', AUDIT),
    **_deed('audit.planner', 'AuditActionPayload', '1.2', AUDIT),
    'action_plan.create': ('INFO', versioned('ActionPlanCreatePayload', '1.2', PLAN)),
    'action_plan.update': ('INFO', versioned(
        'ActionPlanUpdatePayload', '1.2', {**PLAN, **_update('ActionPlanStateUpdatePayload')})),
    'action_plan.delete': ('INFO', versioned('ActionPlanDeletePayload', '1.2', PLAN)),
    **_deed('action_plan.execution', 'ActionPlanActionPayload', '1.2', PLAN),
    **_deed('action_plan.cancel', 'ActionPlanCancelPayload', '1.2', PLAN),
    'action.create': ('INFO', versioned('ActionCreatePayload', '1.1', X)),
    'action.update': ('INFO', versioned(
        'ActionUpdatePayload', '1.1', {**X, **_update('ActionStateUpdatePayload')})),
    'action.delete': ('INFO', versioned('ActionDeletePayload', '1.1', X)),
    **_deed('action.execution', 'ActionExecutionPayload', '1.1', X),
    **_deed('action.cancel', 'ActionCancelPayload', '1.1', X),
    # oslo.messaging's word for a warning.
    'service.update': ('WARN', versioned('ServiceUpdatePayload', '1.0', {
        'sevice_host': 'ctl2', 'name': 'watcher-applier', 'last_seen_up': '2026-11-20T09:00:00Z',
        'status_update': versioned('ServiceStatusUpdatePayload', '1.0', {
            'old_state': 'ACTIVE', 'state': 'FAILED'})})),
}


def differences(example: Any, given: Any, path: str = 'payload') -> list[str]:
    """Where the given one has other keys, other names and versions, or values of another kind."""
    name = path.rpartition('/')[2]
    if example is None or given is None:
        is_like = name in NULLABLE or example is given
    elif isinstance(example, dict) and isinstance(given, dict) and name not in FREE:
        missing = [f'{path}/{key}' for key in sorted(example.keys() ^ given.keys())]
        return missing + [found for key in sorted(example.keys() & given.keys())
                          for found in differences(example[key], given[key], f'{path}/{key}')]
    elif name in FIXED:
        is_like = example == given
    else:
        is_time = isinstance(example, str) and TIME.fullmatch(example)
        is_like = bool(TIME.fullmatch(given)) if is_time else type(example) is type(given)
    return [] if is_like else [f'{path}: {given!r} instead of {example!r}']
