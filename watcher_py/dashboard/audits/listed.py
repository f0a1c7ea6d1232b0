# SPDX-License-Identifier: Apache-2.0
"""Pages of the API's lists, newest first."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from watcher_py.dashboard.rest import Rest

NEWEST = {'sort_key': 'id', 'sort_dir': 'desc'}


@dataclass(frozen=True)
class Listed:
    """`first` and `older` are the queries of the first page and of the next, each None when there is none."""

    rows: list[dict[str, Any]]
    first: str | None
    older: str | None


def newest(rest: Rest, path: str, noun: str, limit: int, marker: str | None, **filters: Any) -> Listed:
    answer = rest.get(path, limit=limit, marker=marker, **NEWEST, **filters)
    given = {name: value for name, value in filters.items() if value is not None}
    following = parse_qs(urlsplit(answer.get('next', '')).query).get('marker')
    return Listed(answer[noun], '?' + urlencode(given) if marker else None,
                  '?' + urlencode({**given, 'marker': following[0]}) if following else None)
