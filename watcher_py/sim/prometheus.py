# SPDX-License-Identifier: Apache-2.0
"""Prometheus' part of the cloud, over HTTP."""

import re
from typing import Any

import falcon

from watcher_py.sim.promql import node_labels, parse
from watcher_py.sim.world import World

_SECONDS = {'s': 1, 'm': 60, 'h': 3600}

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
        resp.media = _success('vector', [
            {'metric': labels, 'value': [round(now, 3), repr(value)]}
            for labels, value in parse(params.get('query', ''))(self._world, now)])


class QueryRange:
    """/api/v1/query_range, in simulated seconds; servers and hosts as they stand now."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        params: dict[str, Any] = dict(req.params)
        answer = parse(params.get('query', ''))
        end = _moment(params, 'end', self._world.now())
        start, step = _moment(params, 'start', end), _step(params.get('step', '60'))
        if step <= 0 or end < start or (end - start) / step > MAX_POINTS:
            raise falcon.HTTPBadRequest(
                description='exceeded maximum resolution of 11,000 points per timeseries')
        series: dict[tuple[tuple[str, str], ...], list[list[Any]]] = {}
        for index in range(int((end - start) / step) + 1):
            at = start + index * step
            for labels, value in answer(self._world, at):
                series.setdefault(tuple(labels.items()), []).append([at, repr(value)])
        resp.media = _success('matrix', [{'metric': dict(labels), 'values': values}
                                         for labels, values in series.items()])


class Targets:
    """/api/v1/targets: the exporter of each host."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'status': 'success', 'data': {'droppedTargets': [], 'activeTargets': [
            {'labels': node_labels(host.hypervisor), 'discoveredLabels': {}, 'scrapePool': 'node',
             'scrapeUrl': f'http://{host.hypervisor}:9100/metrics', 'health': 'up' if host.up else 'down',
             'lastError': ''} for host in self._world.hosts.values()]}}


class Ready:
    """/-/ready."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = 'Prometheus Server is Ready.\n'


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
