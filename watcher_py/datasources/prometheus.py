# SPDX-License-Identifier: Apache-2.0
"""Prometheus: load of hosts from the node exporter, their hardware from that of IPMI; load of servers from
Ceilometer, and how long they wait for CPUs from the exporter of libvirt.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote_plus

import numpy as np

from watcher_py.core.errors import Invalid, NotFound, Refused, Unavailable, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import promql
from watcher_py.datasources.asking import USUAL, Patience, Site, answer, body, said
from watcher_py.datasources.contract import Fault, Measured, Series
from watcher_py.datasources.metric_map import NOTHING_MAPPED, Mapped, MetricMap
from watcher_py.datasources.promql import PART, Expression, Gauge, Idle, Part, Rate, Recipe, Used
from watcher_py.datasources.units import COUNTERS, factor

LOG = logging.getLogger(__name__)

Json = dict[str, Any]
T = TypeVar('T')

# What is longer goes as a form. What is not doesn't: who may read may not always POST.
LONGEST_ADDRESS = 4000

_SENSORS = ('id', 'name')
_OWN: Mapping[Metric, Recipe] = {
    Metric.HOST_CPU: Idle('node_cpu_seconds_total{mode="idle"}', several=('cpu',)),
    Metric.HOST_RAM: Used('node_memory_MemAvailable_bytes', factor(Metric.HOST_RAM, 'B'),
                          total='node_memory_MemTotal_bytes'),
    # A machine may have several sensors of a kind, called as its maker likes.
    Metric.HOST_OUTLET_TEMP: Gauge('ipmi_temperature_celsius{name=~"(?i).*(outlet|exhaust).*"}',
                                   several=_SENSORS),
    Metric.HOST_INLET_TEMP: Gauge('ipmi_temperature_celsius{name=~"(?i).*(inlet|ambient).*"}',
                                  several=_SENSORS),
    Metric.HOST_AIRFLOW: Gauge('ipmi_sensor_value{name=~"(?i).*airflow.*"}', several=_SENSORS),
    Metric.HOST_POWER: Gauge('ipmi_dcmi_power_consumption_watts'),
    Metric.INSTANCE_CPU: Rate('ceilometer_cpu', factor(Metric.INSTANCE_CPU, 'ns')),
    Metric.INSTANCE_RAM: Gauge('ceilometer_memory_usage'),
    Metric.INSTANCE_L3_CACHE: Gauge('ceilometer_cpu_l3_cache'),
    Metric.INSTANCE_CPU_STEAL: Rate('libvirt_domain_vcpu_delay_seconds_total',
                                    factor(Metric.INSTANCE_CPU_STEAL, 'ratio'), several=('vcpu',),
                                    joined='avg'),
}


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus server, or what answers like one; a metric is one query, however many series it has."""

    site: Site
    fqdn_label: str = 'fqdn'
    instance_label: str = 'resource'
    metric_map: MetricMap = NOTHING_MAPPED
    patience: Patience = USUAL
    name: str = 'prometheus'
    clock: Callable[[], float] = time.time
    _warned: set[str] = field(default_factory=set, repr=False, compare=False)

    def read(self, need: MetricNeed) -> Measured:
        recipe, label = self._recipe(need)
        now = self.clock()
        return self._ask('query', 'vector', lambda rows: _measured(rows, label, now),
                         query=promql.question(recipe, need, label), time=now)

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        recipe, label = self._recipe(need)
        end = self.clock() // need.granularity * need.granularity
        steps = max(1, round(need.period / need.granularity))
        return self._ask('query_range', 'matrix', lambda rows: _series(rows, label),
                         query=promql.step(recipe, need, label), step=need.granularity,
                         start=end - (steps - 1) * need.granularity, end=end)

    def _recipe(self, need: MetricNeed) -> tuple[Recipe, str]:
        """How the metric is made, and the label that names what it is of."""
        need.check()
        label = self.fqdn_label if need.metric.is_of_nodes else self.instance_label
        mapped = self.metric_map.of(self.name, need.metric)
        if mapped is not None:
            label = mapped.label or label
            return _mapped(mapped, need, label), label
        if need.metric not in _OWN:
            raise NotFound(f'{self.name} has no {need.metric.value} unless the metric map names it')
        return _OWN[need.metric], label

    def _ask(self, path: str, kind: str, understand: Callable[[list[Json]], T], **question: Any) -> T:
        is_long = len(quote_plus(question['query'])) > LONGEST_ADDRESS
        method, where = ('POST', 'data') if is_long else ('GET', 'params')
        response = answer(self.site, self.patience, method, f'api/v1/{path}', **{where: question})
        if response.status_code in _REFUSALS:
            raise _REFUSALS[response.status_code](f'{self.site.name}: {said(response)}')
        told = body(response)
        try:
            if response.status_code == HTTPStatus.OK and told['data']['resultType'] == kind:
                self._warn(told)
                return understand(told['data']['result'])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            pass
        raise Unavailable(f'{self.site.name}: HTTP {response.status_code}, not an answer of Prometheus')

    def _warn(self, told: Json) -> None:
        """Such an answer may lack a part; the same warning is told once."""
        for warning in {*(told.get('warnings') or ()), *(told.get('infos') or ())} - self._warned:
            LOG.warning('%s warns: %s', self.site.name, warning)
            self._warned.add(warning)


_REFUSALS: Mapping[int, type[WatcherError]] = {
    HTTPStatus.BAD_REQUEST: Invalid, HTTPStatus.UNPROCESSABLE_ENTITY: Invalid,
    HTTPStatus.UNAUTHORIZED: Refused, HTTPStatus.FORBIDDEN: Refused}


def _mapped(mapped: Mapped, need: MetricNeed, label: str) -> Recipe:
    """A name alone is a counter of nanoseconds where ours is one, else a gauge in the metric's own unit."""
    metric, unit = need.metric, mapped.unit
    if mapped.query is not None:
        return Expression(promql.filled(mapped.query, need, label), factor(metric, unit) if unit else 1.0)
    name = mapped.name or ''
    if metric is Metric.INSTANCE_CPU and (unit or 'ns') in COUNTERS:
        return Rate(name, factor(metric, unit or 'ns'))
    return Gauge(name, factor(metric, unit) if unit else 1.0)


def _measured(rows: list[Json], label: str, now: float) -> Measured:
    parts: dict[str, dict[str, float]] = {part: {} for part in Part}
    repeated: set[str] = set()
    for row in rows:
        part, name = parts[row['metric'][PART]], row['metric'].get(label, '')
        if name in part:
            repeated.add(name)
        part[name] = float(row['value'][1])
    values, age = parts[Part.VALUE], parts[Part.AGE].get('')
    # What is worse comes later, and stays.
    faults = {
        **{name: Fault.NOT_FINITE for name, value in values.items() if not math.isfinite(value)},
        **dict.fromkeys([*parts[Part.TWICE], *repeated], Fault.TWICE),
        **dict.fromkeys(parts[Part.STALE], Fault.STALE)}
    return Measured({name: value for name, value in values.items() if name and name not in faults},
                    {name: fault for name, fault in faults.items() if name},
                    None if age is None else now - age)


def _series(rows: list[Json], label: str) -> dict[str, Series]:
    found = {}
    for row in rows:
        name = row['metric'].get(label)
        if name:
            samples = np.array(row['values'], dtype=np.float64)
            samples = samples[np.isfinite(samples[:, 1])]
            found[name] = Series(samples[:, 0], samples[:, 1])
    return found
