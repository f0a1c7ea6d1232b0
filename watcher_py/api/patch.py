# SPDX-License-Identifier: Apache-2.0
"""JSON-PATCH, as far as the contract goes: add, replace and remove on a document of attributes."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Invalid

Document = dict[str, Any]

PATH = re.compile(r'(/[\w-]+)+')
WITH_VALUE = ('add', 'replace')
OPS = (*WITH_VALUE, 'remove')
INTERNAL = ('id', 'uuid', 'links', 'created_at', 'updated_at', 'deleted_at')
END = '-'       # the place behind the last entry of a list

SCHEMA = {
    'type': 'array', 'items': {
        'type': 'object', 'required': ['op', 'path'],
        'properties': {'op': {'enum': list(OPS)}, 'path': {'type': 'string'}, 'value': {}}}}


@dataclass(frozen=True)
class Operation:
    op: str
    path: tuple[str, ...]
    value: Any = None

    def __str__(self) -> str:
        return f'{self.op} /{"/".join(self.path)}'


def read(body: Any) -> tuple[Operation, ...]:
    """The operations of a request's body, or Invalid."""
    if not isinstance(body, list):
        raise Invalid('A JSON patch is a list of operations')
    return tuple(_operation(entry) for entry in body)


def apply(document: Mapping[str, Any], operations: tuple[Operation, ...]) -> Document:
    """The document after all operations; only attributes that it has, be they null, can be changed."""
    patched = deepcopy(dict(document))
    for operation in operations:
        _require_known(operation.path[0], patched)
        _apply(patched, operation)
    return patched


def touches(operations: tuple[Operation, ...], attribute: str) -> bool:
    return any(operation.path[0] == attribute for operation in operations)


def _operation(entry: Any) -> Operation:
    if not isinstance(entry, dict) or entry.get('op') not in OPS:
        raise Invalid(f'{entry!r} is no operation; "op" is one of {", ".join(OPS)}')
    path = entry.get('path')
    if not isinstance(path, str) or not PATH.fullmatch(path):
        raise Invalid(f'{path!r} is no path of an attribute')
    if entry['op'] in WITH_VALUE and 'value' not in entry:
        raise Invalid(f'{entry["op"]} {path} needs a value')
    return Operation(entry['op'], tuple(path[1:].split('/')), entry.get('value'))


def _require_known(attribute: str, document: Document) -> None:
    if attribute in INTERNAL:
        raise Invalid(f'\'/{attribute}\' is an internal attribute and can not be updated')
    if attribute not in document:
        raise Invalid(f'\'/{attribute}\' is no attribute that can be updated; those are '
                      + ', '.join(f'/{name}' for name in document))


def _apply(document: Document, operation: Operation) -> None:
    if len(operation.path) == 1:
        # An attribute stays when its value goes.
        document[operation.path[0]] = operation.value
        return
    *way, last = operation.path
    holder: Any = document
    for step in way:
        holder = _entry(holder, step, operation)
    if isinstance(holder, dict):
        _change_object(holder, last, operation)
    elif isinstance(holder, list):
        _change_list(holder, last, operation)
    else:
        raise _nothing_at(operation)


def _change_object(holder: Document, name: str, operation: Operation) -> None:
    if operation.op != 'add' and name not in holder:
        raise _nothing_at(operation)
    if operation.op == 'remove':
        del holder[name]
    else:
        holder[name] = operation.value


def _change_list(holder: list[Any], place: str, operation: Operation) -> None:
    if operation.op == 'add' and place in (END, str(len(holder))):
        holder.append(operation.value)
        return
    number = _number(holder, place, operation)
    if operation.op == 'add':
        holder.insert(number, operation.value)
    elif operation.op == 'replace':
        holder[number] = operation.value
    else:
        del holder[number]


def _entry(holder: Any, step: str, operation: Operation) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list):
        return holder[_number(holder, step, operation)]
    raise _nothing_at(operation)


def _number(holder: list[Any], place: str, operation: Operation) -> int:
    if not re.fullmatch('[0-9]{1,9}', place) or int(place) >= len(holder):
        raise _nothing_at(operation)
    return int(place)


def _nothing_at(operation: Operation) -> Invalid:
    return Invalid(f'{operation}: there is nothing at this path')
