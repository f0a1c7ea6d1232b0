# SPDX-License-Identifier: Apache-2.0
"""Answers of the API about a plan."""

from typing import Any

from watcher_py.dashboard.plan.deed import Deed

Row = dict[str, Any]


def move(name: str = 'web', source: str = 'a', target: str = 'b', **values: Any) -> Row:
    """A live migration that has not begun."""
    return {**action('migrate', name, migration_type='live', source_node=source, destination_node=target),
            **values}


def action(action_type: str, name: str | None = None, **parameters: Any) -> Row:
    named = {'resource_id': f'{name}-id', 'resource_name': name} if name else {}
    return {'uuid': f'{action_type}-{name}', 'action_type': action_type, 'state': 'PENDING', 'reason': 'so',
            'input_parameters': {**named, **parameters}, 'status_message': None, 'begun_at': None,
            'ended_at': None, 'planned_begin_s': None, 'planned_seconds': None}


def deeds(*rows: Row) -> list[Deed]:
    return [Deed(number, row) for number, row in enumerate(rows, 1)]


def standing(node: str, servers: int, vcpus: float, memory: float = 0.0, used: float | None = None) -> Row:
    """A host of 16 vCPUs and 1,000 MiB."""
    return {'node': node, 'zone': 'az-1', 'servers': servers,
            'vcpus': {'capacity': 16.0, 'allocated': vcpus, 'used': used},
            'memory_mb': {'capacity': 1000.0, 'allocated': memory, 'used': None}}
