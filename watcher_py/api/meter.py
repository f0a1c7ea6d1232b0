# SPDX-License-Identifier: Apache-2.0
"""How often which route is asked for, how that ends and how long it takes, as metrics."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import falcon
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from watcher_py.api.auth import Wsgi
from watcher_py.bus.notifications import SILENT, Announcer

SECONDS = (0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60)
# Callers must not be able to make up new series.
METHODS = frozenset({'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'})
OTHER = 'other'
# Of the environment of a request: the template of its route, once it has come so far.
ROUTE = 'watcher.route'


class Routed:
    """Falcon middleware that leaves the request's route for the meter around it."""

    def process_resource(self, req: falcon.Request, resp: falcon.Response, resource: object,
                         params: dict[str, Any]) -> None:
        req.env[ROUTE] = req.uri_template


class Meter:
    """The metrics of one API; `around` gives the application whose requests are counted."""

    def __init__(self, registry: CollectorRegistry, announcer: Announcer = SILENT):
        self._requests = Counter('watcher_api_requests', 'Requests that were answered.',
                                 ('method', 'route', 'status'), registry=registry)
        self._seconds = Histogram('watcher_api_request_seconds', 'Until the answer.', ('method', 'route'),
                                  buckets=SECONDS, registry=registry)
        self._open = Gauge('watcher_api_requests_open', 'Requests that are being answered.',
                           registry=registry)
        Gauge('watcher_notifications_unsent', 'That wait for the message bus.',
              registry=registry).set_function(lambda: announcer.unsent)

    def around(self, app: Wsgi) -> Wsgi:
        def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            status = '500'

            def started(line: str, *rest: Any) -> Any:
                nonlocal status
                status = line.split(' ', 1)[0]
                return start_response(line, *rest)

            begun = time.perf_counter()
            with self._open.track_inprogress():
                try:
                    return app(environ, started)
                finally:
                    self._note(environ, status, time.perf_counter() - begun)

        return counted

    def _note(self, environ: dict[str, Any], status: str, seconds: float) -> None:
        asked = environ.get('REQUEST_METHOD', '')
        method = asked if asked in METHODS else OTHER
        route = environ.get(ROUTE) or OTHER
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)
