# SPDX-License-Identifier: Apache-2.0
"""Prometheus: load of hosts from the node exporter, load of servers from Ceilometer."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed

Json = dict[str, Any]

# Watcher's aggregates and PromQL's; `count` was never a count.
AGGREGATES = {'mean': 'avg', 'count': 'avg', 'min': 'min', 'max': 'max'}
MIB = 1048576


@dataclass(frozen=True)
class Access:
    """How Prometheus lets us in: nothing, a password, a bearer token, certificates."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    cafile: str | None = None
    certfile: str | None = None
    keyfile: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus server at `url`, which may have a path; each metric is one instant query."""

    url: str
    fqdn_label: str = 'fqdn'
    instance_label: str = 'resource'
    access: Access = Access()
    timeout: float = 60
    tries: int = 10
    interval: float = 1
    pause: Callable[[float], None] = time.sleep
    name: str = 'prometheus'

    def read(self, need: MetricNeed) -> dict[str, float]:
        """Host name or server uuid to value; a resource with two values, or no finite one, is left out."""
        answer = self._ask(self.query(need))
        label = self.fqdn_label if need.metric.is_of_nodes else self.instance_label
        return _values(answer, label)

    def query(self, need: MetricNeed) -> str:
        """The PromQL of a need."""
        if need.aggregate not in AGGREGATES:
            raise Invalid(f'prometheus has no aggregate {need.aggregate!r}, only {", ".join(AGGREGATES)}')
        return _QUERIES[need.metric](self, AGGREGATES[need.aggregate], need)

    def _ask(self, query: str) -> Json:
        for left in reversed(range(self.tries)):
            try:
                return self._answer(query)
            except _Passing as error:
                if not left:
                    raise Unavailable(f'{self.name} at {self.url}: {error}') from error
            self.pause(self.interval)
        raise Unavailable(f'{self.name} at {self.url} was not asked: the number of tries is 0')

    def _answer(self, query: str) -> Json:
        access = self.access
        try:
            response = requests.get(
                f'{self.url.rstrip("/")}/api/v1/query', params={'query': query}, timeout=self.timeout,
                auth=(access.username, access.password or '') if access.username else None,
                headers={'Authorization': f'Bearer {access.bearer}'} if access.bearer else None,
                verify=access.cafile or True, cert=_certificate(access))
        except (requests.RequestException, OSError) as error:
            raise _Passing(f'no answer: {_reason(error)}') from error
        body = _body(response)
        if response.status_code == HTTPStatus.OK and body.get('data', {}).get('resultType') == 'vector':
            return body
        said = f'HTTP {response.status_code}: {body.get("error") or "not an answer of Prometheus"}'
        if response.status_code >= 500 or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise _Passing(said)
        raise Unavailable(f'{self.name} at {self.url}: {said}')


class _Passing(Exception):
    """What may be over at the next try."""


def _reason(error: BaseException) -> str:
    """The system's word, without the libraries' around it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__context__
    return type(error).__name__


def _host_cpu(source: Prometheus, aggregate: str, need: MetricNeed) -> str:
    by = f'avg by ({source.fqdn_label})'
    idle = 'node_cpu_seconds_total{mode="idle"}'
    return _over_time(aggregate, need,
                      lambda window: f'100 - ({by} (rate({idle}[{window}])) * 100)')


def _instance_cpu(source: Prometheus, aggregate: str, need: MetricNeed) -> str:
    by = f'sum by ({source.instance_label})'
    return _over_time(aggregate, need, lambda window: f'{by} (rate(ceilometer_cpu[{window}])) / 1e9 * 100')


def _host_ram(source: Prometheus, aggregate: str, need: MetricNeed) -> str:
    by = f'avg by ({source.fqdn_label})'
    # The most used is where the least was available.
    free = {'max': 'min', 'min': 'max'}.get(aggregate, aggregate)
    available = f'{free}_over_time(node_memory_MemAvailable_bytes[{_seconds(need.period)}])'
    return f'({by} (node_memory_MemTotal_bytes) - {by} ({available})) / {MIB}'


def _instance_ram(source: Prometheus, aggregate: str, need: MetricNeed) -> str:
    usage = f'{aggregate}_over_time(ceilometer_memory_usage[{_seconds(need.period)}])'
    return f'avg by ({source.instance_label}) ({usage})'


_QUERIES: Mapping[Metric, Callable[[Prometheus, str, MetricNeed], str]] = {
    Metric.HOST_CPU: _host_cpu, Metric.HOST_RAM: _host_ram,
    Metric.INSTANCE_CPU: _instance_cpu, Metric.INSTANCE_RAM: _instance_ram}


def _over_time(aggregate: str, need: MetricNeed, rate: Callable[[str], str]) -> str:
    """A rate has its mean in itself; its peaks are those of the rates over shorter windows."""
    if aggregate == 'avg':
        return rate(_seconds(need.period))
    step = _seconds(need.granularity)
    return f'{aggregate}_over_time(({rate(step)})[{_seconds(need.period)}:{step}])'


def _seconds(period: float) -> str:
    return f'{max(1, round(period))}s'


def _values(body: Json, label: str) -> dict[str, float]:
    values: dict[str, float] = {}
    twice: set[str] = set()
    for series in body['data']['result']:
        resource = series['metric'].get(label)
        if not resource or 'value' not in series:
            continue
        if resource in values:
            twice.add(resource)
        values[resource] = float(series['value'][1])
    return {resource: value for resource, value in values.items()
            if resource not in twice and math.isfinite(value)}


def _body(response: requests.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _certificate(access: Access) -> str | tuple[str, str] | None:
    if access.certfile and access.keyfile:
        return access.certfile, access.keyfile
    return access.certfile
