# SPDX-License-Identifier: Apache-2.0
"""The operator's own names of metrics, by source: a file of `datasource: {metric: name}`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.datasources.units import factor

DATASOURCES = ('aetos', 'gnocchi', 'grafana', 'prometheus')
WITH_QUERIES = ('aetos', 'prometheus')
KEYS = ('name', 'query', 'label', 'unit')


@dataclass(frozen=True)
class Mapped:
    """What a source is asked for in place of its own metric; either a name or a query is given."""

    name: str | None = None
    query: str | None = None
    label: str | None = None            # that names the host or server; None: the source's usual one
    unit: str | None = None             # None: as the source's own metric; the metric's where it has none


@dataclass(frozen=True)
class MetricMap:
    """What was renamed; nothing, unless a file says so."""

    mapped: Mapping[tuple[str, Metric], Mapped] = field(default_factory=dict)

    def of(self, source: str, metric: Metric) -> Mapped | None:
        return self.mapped.get((source, metric))


NOTHING_MAPPED = MetricMap()


def read(path: str, may_lack: bool) -> MetricMap:
    """The map in this file; the one that nobody named may be missing."""
    try:
        given = yaml.safe_load(Path(path).read_text())
    except FileNotFoundError as error:
        if may_lack:
            return MetricMap()
        raise Invalid(f'there is no metric map at {path}') from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(f'the metric map {path} can\'t be read: {error}') from error
    try:
        return _map(given or {})
    except Invalid as error:
        raise Invalid(f'metric map {path}: {error}') from error


def _map(given: Any) -> MetricMap:
    return MetricMap({
        (source, Metric(name)): _mapped(Place(source, Metric(name)), value)
        for source, metrics in _table(given, 'the file').items()
        for name, value in _table(metrics, _among(source, DATASOURCES, 'datasource')).items()
        if _among(name, tuple(Metric), f'metric of {source}')})


@dataclass(frozen=True)
class Place:
    """Where in the map something is wrong."""

    source: str
    metric: Metric

    def __str__(self) -> str:
        return f'{self.source}: {self.metric.value}'


def _mapped(place: Place, value: Any) -> Mapped:
    given = {'name': value} if isinstance(value, str) else _table(value, str(place))
    for key, text in given.items():
        _among(key, KEYS, f'{place}: key')
        if not isinstance(text, str) or not text.strip():
            raise Invalid(f'{place}: {key} is to be a text, not {text!r}')
    if ('name' in given) is ('query' in given):
        raise Invalid(f'{place}: either a name or a query is needed')
    if 'query' in given and place.source not in WITH_QUERIES:
        raise Invalid(f'{place}: only {" and ".join(WITH_QUERIES)} take a query')
    if 'unit' in given:
        _check_unit(place, given['unit'])
    return Mapped(**given)


def _check_unit(place: Place, unit: str) -> None:
    try:
        factor(place.metric, unit)
    except Invalid as error:
        raise Invalid(f'{place}: {error}') from error


def _table(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(f'{where}: a mapping is expected, not {given!r}')
    return given


def _among(given: Any, allowed: tuple[str, ...], what: str) -> str:
    if given not in allowed:
        raise Invalid(f'{what} {given!r} is not known; there are {", ".join(allowed)}')
    return str(given)
