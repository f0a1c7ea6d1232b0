# SPDX-License-Identifier: Apache-2.0
"""Grafana: InfluxDB behind its data source proxy, asked as the operator's queries tell."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from watcher_py.core.errors import Invalid, NotFound, Refused, Unavailable, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import archive
from watcher_py.datasources.archive import Archive, Sample
from watcher_py.datasources.asking import USUAL, Patience, Site, answer, body, said
from watcher_py.datasources.contract import Measured, Series
from watcher_py.datasources.influxql import Question, question, retention
from watcher_py.datasources.metric_map import NOTHING_MAPPED, MetricMap
from watcher_py.datasources.panels import Panel
from watcher_py.datasources.units import COUNTERS, factor

Json = Mapping[str, Any]
Row = tuple[str, list[Sample]]

# What Watcher's operators have their queries give, where it isn't the metric's own unit.
UNITS: Mapping[Metric, str] = {Metric.HOST_RAM: 'KiB'}


@dataclass(frozen=True)
class Grafana:
    """Each metric is one query; without a site there is nothing to be had."""

    site: Site | None
    panels: Mapping[Metric, Panel] = field(default_factory=dict)
    retention_periods: Mapping[str, float] = field(default_factory=dict)
    metric_map: MetricMap = NOTHING_MAPPED
    patience: Patience = USUAL
    clock: Callable[[], float] = time.time
    name: str = 'grafana'

    def read(self, need: MetricNeed) -> Measured:
        now = self.clock()
        measured = archive.judge([self._archive(need)], need, now)
        # As Watcher's operators have their queries give it.
        return replace(measured, of_all_vcpus=need.metric is Metric.INSTANCE_CPU)

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        now = self.clock()
        found = archive.series([self._archive(need)], need, now)
        return {name: replace(one, of_all_vcpus=need.metric is Metric.INSTANCE_CPU)
                for name, one in found.items()}

    def _archive(self, need: MetricNeed) -> Archive:
        need.check()
        if self.site is None:
            raise NotFound('grafana is not configured: [grafana_client] base_url is not set')
        panel = self.panels.get(need.metric)
        if panel is None:
            raise NotFound(f'[grafana_client] query_map has no {need.metric.value}')
        asked = question(panel.query, panel.attribute, need, retention(self.retention_periods, need))
        found = archive.of(self._rows(self.site, panel, asked), max(1, round(need.granularity)))
        return found if need.aggregate == 'count' else archive.scaled(found, self._factor(need.metric))

    def _factor(self, metric: Metric) -> float:
        mapped = self.metric_map.of(self.name, metric)
        unit = (mapped and mapped.unit) or UNITS.get(metric)
        if metric is Metric.INSTANCE_CPU and unit in COUNTERS:
            raise Invalid(f'grafana takes {metric.value} in % or as a ratio, not as a counter: '
                          f'its query can have a derivative')
        return factor(metric, unit) if unit else 1.0

    def _rows(self, site: Site, panel: Panel, asked: Question) -> list[Row]:
        response = answer(site, self.patience, 'GET', f'{panel.project}/query',
                          params={'db': panel.database, 'q': asked.text, 'epoch': 's'})
        where = f'{site.name}, data source {panel.project}'
        if response.status_code != HTTPStatus.OK:
            raise _REFUSALS.get(response.status_code, Unavailable)(f'{where}: {said(response)}')
        try:
            return [(_owner(series, asked.tag), _samples(series)) for series in _series(body(response))]
        except Invalid as error:
            raise Invalid(f'{where}: {error}; it was asked {asked.text}') from error
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise Unavailable(f'{where}: not an answer of InfluxDB') from error


_REFUSALS: Mapping[int, type[WatcherError]] = {
    HTTPStatus.UNAUTHORIZED: Refused, HTTPStatus.FORBIDDEN: Refused,
    HTTPStatus.NOT_FOUND: NotFound, HTTPStatus.BAD_REQUEST: Invalid}


def _series(told: Json) -> list[Json]:
    """Of all statements' results."""
    results = list(told['results'])
    found = [series for result in results for series in result.get('series', ())]
    for part in (*results, *found):
        if 'error' in part:
            raise Invalid(str(part['error']))
        if part.get('partial'):
            raise Invalid('InfluxDB cut its answer short: its max-row-limit is too low')
    return found


def _owner(series: Json, tag: str | None) -> str:
    """The host or server that a series is of."""
    tags = series.get('tags', {})
    if tag is None and len(tags) == 1:
        return str(next(iter(tags.values())))
    if tag not in tags:
        raise Invalid(f'its series have the tags {", ".join(tags) or "(none)"}: [grafana_client] '
                      f'attribute_map is to say which of them names the host or server')
    return str(tags[tag])


def _samples(series: Json) -> list[Sample]:
    """The first column beside the time."""
    at, value = (1, 0) if series['columns'].index('time') else (0, 1)
    return [(float(row[at]), float(row[value])) for row in series['values'] if row[value] is not None]
