# SPDX-License-Identifier: Apache-2.0
"""Limit and marker of Nova's lists."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import falcon

from watcher_py.sim.clock import moment_of

Row = TypeVar('Row')

MAX_LIMIT = 1000
_TRUE = ('1', 't', 'true', 'on', 'y', 'yes')


def page(req: falcon.Request, rows: Sequence[Row], name: str,
         id_of: Callable[[Row], str]) -> tuple[Sequence[Row], dict[str, Any]]:
    """The page that the request asks for, and the link to the next one, if any."""
    limit = whole(req, 'limit', MAX_LIMIT)
    marker = req.get_param('marker')
    first = 0 if marker is None else _after(rows, marker, id_of)
    shown = rows[first:first + min(limit, MAX_LIMIT)]
    if not shown or first + len(shown) >= len(rows):
        return shown, {}
    query = urlencode({**req.params, 'marker': id_of(shown[-1])}, doseq=True)
    return shown, {f'{name}_links': [{'rel': 'next', 'href': f'{req.prefix}{req.path}?{query}'}]}


def whole(req: falcon.Request, name: str, otherwise: int) -> int:
    """A query parameter that must be a whole number of 0 or more."""
    text = req.get_param(name) or str(otherwise)
    if not text.isdigit():
        raise falcon.HTTPBadRequest(
            description=f"Invalid input for query parameters {name}. Value: {text}. "
                        f"'{text}' does not match '^[0-9]*$'")
    return int(text)


def flag(req: falcon.Request, *names: str) -> bool:
    return any((req.get_param(name) or '').lower() in _TRUE for name in names)


def moment(req: falcon.Request, name: str) -> float | None:
    """A query parameter that must be a time."""
    text = req.get_param(name)
    try:
        return None if text is None else moment_of(text)
    except ValueError:
        raise falcon.HTTPBadRequest(
            description=f'Invalid input for query parameters {name}. Value: {text}.') from None


def _after(rows: Sequence[Row], marker: str, id_of: Callable[[Row], str]) -> int:
    for index, row in enumerate(rows):
        if id_of(row) == marker:
            return index + 1
    raise falcon.HTTPBadRequest(description=f'marker [{marker}] not found')
