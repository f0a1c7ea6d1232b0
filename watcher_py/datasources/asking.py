# SPDX-License-Identifier: Apache-2.0
"""Ask a monitoring system over HTTP: what passes is tried again, and what it says is passed on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import requests

from watcher_py.core.errors import Unavailable


class Passing(Exception):
    """What may be over at the next try."""


@dataclass(frozen=True)
class Patience:
    """How often a question is put, and how long is waited in between."""

    tries: int = 10
    interval: float = 1             # seconds
    pause: Callable[[float], None] = time.sleep


USUAL = Patience()


class Site(Protocol):
    """Where a monitoring system is, and the way in."""

    @property
    def name(self) -> str:
        """For sentences: what it is, and where."""

    def send(self, method: str, path: str, **how: Any) -> requests.Response:
        """The answer, whatever its status; `how` is of requests: params, data, json.

        Passing when none came, NotFound when there is no such service, Refused when it doesn't let us in;
        Unavailable when it took too long: asked again, it would only have the more to do.
        """


def answer(site: Site, patience: Patience, method: str, path: str, **how: Any) -> requests.Response:
    """The first answer that would be no other at the next try."""
    for left in reversed(range(patience.tries)):
        try:
            response = site.send(method, path, **how)
            if not _is_passing(response):
                return response
            raise Passing(said(response))
        except Passing as error:
            if not left:
                raise Unavailable(f'{site.name}: {error}') from error
        patience.pause(patience.interval)
    raise Unavailable(f'{site.name} was not asked: the number of tries is 0')


def said(response: requests.Response) -> str:
    """The status, and the service's own words for it."""
    told = body(response)
    words = next((str(told[key]) for key in ('error', 'description', 'message') if told.get(key)), None) \
        if isinstance(told, dict) else None
    return f'HTTP {response.status_code}: {words or response.reason or "no reason given"}'


def body(response: requests.Response) -> Any:
    """The answer's JSON; None when it is none."""
    try:
        return response.json()
    except ValueError:
        return None


def reason(error: BaseException) -> str:
    """The system's word, without the libraries' around it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__context__
    return type(error).__name__


def _is_passing(response: requests.Response) -> bool:
    return response.status_code >= 500 or response.status_code == HTTPStatus.TOO_MANY_REQUESTS
