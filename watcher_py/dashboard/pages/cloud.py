# SPDX-License-Identifier: Apache-2.0
"""/: the cloud at a glance: its figures, its load over time, and each host as a tile."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import falcon
from markupsafe import Markup

from watcher_py.dashboard.cloud.tiles import BINS, Choice, Tile, bins, grouped, heat_of, mark_of, tiles_of
from watcher_py.dashboard.pictures.histogram import histogram
from watcher_py.dashboard.pictures.host_bar import host_bar
from watcher_py.dashboard.site import Site

Row = Mapping[str, Any]

CHOICES = {'by': ('zone', 'aggregate'), 'sort': ('load', 'name'), 'of': ('cpu', 'memory')}
LONGEST_NAME = 255


class CloudPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        cloud = _cloud(req)
        self.site.show(req, resp, 'cloud.html', query=req.query_string, **_figures(cloud),
                       **_hosts(cloud, req))

    def on_get_figures(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.site.show_fragment(req, resp, 'cloud_figures.html', **_figures(_cloud(req)))

    def on_get_hosts(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.site.show_fragment(req, resp, 'cloud_hosts.html', **_hosts(_cloud(req), req))


def _cloud(req: falcon.Request) -> Row:
    found: Row = req.context.visit.rest.get('/v2/hosts')
    return found


def _figures(cloud: Row) -> Row:
    marks = Counter(map(mark_of, cloud['hosts']))
    return {'cloud': cloud, 'figures': cloud['figures'], 'marks': marks}


def _hosts(cloud: Row, req: falcon.Request) -> Row:
    choice = _choice(req)
    chosen = tiles_of(cloud['hosts'], choice)
    tiles = [tile for _, tile in chosen]
    return {'choice': choice, 'shown': len(tiles), 'groups': grouped(chosen, choice.by),
            'host_bar': host_bar, 'histogram': _histogram(tiles, choice)}


def _choice(req: falcon.Request) -> Choice:
    """What is not understood is as if it were not asked for."""
    given = {name: req.get_param(name) for name in CHOICES}
    return Choice(**{name: value for name, value in given.items() if value in CHOICES[name]},
                  name=(req.get_param('name') or '').strip()[:LONGEST_NAME])


def _histogram(tiles: Sequence[Tile], choice: Choice) -> Markup:
    counts, unknown = bins(tiles)
    names = [f'{100 * number // BINS}' for number in range(BINS)]
    kinds = [f'used {heat_of(number / BINS)}' for number in range(BINS)]
    told = ', '.join(f'{count} from {name} %' for name, count in zip(names, counts, strict=True) if count)
    label = f'Hosts by {choice.of} load: {told or "none is known"}; {unknown} unknown'
    if unknown:
        counts, names, kinds = [*counts, unknown], [*names, '?'], [*kinds, 'unknown']
    return histogram(counts, names, kinds, label)
