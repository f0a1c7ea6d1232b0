# SPDX-License-Identifier: Apache-2.0
"""A small HTTP server beside a service: its metrics, whether it lives, and whether it is of use."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

from prometheus_client import CollectorRegistry, make_wsgi_app
from waitress import wasyncore
from waitress.server import create_server

from watcher_py.core.errors import Unavailable
from watcher_py.monitor.checks import Check, examine

LOG = logging.getLogger(__name__)

# One question that hangs must not keep the others from being answered.
THREADS = 4
MOST_CALLERS = 100

METRICS = '/metrics'
NONE: Mapping[str, Any] = {}

Start = Callable[..., Any]
Environ = dict[str, Any]


@dataclass(frozen=True)
class Port:
    """Where to be asked; 0 for nowhere, and the option that says so."""

    number: int
    address: str
    option: str     # '[watcher_applier] metrics_port'


class Exporter:
    """Answers GET /metrics, and these examinations by their paths, from start() to stop()."""

    def __init__(self, port: Port, registry: CollectorRegistry,
                 examinations: Mapping[str, Callable[[], Iterable[Check]]] = NONE):
        self._port, self._examinations = port, examinations
        self._metrics = make_wsgi_app(registry)
        self._sockets: dict[int, Any] = {}
        self._server: Any = None
        self._stopping = Event()
        self._thread = Thread(target=self._serve, name='exporter', daemon=True)

    def start(self) -> None:
        """Unavailable, when the port can't be had."""
        if not self._port.number:
            return
        where = f'{self._port.address}:{self._port.number}'
        try:
            self._server = create_server(self, self._sockets, host=self._port.address, port=self._port.number,
                                         threads=THREADS, connection_limit=MOST_CALLERS, ident=None)
        except (OSError, ValueError) as error:
            raise Unavailable(f'{self._port.option}: {where} can not be listened on: {error}') from error
        self._thread.start()
        LOG.info('Told at http://%s: %s', where, ', '.join((METRICS, *self._examinations)))

    def stop(self) -> None:
        if self._server is not None:
            self._stopping.set()
            self._server.pull_trigger()
            self._thread.join()
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._sockets)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """The WSGI application."""
        if environ['REQUEST_METHOD'] not in ('GET', 'HEAD'):
            return _answer(start_response, HTTPStatus.METHOD_NOT_ALLOWED, {})
        path = environ.get('PATH_INFO', '')
        if path == METRICS:
            return self._metrics(environ, start_response)  # type: ignore[no-any-return]
        if path in self._examinations:
            return _findings(start_response, self._examinations[path]())
        return _answer(start_response, HTTPStatus.NOT_FOUND, {})

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._sockets, count=1)


def _findings(start_response: Start, checks: Iterable[Check]) -> Iterable[bytes]:
    found = examine(checks)
    status = HTTPStatus.OK if found.are_well else HTTPStatus.SERVICE_UNAVAILABLE
    return _answer(start_response, status, {'checks': found.sentences})


def _answer(start_response: Start, status: HTTPStatus, told: dict[str, Any]) -> Iterable[bytes]:
    body = json.dumps({'status': status.phrase, **told}).encode() + b'\n'
    start_response(f'{status.value} {status.phrase}', [
        ('Content-Type', 'application/json'), ('Content-Length', str(len(body))),
        ('Cache-Control', 'no-store')])
    return [body]
