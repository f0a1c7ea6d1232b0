# SPDX-License-Identifier: Apache-2.0
"""The door of the emulated cloud: faults first, then one request at a time, after what was due."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from watcher_py.sim import migrations
from watcher_py.sim.world import World

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def gate(application: Application, world: World) -> Application:
    """A WSGI application that brings the world up to date before each request."""
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = world.faults.status_of(environ['REQUEST_METHOD'], environ['PATH_INFO'])
        if status is not None:
            return _fault(status, environ['PATH_INFO'], start_response)
        with world.lock:
            migrations.advance(world)
            return list(application(environ, start_response))
    return answer


def _fault(status: int, path: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    phrase = HTTPStatus(status).phrase
    body = json.dumps(error_body(path, status, phrase, 'The emulated cloud was told to fail here.')).encode()
    start_response(f'{status} {phrase}', [('Content-Type', 'application/json'),
                                          ('Content-Length', str(len(body)))])
    return [body]


_NOVA_KEYS = {400: 'badRequest', 401: 'unauthorized', 403: 'forbidden', 404: 'itemNotFound',
              405: 'badMethod', 409: 'conflictingRequest'}


def error_body(path: str, status: int, title: str, message: str) -> dict[str, Any]:
    """An error in the words of the service that the path belongs to."""
    if path.startswith('/prometheus'):
        kind = 'bad_data' if status == HTTPStatus.BAD_REQUEST else 'internal'
        return {'status': 'error', 'errorType': kind, 'error': message}
    if path.startswith('/identity') or status == HTTPStatus.UNAUTHORIZED:
        return {'error': {'code': status, 'title': title, 'message': message}}
    if path.startswith('/placement'):
        return {'errors': [{'status': status, 'title': title, 'detail': message}]}
    return {_NOVA_KEYS.get(status, 'computeFault'): {'code': status, 'message': message}}
