# SPDX-License-Identifier: Apache-2.0
"""A plan as a document of plain lists and objects."""

from typing import Any

from watcher_py.core.changes import Change, Migrate, SetService
from watcher_py.core.schedule import Plan, PlannedAction

FORMAT = 'watcher-plan'
VERSION = 1


def write_plan(plan: Plan) -> dict[str, Any]:
    """Actions in order of execution; `parents` are places in the same list, times are predicted seconds."""
    return {'format': FORMAT, 'version': VERSION,
            'makespan_s': plan.makespan, 'makespan_bound_s': plan.bound,
            'actions': [_planned(action) for action in plan.actions],
            'left_out': [{**_action(one.change), 'reason': one.reason} for one in plan.left_out]}


def _planned(action: PlannedAction) -> dict[str, Any]:
    parking = {'parking': True} if action.is_parking else {}
    return {**_action(action.change), **parking, 'reason': action.reason, 'parents': list(action.parents),
            'starts_in_s': round(action.start, 1), 'lasts_s': round(action.seconds, 1)}


def _action(change: Change) -> dict[str, Any]:
    match change:
        case Migrate():
            return {'type': 'migrate', 'instance': change.server, 'from': change.source,
                    'to': change.target, 'mode': 'live' if change.is_live else 'cold'}
        case SetService():
            return {'type': 'host_state', 'host': change.node_name,
                    'state': 'enabled' if change.is_enabled else 'disabled'}
        case _:
            return {'type': change.action_type, 'params': change.parameters()}
