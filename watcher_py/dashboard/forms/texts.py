# SPDX-License-Identifier: Apache-2.0
"""Values as a form shows them: by field, the texts that its controls hold."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from watcher_py.dashboard.forms.fields import Field, Kind
from watcher_py.dashboard.words import choice

Texts = dict[str, list[str]]

TICKED = 'yes'


def texts(fields: Iterable[Field], values: Mapping[str, Any]) -> Texts:
    """What a form that was filled in so would send; a field without a value is empty."""
    found = ((field, _at(values, field.path)) for field in fields)
    return {field.name: _texts(field, value) for field, value in found if value is not None}


def _at(values: Any, path: Sequence[str]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _texts(field: Field, value: Any) -> list[str]:
    match field.kind:
        case Kind.FLAG:
            return [TICKED] if value else []
        case Kind.CHOICES if isinstance(value, list):
            return [choice(each) for each in value]
        case Kind.LIST:
            return [_lines(value, field.default is not None)]
        case Kind.TEXT | Kind.CHOICE | Kind.NUMBER | Kind.INTEGER:
            return [choice(value)]
        case _:
            return [json.dumps(value, indent=2, ensure_ascii=False)]


def _lines(value: Any, may_be_empty: bool) -> str:
    """One a line; as JSON where lines would not bring the same back."""
    if isinstance(value, list) and (value or may_be_empty) and all(map(_is_a_line, value)):
        lines = '\n'.join(map(choice, value))
        if not lines.startswith('['):
            return lines
    return json.dumps(value, ensure_ascii=False)


def _is_a_line(item: Any) -> bool:
    text = choice(item)
    return bool(text) and text == text.strip() and len(text.splitlines()) == 1
