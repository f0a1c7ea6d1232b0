# SPDX-License-Identifier: Apache-2.0
"""A snapshot and a placement in few bytes, to explain a plan from long after it was made.

The snapshot is its document, turned from rows to columns; a column of few different values is a list
of those and a number a row. All of it is JSON, compressed: nothing in it is ever executed.
"""

import json
import zlib
from typing import Any

import numpy as np

from watcher_py.core import document
from watcher_py.core.cluster import Ints
from watcher_py.core.errors import Invalid
from watcher_py.core.snapshot import Snapshot

FORMAT = 'watcher-evidence'
VERSION = 1

_TABLES = ('hosts', 'instances')
_QUICK = 1          # zlib's level; the best one saves a tenth and takes five times as long

Rows = list[dict[str, Any]]
Columns = dict[str, Any]


def pack(snapshot: Snapshot, node: Ints) -> bytes:
    """The snapshot, and where each of its servers stands in the end: [S]."""
    text = document.write(snapshot)
    moved = np.flatnonzero(node != snapshot.cluster.servers.node)
    content = {'format': FORMAT, 'version': VERSION,
               'snapshot': {**text, **{name: _columns(text[name]) for name in _TABLES}},
               'moved': moved.tolist(), 'to': node[moved].tolist()}
    return zlib.compress(json.dumps(content, separators=(',', ':')).encode(), _QUICK)


def unpack(packed: bytes) -> tuple[Snapshot, Ints]:
    """What was packed; Invalid if it can't be read, or was packed by another version."""
    try:
        content = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError) as error:
        raise Invalid(f'the evidence can not be read: {error}') from None
    if content.get('format') != FORMAT or content.get('version') != VERSION:
        raise Invalid(f'the evidence is not of {FORMAT}, version {VERSION}, which this program reads')
    text = content['snapshot']
    snapshot = document.read({**text, **{name: _rows(text[name]) for name in _TABLES}})
    node = snapshot.cluster.servers.node.copy()
    node[content['moved']] = content['to']
    return snapshot, node


def _columns(rows: Rows) -> Columns:
    return {key: _column([row[key] for row in rows]) for key in (rows[0] if rows else ())}


def _column(values: list[Any]) -> Any:
    if isinstance(values[0], (dict, list)):
        return values
    numbers: dict[Any, int] = {}
    of_rows = [numbers.setdefault(value, len(numbers)) for value in values]
    return {'values': list(numbers), 'of_rows': of_rows} if 2 * len(numbers) <= len(values) else values


def _rows(columns: Columns) -> Rows:
    whole = [_whole(column) for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*whole, strict=True)]


def _whole(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    values: list[Any] = column['values']
    return [values[number] for number in column['of_rows']]
