# SPDX-License-Identifier: Apache-2.0
"""The bare-metal part of a snapshot's document: machines."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from watcher_py.core.cluster import Nodes
from watcher_py.core.columns import NO_ROW
from watcher_py.core.fields import FLAG, ID, TEXT, Field, Table, nullable, schema
from watcher_py.core.machines import Machines

_TEXT = nullable(TEXT)

MACHINE = (
    Field('id', ID), Field('name', TEXT, ''), Field('host', nullable(ID), None),
    Field('compute_node', TEXT, ''), Field('instance', _TEXT, None), Field('power_state', _TEXT, None),
    Field('target_power_state', _TEXT, None), Field('provision_state', _TEXT, None),
    Field('maintenance', FLAG, False), Field('maintenance_reason', _TEXT, None), Field('known', FLAG, True),
)


def read(document: Mapping[str, Any], nodes: Nodes) -> Machines:
    """The machines; Invalid with the first fault's place."""
    table = Table('machines', document.get('machines', []), MACHINE)
    table.index_of('id')
    node_rows = {uuid: row for row, uuid in enumerate(nodes.uuid)}
    return Machines(
        uuid=table.names('id'), name=table.names('name'), compute_node=table.names('compute_node'),
        node=np.array(table.row_of('host', {**node_rows, None: NO_ROW}, 'host'), dtype=np.int64),
        instance=table.names('instance'), power_state=table.names('power_state'),
        target_power_state=table.names('target_power_state'), provision_state=table.names('provision_state'),
        maintenance=table.flags('maintenance'), maintenance_reason=table.names('maintenance_reason'),
        known=table.flags('known'))


def lists(machines: Machines, nodes: Nodes) -> dict[str, list[dict[str, Any]]]:
    """The list that `read` turns into the same."""
    return {'machines': [_row(machines, row, nodes) for row in range(len(machines))]}


def schemas() -> dict[str, Any]:
    """JSON schema of a row of the list."""
    return {'machines': schema(MACHINE)}


def _row(machines: Machines, row: int, nodes: Nodes) -> dict[str, Any]:
    node = machines.node[row]
    return {'id': machines.uuid[row], 'name': machines.name[row],
            'host': None if node == NO_ROW else nodes.uuid[node],
            'compute_node': machines.compute_node[row], 'instance': machines.instance[row],
            'power_state': machines.power_state[row], 'target_power_state': machines.target_power_state[row],
            'provision_state': machines.provision_state[row], 'maintenance': bool(machines.maintenance[row]),
            'maintenance_reason': machines.maintenance_reason[row], 'known': bool(machines.known[row])}
