# SPDX-License-Identifier: Apache-2.0
"""What a form sends becomes values again; what can't is told at its field."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from watcher_py.core.errors import Invalid
from watcher_py.dashboard.forms.fields import Field, Kind
from watcher_py.dashboard.words import choice


@dataclass(frozen=True)
class Read:
    """What was given, without what was left empty, and by field what is wrong with it."""

    values: dict[str, Any]
    faults: dict[str, str]


def read(fields: Iterable[Field], sent: Mapping[str, Sequence[str]]) -> Read:
    """`sent` has the texts of each field's controls."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in fields:
        try:
            value = _value(field, sent.get(field.name, ()))
            if value is not None:
                _put(values, field.path, value)
            elif field.is_required:
                faults[field.name] = 'This is needed.'
        except Invalid as error:
            faults[field.name] = str(error)
    return Read(values, faults)


def document(text: str) -> Any:
    """Any JSON, or Invalid."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f'This is not JSON: {error}.') from None


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        values = values.setdefault(step, {})
    values[path[-1]] = value


def _value(field: Field, given: Sequence[str]) -> Any:
    """None when it was left empty."""
    text = given[-1].replace('\r\n', '\n') if given else ''
    match field.kind:
        case Kind.FLAG:
            return bool(given)
        case Kind.CHOICES:
            return [_chosen(field, each) for each in given] or (None if field.default is None else [])
        case Kind.TEXT:
            return text or ('' if field.default == '' else None)
        case Kind.CHOICE:
            return _chosen(field, text) if text else None
        case _ if not text.strip():
            # A list that would be filled by default was emptied on purpose.
            return [] if field.kind is Kind.LIST and field.default is not None else None
        case Kind.NUMBER | Kind.INTEGER:
            return _bounded(field, _number(text, field.kind))
        case Kind.LIST:
            return _list(field, text)
        case _:
            return document(text)


def _chosen(field: Field, text: str) -> Any:
    for each in field.choices:
        if choice(each) == text:
            return each
    raise Invalid(f'{text!r} is not among the choices.')


def _number(text: str, kind: str) -> float:
    try:
        number: float = int(text) if _is_whole(text) else float(text)
    except ValueError:
        raise Invalid(f'{text.strip()!r} is not a number.') from None
    if not math.isfinite(number):
        raise Invalid(f'{text.strip()!r} is not a number that can be used.')
    if kind == Kind.INTEGER and not isinstance(number, int):
        raise Invalid(f'{text.strip()} is not a whole number.')
    return number


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix('-').isdecimal()


def _bounded(field: Field, number: float) -> float:
    if field.least is not None and number < field.least:
        raise Invalid(f'The least is {field.least:g}.')
    if field.most is not None and number > field.most:
        raise Invalid(f'The most is {field.most:g}.')
    return number


def _list(field: Field, text: str) -> Any:
    if text.lstrip().startswith('['):
        return document(text)
    items = [line.strip() for line in text.splitlines() if line.strip()]
    return items if field.item_type == 'string' else [_number(item, field.item_type) for item in items]


def _no_number(word: str) -> NoReturn:
    raise ValueError(f'{word} is not JSON')
