# SPDX-License-Identifier: Apache-2.0
"""What the query of a list says: its page, and other parameters."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import falcon

from watcher_py.sim.clock import moment_of

Row = TypeVar('Row')

MAX_LIMIT = 1000            # where a cloud is not told of another

_TRUE = ('1', 't', 'true', 'on', 'y', 'yes')


def page(req: falcon.Request, rows: Sequence[Row], name: str, id_of: Callable[[Row], str],
         after: Callable[[str], int] | None = None) -> tuple[Sequence[Row], dict[str, Any]]:
    """The page that the request asks for, and the link to the next one, if any.

    `after` tells the place behind a marker, where that is not simply one of the rows.
    """
    limit = limit_of(req)
    marker = req.get_param('marker')
    first = 0 if marker is None else after(marker) if after else _after(rows, marker, id_of)
    shown = rows[first:first + limit]
    if not shown or first + len(shown) >= len(rows):
        return shown, {}
    query = urlencode({**req.params, 'marker': id_of(shown[-1])}, doseq=True)
    return shown, {f'{name}_links': [{'rel': 'next', 'href': f'{req.prefix}{req.path}?{query}'}]}


def limit_of(req: falcon.Request) -> int:
    """How many rows the request gets at most."""
    most: int = req.context.page
    return min(whole(req, 'limit', most), most)


def whole(req: falcon.Request, name: str, otherwise: int) -> int:
    """A query parameter that must be a whole number of 0 or more."""
    text = req.get_param(name) or str(otherwise)
    if not text.isdigit():
        raise falcon.HTTPBadRequest(
            description=f"Invalid input for query parameters {name}. Value: {text}. "
                        f"'{text}' does not match '^[0-9]*$'")
    return int(text)


def check_known(req: falcon.Request, *names: str) -> None:
    """Placement turns away what it doesn't know; here that is also what is not emulated."""
    if unknown := sorted(req.params.keys() - set(names)):
        raise falcon.HTTPBadRequest(
            description='Invalid query string parameters: Additional properties are not allowed '
                        f'({unknown[0]!r} was unexpected)')


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


def no_marker(marker: str) -> falcon.HTTPBadRequest:
    return falcon.HTTPBadRequest(description=f'marker [{marker}] not found')


def _after(rows: Sequence[Row], marker: str, id_of: Callable[[Row], str]) -> int:
    for index, row in enumerate(rows):
        if id_of(row) == marker:
            return index + 1
    raise no_marker(marker)
