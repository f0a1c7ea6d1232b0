# SPDX-License-Identifier: Apache-2.0
"""Prometheus' part: it understands the few shapes of query that a datasource needs, and no others."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import falcon

from watcher_py.sim import workload
from watcher_py.sim.world import World

Sample = tuple[dict[str, str], float]
Samples = Callable[[World, float, float], Iterator[Sample]]

MAX_POINTS = 11000


class Query:
    """/api/v1/query; `time` is accepted, and is now: the cloud lives in a time of its own."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._answer(resp, dict(req.params))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        form = req.get_media() if req.content_type else {}
        self._answer(resp, {**req.params, **form})

    def _answer(self, resp: falcon.Response, params: dict[str, Any]) -> None:
        _moment(params, 'time', self._world.now())
        now = self._world.now()
        samples, window = _parse(params.get('query', ''))
        resp.media = _success('vector', [
            {'metric': labels, 'value': [round(now, 3), repr(value)]}
            for labels, value in samples(self._world, now - window, now)])


class QueryRange:
    """/api/v1/query_range, in simulated seconds; servers and hosts as they stand now."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        params: dict[str, Any] = dict(req.params)
        samples, window = _parse(params.get('query', ''))
        end = _moment(params, 'end', self._world.now())
        start, step = _moment(params, 'start', end), _step(params.get('step', '60'))
        if step <= 0 or end < start or (end - start) / step > MAX_POINTS:
            raise falcon.HTTPBadRequest(
                description='exceeded maximum resolution of 11,000 points per timeseries')
        series: dict[tuple[tuple[str, str], ...], list[list[Any]]] = {}
        for index in range(int((end - start) / step) + 1):
            at = start + index * step
            for labels, value in samples(self._world, at - window, at):
                series.setdefault(tuple(labels.items()), []).append([at, repr(value)])
        resp.media = _success('matrix', [{'metric': dict(labels), 'values': values}
                                         for labels, values in series.items()])


class Targets:
    """/api/v1/targets: the exporter of each host."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'status': 'success', 'data': {'droppedTargets': [], 'activeTargets': [
            {'labels': _node(host.hypervisor), 'discoveredLabels': {}, 'scrapePool': 'node',
             'scrapeUrl': f'http://{host.hypervisor}:9100/metrics', 'health': 'up' if host.up else 'down',
             'lastError': ''} for host in self._world.hosts.values()]}}


class Ready:
    """/-/ready."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = 'Prometheus Server is Ready.\n'


def _host_cpu(world: World, start: float, end: float) -> Iterator[Sample]:
    return (({'fqdn': host.hypervisor}, value) for host, value in workload.host_cpu(world, start, end))


def _host_ram(world: World, start: float, end: float) -> Iterator[Sample]:
    return (({'fqdn': host.hypervisor}, value) for host, value in workload.host_ram(world))


def _server_cpu(world: World, start: float, end: float) -> Iterator[Sample]:
    """% of one CPU: a server of two vCPUs that works at half is at 100."""
    for server in world.servers.values():
        value = workload.cpu_mean(server, start, end)
        if value is not None:
            yield {'resource': server.uuid}, value * server.flavor.sizes.vcpus


def _server_ram(world: World, start: float, end: float) -> Iterator[Sample]:
    for server in world.servers.values():
        value = workload.ram_used(server)
        if value is not None:
            yield {'resource': server.uuid}, value


def _up(world: World, start: float, end: float) -> Iterator[Sample]:
    for host in world.hosts.values():
        yield {'__name__': 'up', **_node(host.hypervisor)}, 1.0 if host.up else 0.0


_WINDOW = r'\[(\d+)([smh])\]'
_SHAPES: tuple[tuple[str, Samples], ...] = (
    (r'100-\(avg by\(fqdn\)\(rate\(node_cpu_seconds_total\{mode="idle"\}' + _WINDOW + r'\)\)\*100\)',
     _host_cpu),
    (r'\(avg by\(fqdn\)\(node_memory_MemTotal_bytes\)-avg by\(fqdn\)\(avg_over_time\('
     r'node_memory_MemAvailable_bytes' + _WINDOW + r'\)\)\)/1048576', _host_ram),
    (r'sum by\(resource\)\(rate\(ceilometer_cpu' + _WINDOW + r'\)\)/1e9\*100', _server_cpu),
    (r'avg by\(resource\)\(avg_over_time\(ceilometer_memory_usage' + _WINDOW + r'\)\)', _server_ram),
    ('up', _up),
)
_SECONDS = {'s': 1, 'm': 60, 'h': 3600}


def _parse(query: str) -> tuple[Samples, float]:
    """What the query asks for, and the seconds of its window."""
    tight = re.sub(r'\s*([^\w\s])\s*', r'\1', query.strip())
    for shape, samples in _SHAPES:
        match = re.fullmatch(shape, tight)
        if match is not None:
            return samples, float(int(match[1]) * _SECONDS[match[2]]) if match.groups() else 0.0
    raise falcon.HTTPBadRequest(description=f'invalid parameter "query": not understood here: {query!r}')


def _node(hypervisor: str) -> dict[str, str]:
    return {'fqdn': hypervisor, 'instance': f'{hypervisor}:9100', 'job': 'node'}


def _success(kind: str, result: list[dict[str, Any]]) -> dict[str, Any]:
    return {'status': 'success', 'data': {'resultType': kind, 'result': result}}


def _moment(params: dict[str, Any], name: str, otherwise: float) -> float:
    try:
        return float(params.get(name, otherwise))
    except ValueError:
        raise falcon.HTTPBadRequest(
            description=f'invalid parameter "{name}": cannot parse {params[name]!r} to a valid timestamp'
        ) from None


def _step(text: str) -> float:
    match = re.fullmatch(r'(\d+(?:\.\d+)?)([smh]?)', text)
    if match is None:
        raise falcon.HTTPBadRequest(description=f'invalid parameter "step": {text!r}')
    return float(match[1]) * _SECONDS[match[2] or 's']
