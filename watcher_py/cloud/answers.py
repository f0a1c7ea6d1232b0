# SPDX-License-Identifier: Apache-2.0
"""What an HTTP answer of a service means: a JSON object, or one of our own few errors."""

import json
from http import HTTPStatus
from typing import Any

from requests import Response

from watcher_py.core.errors import NotFound, Refused, Unavailable, WatcherError

Json = Any
Object = dict[str, Json]

# A service may ask for a pause before it is called again; for longer nobody waits.
LONGEST_PAUSE = 30.0

_PASSING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY,
            HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
# Where Nova and Cinder, Placement, and Ironic put what they say.
_SENTENCES = ('message', 'detail', 'faultstring')


class Passing(Unavailable):
    """It may be over when it is asked again, after a pause that the service may have asked for."""

    def __init__(self, said: str, pause: float = 0.0) -> None:
        super().__init__(said)
        self.pause = min(pause, LONGEST_PAUSE)


def object_of(called: str, path: str, response: Response, key: str, kind: type) -> Object:
    """The object that was answered, which has a value of this kind under the key if one is named."""
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise Passing(f'{called} answered something that is not JSON at {path}') from error
    if not isinstance(found, dict) or (key and not isinstance(found.get(key), kind)):
        raise Passing(f'{called} answered JSON that lacks {key or "an object"} at {path}')
    return found


def refusal(called: str, response: Response) -> WatcherError:
    """The error that an answer with an error status stands for, in the service's own words."""
    said = f'{called}: {_message(response)}'
    if response.status_code == HTTPStatus.NOT_FOUND:
        return NotFound(said)
    if response.status_code in _PASSING:
        return Passing(said, _pause(response))
    if response.status_code == HTTPStatus.UNAUTHORIZED or response.status_code >= 500:
        return Unavailable(said)
    return Refused(said)


def _pause(response: Response) -> float:
    asked = response.headers.get('Retry-After', '')
    return float(asked) if asked.isdecimal() else 0.0


def _message(response: Response) -> str:
    """The service's own sentence, out of the wrapping that each gives it."""
    fallback = f'HTTP {response.status_code} {response.reason}'
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return fallback
    if not isinstance(body, dict):
        return fallback
    errors = body.get('errors')
    for found in (*(errors if isinstance(errors, list) else ()), *map(_unpacked, body.values())):
        if isinstance(found, dict) and (said := next(filter(None, map(found.get, _SENTENCES)), None)):
            return str(said)
    return fallback


def _unpacked(value: Json) -> Json:
    """Ironic's fault is JSON once more, within a text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value
