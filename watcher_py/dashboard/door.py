# SPDX-License-Identifier: Apache-2.0
"""The way to the REST API: in this process, or over HTTP."""

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import requests

from watcher_py.core.errors import Unavailable

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

VERSION = 'infra-optim 1.7'
JSON = 'application/json'
# Longer than the API waits for an engine.
TIMEOUT = 75


@dataclass(frozen=True)
class Answer:
    """What the API said; `media` is None when that was no JSON."""

    status: int
    media: Any


class Door(Protocol):
    def ask(self, method: str, path: str, token: str | None, body: Any = None) -> Answer:
        """The API's answer to this request; the path may have a query. Unavailable when there is none."""


class InProcess:
    """Calls the application itself: over HTTP, its server's threads would wait for each other."""

    def __init__(self, application: Wsgi):
        self._application = application

    def ask(self, method: str, path: str, token: str | None, body: Any = None) -> Answer:
        heard: list[str] = []
        chunks = self._application(
            _environ(method, path, token, body), lambda status, headers, *rest: heard.append(status))
        try:
            content = b''.join(chunks)
        finally:
            getattr(chunks, 'close', lambda: None)()
        return Answer(int(heard[0].partition(' ')[0]), _decoded(content))


class Remote:
    """Asks the API at a URL."""

    def __init__(self, url: str):
        self._url = url.rstrip('/')

    def ask(self, method: str, path: str, token: str | None, body: Any = None) -> Answer:
        headers = {'OpenStack-API-Version': VERSION, **({'X-Auth-Token': token} if token else {})}
        try:
            answer = requests.request(method, self._url + path, json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise Unavailable(f'The API does not answer at {self._url} ({type(error).__name__})') from None
        return Answer(answer.status_code, _decoded(answer.content))


def _environ(method: str, path: str, token: str | None, body: Any) -> dict[str, Any]:
    place, _, query = path.partition('?')
    content = b'' if body is None else json.dumps(body).encode()
    return {
        'REQUEST_METHOD': method, 'SCRIPT_NAME': '', 'PATH_INFO': unquote_to_bytes(place).decode('latin-1'),
        'QUERY_STRING': query, 'SERVER_NAME': 'localhost', 'SERVER_PORT': '80', 'HTTP_HOST': 'localhost',
        'SERVER_PROTOCOL': 'HTTP/1.1', 'REMOTE_ADDR': '127.0.0.1',
        'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http', 'wsgi.input': io.BytesIO(content),
        'wsgi.errors': sys.stderr, 'wsgi.multithread': True, 'wsgi.multiprocess': True,
        'wsgi.run_once': False, 'HTTP_OPENSTACK_API_VERSION': VERSION,
        'HTTP_ACCEPT': JSON, 'CONTENT_LENGTH': str(len(content)),
        **({'CONTENT_TYPE': JSON} if content else {}), **({'HTTP_X_AUTH_TOKEN': token} if token else {})}


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
