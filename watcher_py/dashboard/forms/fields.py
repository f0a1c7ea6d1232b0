# SPDX-License-Identifier: Apache-2.0
"""The fields of a form, as the JSON schema of an object describes them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]

SCALARS = ('string', 'number', 'integer')
# Of schemas that say more of an object than what its parts are.
COMBINED = {'allOf', 'anyOf', 'oneOf', 'not', 'patternProperties'}


class Kind(StrEnum):
    """How a value is asked for."""

    NUMBER = 'number'
    INTEGER = 'integer'
    FLAG = 'flag'           # a box that is ticked or not
    CHOICE = 'choice'       # one of several
    CHOICES = 'choices'     # any of several
    TEXT = 'text'
    LIST = 'list'           # one a line
    JSON = 'json'           # whatever else there is


@dataclass(frozen=True)
class Field:
    """One value: a parameter, or a part of one that is an object; `path` leads to it.

    `choices` are values, of CHOICE and CHOICES; `shape` outlines JSON that is asked for.
    """

    path: tuple[str, ...]
    kind: Kind
    description: str
    is_required: bool
    default: Any = None
    choices: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    item_type: str = 'string'           # of LIST
    shape: str = ''

    @property
    def name(self) -> str:
        return '.'.join(self.path)

    @property
    def step(self) -> str:
        return '1' if self.kind is Kind.INTEGER else 'any'


def fields(schema: Schema) -> list[Field]:
    """Those that are needed first, the others as the schema has them."""
    needed = schema.get('required', ())
    found = [field for name, spec in schema.get('properties', {}).items()
             for field in _fields(name, spec, name in needed)]
    return sorted(found, key=lambda each: not each.is_required)


def defaults(schema: Schema) -> dict[str, Any]:
    return {name: spec['default'] for name, spec in schema.get('properties', {}).items() if 'default' in spec}


def _fields(name: str, spec: Schema, is_required: bool) -> Iterator[Field]:
    parts = _parts(spec)
    if not parts:
        yield _field((name,), spec, is_required)
    for part, inner in parts.items():
        told = {**inner, 'description': inner.get('description') or spec.get('description', '')}
        yield _field((name, part), told, is_required and part in spec.get('required', ()))


def _parts(spec: Schema) -> dict[str, Schema]:
    """Of an object whose parts can each have a control; their defaults are those of the whole."""
    if spec.get('type') != 'object' or spec.keys() & COMBINED:
        return {}
    default = spec.get('default', {})
    parts: dict[str, Schema] = {}
    for part, inner in spec.get('properties', {}).items():
        own = {key: value for key, value in inner.items() if key != 'default'}
        parts[part] = {**own, 'default': default[part]} if part in default else own
    is_plain = default.keys() <= parts.keys() and all(map(_is_plain, parts.values()))
    return parts if is_plain else {}


def _is_plain(spec: Schema) -> bool:
    # Of a choice of several, none and not given would look the same.
    kind = _kind(spec)
    return kind is not Kind.JSON and (kind is not Kind.CHOICES or 'default' in spec)


def _field(path: tuple[str, ...], spec: Schema, is_required: bool) -> Field:
    kind, default = _kind(spec), spec.get('default')
    choices = _choices(spec)
    if kind is Kind.FLAG and default is None and not is_required:
        kind, choices = Kind.CHOICE, (True, False)      # or neither of them
    items = spec.get('items', {}) if kind is Kind.LIST else {}
    return Field(
        path, kind, spec.get('description', ''), is_required, default, choices,
        spec.get('minimum'), spec.get('maximum'), items.get('type', 'string'),
        _outline(spec) if kind is Kind.JSON else '')


def _kind(spec: Schema) -> Kind:
    kind = spec.get('type')
    if _choices(spec):
        return Kind.CHOICES if kind == 'array' else Kind.CHOICE
    if kind == 'boolean':
        return Kind.FLAG
    if kind == 'string':
        return Kind.TEXT
    if kind in ('number', 'integer'):
        return Kind(kind)
    items = spec.get('items')
    is_plain = kind == 'array' and isinstance(items, Mapping) and items.get('type') in SCALARS
    return Kind.LIST if is_plain else Kind.JSON


def _choices(spec: Schema) -> tuple[Any, ...]:
    """Of a value, or of each item of a list; `choice` is how some strategies spell it."""
    of = spec.get('items', {}) if spec.get('type') == 'array' else spec
    return tuple(of.get('enum') or of.get('choice') or ()) if isinstance(of, Mapping) else ()


def _outline(spec: Schema) -> str:
    """What the JSON looks like: its names, with the type or the choices of each."""
    if properties := spec.get('properties'):
        needed = spec.get('required', ())
        inside = (f'"{name}"{"" if name in needed else "?"}: {_outline(each)}'
                  for name, each in properties.items())
        return '{' + ', '.join(inside) + '}'
    if spec.get('type') == 'array':
        items = spec.get('items')
        return f'[{_outline(items) if isinstance(items, Mapping) else "any"}, …]'
    if choices := _choices(spec):
        return ' | '.join(json.dumps(choice, ensure_ascii=False) for choice in choices)
    kind = spec.get('type', 'any')
    return '{…}' if kind == 'object' else ' | '.join(kind) if isinstance(kind, list) else str(kind)
