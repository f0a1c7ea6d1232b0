# SPDX-License-Identifier: Apache-2.0
"""Grafana's data source proxy, with an InfluxDB behind it that understands one shape of query."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import falcon

from watcher_py.sim import workload
from watcher_py.sim.world import World

Values = Callable[[World, float, float], Iterator[tuple[str, float]]]

TOKEN = 'a-token-of-grafana'      # noqa: S105 - opens nothing but the emulator
DATABASE = 'telegraf'
_QUERY = re.compile(
    r'SELECT mean\("value"\) FROM (?:"\w+"\.)?"(?P<measurement>\w+)"'
    r' WHERE (?:"(?P<chosen>\w+)" =~ /\./ AND )?time > now\(\) ?- ?(?P<back>\d+)s'
    r' GROUP BY time\((?P<step>\d+)s\), "(?P<tag>\w+)" fill\(none\)')


class Proxy:
    """/api/datasources/proxy/{source}/query of any data source."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, source: str) -> None:
        if req.get_header('Authorization') != f'Bearer {TOKEN}':
            resp.status, resp.media = falcon.HTTP_UNAUTHORIZED, {'message': 'Invalid API key'}
            return
        query = req.get_param('q', default='')
        found = _QUERY.fullmatch(query)
        if found is None:
            resp.status = falcon.HTTP_BAD_REQUEST
            resp.media = {'error': f'error parsing query: not understood here: {query!r}'}
        elif req.get_param('db') != DATABASE:
            resp.media = _result(error=f'database not found: {req.get_param("db")}')
        else:
            series = self._series(found['measurement'], found['tag'], int(found['back']), int(found['step']))
            resp.media = _result(**({'series': series} if series else {}))

    def _series(self, measurement: str, tag: str, back: int, step: int) -> list[dict[str, Any]]:
        values = _MEASUREMENTS.get((measurement, tag))
        if values is None:
            return []
        now = self._world.now()
        rows: dict[str, list[list[float]]] = {}
        for start in range(int((now - back) // step) * step, int(now) + 1, step):
            for name, value in values(self._world, max(start, now - back), min(start + step, now)):
                rows.setdefault(name, []).append([start, value])
        return [{'name': measurement, 'tags': {tag: name}, 'columns': ['time', 'mean'], 'values': of_name}
                for name, of_name in rows.items()]


def _host_cpu(world: World, start: float, end: float) -> Iterator[tuple[str, float]]:
    return ((host.hypervisor, value) for host, value in workload.host_cpu(world, start, end))


def _host_ram(world: World, start: float, end: float) -> Iterator[tuple[str, float]]:
    """In KiB, as Watcher expects it of Grafana."""
    return ((host.hypervisor, value * 1024) for host, value in workload.host_ram(world))


def _server_cpu(world: World, start: float, end: float) -> Iterator[tuple[str, float]]:
    return ((server.uuid, value) for server in world.servers.values()
            if (value := workload.cpu_mean(server, start, end)) is not None)


def _server_ram(world: World, start: float, end: float) -> Iterator[tuple[str, float]]:
    return ((server.uuid, value) for server in world.servers.values()
            if (value := workload.ram_used(server)) is not None)


_MEASUREMENTS: dict[tuple[str, str], Values] = {
    ('host_cpu', 'host'): _host_cpu, ('host_ram', 'host'): _host_ram,
    ('server_cpu', 'uuid'): _server_cpu, ('server_ram', 'uuid'): _server_ram}


def _result(**told: Any) -> dict[str, Any]:
    return {'results': [{'statement_id': 0, **told}]}
