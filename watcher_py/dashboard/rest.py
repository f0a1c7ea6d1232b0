# SPDX-License-Identifier: Apache-2.0
"""The REST API as pages ask it: JSON in and out, failures as exceptions."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable, WatcherError
from watcher_py.dashboard.door import Answer, Door


class SignedOut(WatcherError):
    """The API wants a token, and not this one."""


class Forbidden(WatcherError):
    """The policy does not let this user do it."""


FAILURES: dict[int, type[WatcherError]] = {
    400: Invalid, 401: SignedOut, 403: Forbidden, 404: NotFound, 406: Invalid, 409: Conflict, 413: Invalid}


class Rest:
    def __init__(self, door: Door, token: str | None):
        self._door = door
        self._token = token

    def get(self, path: str, **query: Any) -> Any:
        """Arguments that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._ask('GET', f'{path}?{urlencode(given)}' if given else path)

    def post(self, path: str, body: Any = None) -> Any:
        return self._ask('POST', path, {} if body is None else body)

    def put(self, path: str, body: Any) -> Any:
        return self._ask('PUT', path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._ask('PATCH', path, body)

    def delete(self, path: str) -> Any:
        return self._ask('DELETE', path)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._door.ask(method, path, self._token, body)
        if answer.status < 400:
            return answer.media
        kind = FAILURES.get(answer.status, Unavailable if answer.status >= 500 else Refused)
        raise kind(_sentence(answer))


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe='')


def _sentence(answer: Answer) -> str:
    """What the API says is wrong: JSON within JSON."""
    try:
        fault = json.loads(answer.media['error_message'])
        return str(fault.get('faultstring') or fault['description'])
    except (TypeError, KeyError, ValueError, AttributeError):
        return f'The API answered with status {answer.status}'
