# SPDX-License-Identifier: Apache-2.0
"""What the demo shows in the terminal: the plan as a table, the hosts as bars."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.console import Group
from rich.table import Table
from rich.text import Text

from watcher_py.core.cluster import MEMORY_MB, VCPU
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot

Body = Mapping[str, Any]

MOST_ROWS = 60
MOST_MOVES = 500
# Characters of a line of the picture that are not bars.
BESIDES_BARS = 46
SHORTEST_BAR, LONGEST_BAR = 8, 40
USED, ALLOCATED, FREE = ('█', 'green'), ('▒', 'yellow'), ('·', 'dim')


def plan_table(plan: Body) -> Group:
    """The actions, each with its reason."""
    table = Table(box=None, pad_edge=False, header_style='bold', padding=(0, 1, 0, 0))
    table.add_column('action', overflow='fold', ratio=1)
    table.add_column('why', style='dim', overflow='fold', ratio=1)
    actions = plan['actions']
    for action in actions[:MOST_MOVES]:
        table.add_row(_words(action), action['reason'])
    lines: list[Table | Text] = [table]
    if len(actions) > MOST_MOVES:
        lines.append(Text(f'... and {len(actions) - MOST_MOVES} more'))
    return Group(*lines)


def hosts_picture(before: Snapshot, after: Snapshot, width: int) -> Group:
    """Each host as a bar before and after: what is used, allocated, free, of its fullest resource."""
    table = Table(box=None, pad_edge=False, header_style='bold', padding=(0, 1, 0, 0))
    for column, justify in (('host', 'left'), ('zone', 'left'), ('servers', 'right'), ('before', 'left'),
                            ('servers', 'right'), ('after', 'left'), ('', 'left')):
        table.add_column(column, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    length = min(max((width - BESIDES_BARS) // 2, SHORTEST_BAR), LONGEST_BAR)
    nodes = before.cluster.nodes
    sides = [(_counts(snapshot), _bars(snapshot, length)) for snapshot in (before, after)]
    for row in range(min(len(nodes), MOST_ROWS)):
        cells = [cell for counts, bars in sides for cell in (str(counts[row]), bars[row])]
        table.add_row(nodes.name[row], nodes.zone[row], *cells, _state(after, row))
    lines: list[Table | Text] = [_legend(), table]
    if len(nodes) > MOST_ROWS:
        lines.append(Text(f'... and {len(nodes) - MOST_ROWS} hosts more'))
    return Group(*lines)


def _words(action: Body) -> str:
    values = action['input_parameters']
    name = values.get('resource_name', '')
    match action['action_type']:
        case 'migrate':
            way = f'{values["source_node"]} > {values["destination_node"]}'
            return f'{name}: {way}' + (' (cold)' if values['migration_type'] == 'cold' else '')
        case 'change_nova_service_state':
            return f'{name}: {values["state"]}'
        case kind:
            return f'{kind} {name or values.get("message") or values.get("duration", "")}'


def _bars(snapshot: Snapshot, length: int) -> list[Text]:
    cluster = snapshot.cluster
    nodes, columns = cluster.nodes, [VCPU, MEMORY_MB]
    room = np.maximum(cluster.capacity(), 1.0)
    allocated = (cluster.used() / room)[:, columns].max(axis=1)
    load = np.column_stack([
        snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100,
        snapshot.readings.column(Metric.HOST_RAM, len(nodes)) / np.maximum(nodes.total[:, MEMORY_MB], 1.0)])
    used = np.nan_to_num(load).max(axis=1)
    return [_bar(used[row], max(allocated[row], used[row]), length) for row in range(len(nodes))]


def _bar(used: float, allocated: float, length: int) -> Text:
    ends = [round(min(share, 1.0) * length) for share in (used, allocated, 1.0)]
    bar = Text()
    for (sign, style), start, end in zip((USED, ALLOCATED, FREE), (0, *ends), ends, strict=False):
        bar.append(sign * (end - start), style)
    return bar


def _legend() -> Text:
    text = Text('The fullest of CPU and memory on each host:  ')
    for (sign, style), meaning in ((USED, 'used'), (ALLOCATED, 'allocated'), (FREE, 'headroom')):
        text.append(sign * 3, style)
        text.append(f' {meaning}   ')
    return text


def _counts(snapshot: Snapshot) -> list[int]:
    counts = np.bincount(snapshot.cluster.servers.node, minlength=len(snapshot.cluster.nodes))
    return [int(count) for count in counts]


def _state(snapshot: Snapshot, row: int) -> Text:
    nodes = snapshot.cluster.nodes
    if not nodes.up[row]:
        return Text('down', 'red')
    return Text('') if nodes.enabled[row] else Text('disabled', 'cyan')
