# SPDX-License-Identifier: Apache-2.0
"""A page of a collection: filters, order, limit, marker, and the link to the page behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import falcon

from watcher_py.api.keys import require_uuid
from watcher_py.api.view import View
from watcher_py.core.errors import Invalid
from watcher_py.db.models import Model
from watcher_py.db.store import Store

ARGUMENTS = ('limit', 'marker', 'sort_key', 'sort_dir')
DIRECTIONS = ('asc', 'desc')


@dataclass(frozen=True)
class Page:
    """What a client asked for."""

    limit: int
    marker: str | None
    sort_key: str
    sort_dir: str
    filters: Mapping[str, str]


def asked(req: falcon.Request, view: View, max_limit: int) -> Page:
    """The page that the query of this request describes, or Invalid."""
    given = arguments(req, (*ARGUMENTS, *view.filters))
    page = Page(_limit(given.get('limit'), max_limit), given.get('marker'), given.get('sort_key', 'id'),
                given.get('sort_dir', 'asc'), {name: given[name] for name in view.filters if name in given})
    if page.sort_dir not in DIRECTIONS:
        raise Invalid(f'Invalid sort direction: {page.sort_dir}; it is asc or desc')
    if page.sort_key not in view.sort_keys and page.sort_key not in view.model.__mapper__.columns:
        raise Invalid(f'Invalid sort key: {page.sort_key}')
    return page


def arguments(req: falcon.Request, known: tuple[str, ...]) -> dict[str, str]:
    """The query's arguments; Invalid when one is unknown or there twice."""
    for name, value in req.params.items():
        if name not in known:
            raise Invalid(f'Unknown argument: "{name}"')
        if isinstance(value, list):
            raise Invalid(f'Argument "{name}" is given more than once')
    return {name: str(value) for name, value in req.params.items()}


def rows(store: Store, view: View, page: Page, with_deleted: bool) -> list[Any]:
    sort_key = view.sort_keys.get(page.sort_key, page.sort_key)
    conditions = [view.filters[name](value) for name, value in page.filters.items()]
    return store.find(
        view.model, *conditions, with_deleted=with_deleted, limit=page.limit, depth=1, sort_key=sort_key,
        descending=page.sort_dir == 'desc',
        marker=None if page.marker is None else _marked(store, view, page.marker, sort_key))


def next_link(view: View, page: Page, found: list[Any], host: str, place: str,
              version: str = 'v1') -> str | None:
    """Where the next page is, unless this one is the last for sure; it keeps the filters."""
    if not found or len(found) < page.limit:
        return None
    query = {**page.filters, 'sort_key': page.sort_key, 'sort_dir': page.sort_dir, 'limit': page.limit,
             'marker': getattr(found[-1], view.key)}
    return f'{host}/{version}/{place}?{urlencode(query)}'


def _limit(text: str | None, most: int) -> int:
    if text is None:
        return most
    try:
        limit = int(text)
    except ValueError:
        raise Invalid(f'Limit must be a number, not {text!r}') from None
    if limit <= 0:
        raise Invalid('Limit must be positive')
    return min(limit, most)


def _marked(store: Store, view: View, marker: str, sort_key: str) -> Model:
    """The last row of the page before; it may have been deleted since."""
    if view.marker_is_uuid:
        require_uuid(marker, 'marker')
    return store.get(view.model, marker, with_deleted=True, depth=1 if '.' in sort_key else 0)
