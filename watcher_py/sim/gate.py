# SPDX-License-Identifier: Apache-2.0
"""The door of the emulated cloud: faults first, then one request at a time, after what was due."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import Any

from waitress.channel import ClientDisconnected

from watcher_py.sim import cinder_moves, machine_power, migrations, shelving
from watcher_py.sim.calls import Calls
from watcher_py.sim.faults import SPOILING, Kind
from watcher_py.sim.identity import Identity
from watcher_py.sim.judge import Judge
from watcher_py.sim.spoiled import spoil
from watcher_py.sim.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

OWN = '/sim/'               # what is asked of the emulator itself


@dataclass(frozen=True)
class Gate:
    """A WSGI application that brings the world up to date before each request."""

    application: Application
    world: World
    identity: Identity
    calls: Calls
    judge: Judge

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ['PATH_INFO']
        if path.startswith(OWN):
            return self.application(environ, start_response)
        self.calls.add(path)
        met = self.world.faults.met_by(environ['REQUEST_METHOD'], path)
        if met is None:
            return self._answer(environ, start_response)
        fault, dice = met
        if fault.kind == Kind.SLOW:
            return self._answer(environ, start_response)
        if fault.kind == Kind.EXPIRED:
            self.identity.revoke(environ.get('HTTP_X_AUTH_TOKEN', ''))
            return self._answer(environ, start_response)
        if fault.kind == Kind.REFUSED:
            # The HTTP server takes it that nobody listens any more, and closes the connection.
            raise ClientDisconnected
        if fault.kind in SPOILING:
            return self._spoiled(fault.kind, dice, environ, start_response)
        return _failed(fault.status, path, start_response)

    def _answer(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        with self.world.lock:
            for deed in self.world.faults.happening(environ['PATH_INFO']):
                deed()
                self.judge.look()
            migrations.advance(self.world)
            cinder_moves.advance(self.world)
            machine_power.advance(self.world)
            shelving.advance(self.world)
            self.judge.look()
            answer = list(self.application(environ, start_response))
            self.judge.look()
            return answer

    def _spoiled(self, kind: Kind, dice: Random, environ: Environ,
                 start_response: StartResponse) -> Iterable[bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        body = b''.join(self._answer(environ, lambda status, headers, *_: said.append((status, headers))))
        status, headers = said[-1]
        if not status.startswith('200'):
            start_response(status, headers)
            return [body]
        if kind == Kind.HALF:
            start_response(status, _sized(headers, body))
            return _broken_off(body)
        wrong = spoil(kind, body, dice)
        start_response(status, _sized(headers, wrong))
        return [wrong]


def _broken_off(body: bytes) -> Iterator[bytes]:
    yield body[:len(body) // 2]
    raise ClientDisconnected


def _sized(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    others = [(name, value) for name, value in headers if name.lower() != 'content-length']
    return [*others, ('Content-Length', str(len(body)))]


def _failed(status: int, path: str, start_response: StartResponse) -> Iterable[bytes]:
    phrase = HTTPStatus(status).phrase
    body = json.dumps(error_body(path, status, phrase, 'The emulated cloud was told to fail here.')).encode()
    start_response(f'{status} {phrase}', _sized([('Content-Type', 'application/json')], body))
    return [body]


_NOVA_KEYS = {400: 'badRequest', 401: 'unauthorized', 403: 'forbidden', 404: 'itemNotFound',
              405: 'badMethod', 409: 'conflictingRequest'}


def error_body(path: str, status: int, title: str, message: str) -> dict[str, Any]:
    """An error in the words of the service that the path belongs to."""
    if path.startswith(('/prometheus', '/aetos')):
        kind = 'bad_data' if status == HTTPStatus.BAD_REQUEST else 'internal'
        return {'status': 'error', 'errorType': kind, 'error': message}
    if path.startswith('/identity') or status == HTTPStatus.UNAUTHORIZED:
        return {'error': {'code': status, 'title': title, 'message': message}}
    if path.startswith('/placement'):
        return {'errors': [{'status': status, 'title': title, 'detail': message}]}
    if path.startswith('/baremetal'):
        # JSON within JSON, as Ironic has it.
        return {'error_message': json.dumps({'faultcode': 'Server' if status >= 500 else 'Client',
                                             'faultstring': message, 'debuginfo': None})}
    return {_NOVA_KEYS.get(status, 'computeFault'): {'code': status, 'message': message}}
