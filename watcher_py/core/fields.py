# SPDX-License-Identifier: Apache-2.0
"""Fields of the rows of a document, as data: read as checked columns, described in JSON schema."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.errors import Invalid

Row = Mapping[str, Any]
REQUIRED: Any = object()


@dataclass(frozen=True)
class Kind:
    """A sort of value: which Python values are of it, and its JSON schema."""

    named: str
    accepts: Callable[[Any], bool]
    schema: Mapping[str, Any]


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _is_text_list(value: Any) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


def _is_text_map(value: Any) -> bool:
    return type(value) is dict and all(type(item) is str for item in value.values())


def _is_moment(value: Any) -> bool:
    try:
        return type(value) is str and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_whole_map(value: Any) -> bool:
    return type(value) is dict and all(_is_whole(item) for item in value.values())


def _is_amount_map(value: Any) -> bool:
    return type(value) is dict and all(_is_amount(item) for item in value.values())


def _is_object_map(value: Any) -> bool:
    return type(value) is dict and all(type(item) is dict for item in value.values())


def nullable(kind: Kind) -> Kind:
    return Kind(f'{kind.named} or null', lambda value: value is None or kind.accepts(value),
                {'anyOf': [kind.schema, {'type': 'null'}]})


def one_of(*values: str) -> Kind:
    return Kind(' or '.join(values), lambda value: value in values, {'enum': list(values)})


ID = Kind('a text that is not empty', lambda value: type(value) is str and value != '',
          {'type': 'string', 'minLength': 1})
TEXT = Kind('a text', lambda value: type(value) is str, {'type': 'string'})
AMOUNT = Kind('a number of 0 or more', _is_amount, {'type': 'number', 'minimum': 0})
COUNT = Kind('a whole number of 1 or more', lambda value: type(value) is int and value >= 1,
             {'type': 'integer', 'minimum': 1})
WHOLE = Kind('a whole number of 0 or more', _is_whole, {'type': 'integer', 'minimum': 0})
INTEGER = Kind('a whole number', lambda value: type(value) is int, {'type': 'integer'})
FLAG = Kind('true or false', lambda value: type(value) is bool, {'type': 'boolean'})
MOMENT = Kind('an ISO 8601 time', _is_moment, {'type': 'string', 'format': 'date-time'})
TEXT_LIST = Kind('a list of texts', _is_text_list, {'type': 'array', 'items': {'type': 'string'}})
TEXT_MAP = Kind('an object of texts', _is_text_map,
                {'type': 'object', 'additionalProperties': {'type': 'string'}})
WHOLE_MAP = Kind('an object of whole numbers of 0 or more', _is_whole_map,
                 {'type': 'object', 'additionalProperties': {'type': 'integer', 'minimum': 0}})
AMOUNT_MAP = Kind('an object of numbers of 0 or more', _is_amount_map,
                  {'type': 'object', 'additionalProperties': {'type': 'number', 'minimum': 0}})
OBJECT_LIST = Kind('a list of objects', lambda value: type(value) is list and all(
    type(item) is dict for item in value), {'type': 'array', 'items': {'type': 'object'}})
OBJECT_MAP = Kind('an object of objects', _is_object_map,
                  {'type': 'object', 'additionalProperties': {'type': 'object'}})
OBJECT = Kind('an object', lambda value: type(value) is dict, {'type': 'object'})


@dataclass(frozen=True)
class Field:
    """One key of a row; required unless it has a default."""

    key: str
    kind: Kind
    default: Any = REQUIRED


class Table:
    """The rows of one list of a document, read column by column; an error names row and field."""

    def __init__(self, where: str, rows: Any, fields: Iterable[Field]):
        self._where = where
        self._fields = {field.key: field for field in fields}
        if type(rows) is not list:
            raise Invalid(f'"{where}" is not a list')
        for index, row in enumerate(rows):
            if type(row) is not dict:
                raise Invalid(f'{where}[{index}] is not an object')
        self._rows: list[Row] = rows

    def __len__(self) -> int:
        return len(self._rows)

    def column(self, key: str) -> list[Any]:
        field = self._fields[key]
        values = [row.get(key, field.default) for row in self._rows]
        for index, value in enumerate(values):
            if value is REQUIRED:
                raise Invalid(f'{self._where}[{index}] has no "{key}"')
            if value is not field.default and not field.kind.accepts(value):
                raise Invalid(f'{self._where}[{index}]: "{key}" is {_shown(value)}, '
                              f'not {field.kind.named}')
        return values

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(self.column(key))

    def flags(self, key: str) -> Bools:
        return np.array(self.column(key), dtype=bool)

    def amounts(self, *keys: str) -> Floats:
        """[rows, keys]."""
        return np.array([self.column(key) for key in keys], dtype=float).T.reshape(len(self), len(keys))

    def moments(self, key: str) -> Floats:
        """[rows] Seconds since the epoch, NaN where the row has none; a time without a zone is UTC."""
        return np.array([math.nan if text is None else seconds_of(text) for text in self.column(key)],
                        dtype=float)

    def inner(self, key: str, fields: Iterable[Field]) -> 'Table':
        """The objects under one key as a table of their own."""
        return Table(f'{self._where}.{key}', self.column(key), fields)

    def index_of(self, key: str) -> dict[str, int]:
        """Row of each value of a column whose values are unique."""
        values = self.column(key)
        index = {value: row for row, value in enumerate(values)}
        if len(index) < len(values):
            twice = next(value for row, value in enumerate(values) if index[value] != row)
            raise Invalid(f'{self._where}: "{key}" {_shown(twice)} stands twice')
        return index

    def rows_of(self, key: str, index: Mapping[str, int], what: str) -> list[list[int]]:
        """The rows that the texts of a list column name in another table."""
        return [[self._found(row, name, index, what) for name in names]
                for row, names in enumerate(self.column(key))]

    def row_of(self, key: str, index: Mapping[Any, int], what: str) -> list[int]:
        """The row that a column names in another table."""
        return [self._found(row, name, index, what) for row, name in enumerate(self.column(key))]

    def _found(self, row: int, name: Any, index: Mapping[Any, int], what: str) -> int:
        if name not in index:
            raise Invalid(f'{self._where}[{row}] names {what} {_shown(name)}, which is not in the document')
        return index[name]


def schema(fields: Sequence[Field], nested: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """JSON schema of an object with these fields; `nested` holds the schemas of some of them."""
    return {'type': 'object',
            'required': [field.key for field in fields if field.default is REQUIRED],
            'properties': {field.key: (nested or {}).get(field.key, dict(field.kind.schema))
                           for field in fields}}


def seconds_of(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + '...'
