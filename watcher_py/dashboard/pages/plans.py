# SPDX-License-Identifier: Apache-2.0
"""/plans: what audits recommend, the newest first."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import falcon

from watcher_py.dashboard.plan import promise
from watcher_py.dashboard.site import Site

PAGE = 25
FILTERS = ('audit', 'strategy', 'goal')


class Plans:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        asked = {name: req.get_param(name) for name in FILTERS}
        marker = req.get_param('marker')
        page = req.context.visit.rest.get('/v2/efficacy', limit=PAGE, sort_key='id', sort_dir='desc',
                                          marker=marker, **asked)
        here = {name: value for name, value in asked.items() if value}
        self.site.show(req, resp, 'plans.html', plans=[_told(row) for row in page['efficacy']], asked=here,
                       first=_address(here) if marker else None, older=_older(page.get('next'), here))


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row, and its promise in words."""
    values = promise.values_of(row['efficacy'])
    return {**row, 'gain': promise.gain(values), 'cost': promise.cost(values)}


def _older(link: str | None, here: Mapping[str, str]) -> str | None:
    if link is None:
        return None
    return _address({**here, 'marker': parse_qs(urlsplit(link).query)['marker'][0]})


def _address(query: Mapping[str, str]) -> str:
    return f'?{urlencode(query)}' if query else '?'
