# SPDX-License-Identifier: Apache-2.0
"""/load: how busy all hosts or one of them were over time; other pages take it in once they are there."""

from collections.abc import Iterator, Mapping
from typing import Any

import falcon
from markupsafe import Markup

from watcher_py.dashboard.cloud.timeline import events_of, timeline
from watcher_py.dashboard.part import Part, part
from watcher_py.dashboard.pictures.line import Line, line_chart
from watcher_py.dashboard.rest import Rest
from watcher_py.dashboard.site import Site
from watcher_py.dashboard.visit import Visit
from watcher_py.dashboard.words import number

SPANS = {6: 'the last 6 hours', 24: 'the last day', 168: 'the last week'}
USUAL = 24
METRICS = {'host_cpu_usage': 'CPU load', 'host_ram_usage': 'Memory used'}
MIB_IN_GIB = 1024


class LoadPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.site.show(req, resp, 'load.html', **_values(req), spans=SPANS)

    def on_get_now(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.site.show_fragment(req, resp, 'load_now.html', **_values(req))


def _values(req: falcon.Request) -> Mapping[str, Any]:
    visit: Visit = req.context.visit
    host, asked = req.get_param('host'), req.get_param('hours') or ''
    hours = int(asked) if asked in map(str, SPANS) else USUAL
    shown = {'series': list(_series(visit.rest, host, hours))} if host else {
        'timeline': part(_timeline, visit, hours)}
    return {'host': host, 'hours': hours, 'span': SPANS[hours], **shown}


def _timeline(visit: Visit, hours: int) -> Any:
    history = visit.rest.get('/v2/history', hours=hours)
    return timeline(history, events_of(visit))


def _series(rest: Rest, host: str, hours: int) -> Iterator[tuple[str, Part]]:
    for metric, title in METRICS.items():
        yield title, part(_drawn, rest, metric, host, hours)


def _drawn(rest: Rest, metric: str, host: str, hours: int) -> tuple[Markup, str] | None:
    """With what it shows in a sentence; None when nothing was measured."""
    found = rest.get('/v2/series', metric=metric, resource=host, hours=hours)
    if all(value is None for value in found['values']):
        return None
    scale, unit = (MIB_IN_GIB, 'GiB') if found['unit'] == 'MiB' else (1, found['unit'])
    values = [None if value is None else value / scale for value in found['values']]
    known = [value for value in values if value is not None]
    least, most, last = (number(value) for value in (min(known), max(known), known[-1]))
    told = f'Between {least} and {most} {unit}, {last} {unit} at last.'
    label = f'{METRICS[metric]} of {host} over {SPANS[hours]}. {told}'
    return line_chart(found['times'], [Line(METRICS[metric], 'series', values)], unit, label), told
