# SPDX-License-Identifier: Apache-2.0
"""One API of the cloud, called with its own JSON; what goes wrong becomes the service's own few errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from keystoneauth1.exceptions import ClientException
from openstack.connection import Connection
from openstack.exceptions import SDKException
from requests import Response

from watcher_py.core.errors import NotFound, Refused, Unavailable, WatcherError

Json = Any
Version = tuple[int, int]

PAGE = 1000
PASSING = [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY,
           HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT]


@dataclass(frozen=True)
class Endpoint:
    """Calls of one service: NotFound on 404, Refused on any other no, Unavailable when it doesn't answer.

    Reads are tried `tries` times; what changes the cloud is sent once: a lost answer may hide a deed.
    """

    connection: Connection
    service: str                # the connection's name of it: compute, placement
    called: str                 # the operator's: Nova, Placement
    minimum: Version
    wanted: Version             # the newest microversion this code understands
    tries: int = 3
    interval: float = 2.0       # seconds between two tries

    @cached_property
    def version(self) -> Version:
        """The microversion that is spoken: the newest known to both sides."""
        try:
            data = getattr(self.connection, self.service).get_endpoint_data()
        except (ClientException, SDKException) as error:
            raise Unavailable(f'{self.called} doesn\'t answer: {error}') from error
        offered: Version = (data and data.max_microversion) or (0, 0)
        if offered < self.minimum:
            raise Unavailable(f'{self.called} offers microversion {_text(offered)}, '
                              f'{_text(self.minimum)} or newer is needed')
        return min(offered, self.wanted)

    def get(self, path: str, **query: object) -> Json:
        """What stands at the path."""
        again = self.tries - 1
        return self._json(self._call(
            'GET', path, params=query, connect_retries=again, connect_retry_delay=self.interval,
            status_code_retries=again, status_code_retry_delay=self.interval,
            retriable_status_codes=PASSING))

    def every(self, path: str, key: str, **query: object) -> Iterator[Json]:
        """The rows of a list that comes in pages."""
        marker = None
        while True:
            page = {**query, 'limit': PAGE} | ({'marker': marker} if marker else {})
            body = self.get(path, **page)
            yield from body[key]
            if not any(link.get('rel') == 'next' for link in body.get(f'{key}_links', ())):
                return
            last = body[key][-1]['id'] if body[key] else marker
            if last == marker:
                raise Unavailable(f'{self.called} promises a next page of {path} and gives the same one')
            marker = last

    def post(self, path: str, body: Mapping[str, Json]) -> None:
        self._call('POST', path, json=body)

    def put(self, path: str, body: Mapping[str, Json]) -> None:
        self._call('PUT', path, json=body)

    def delete(self, path: str) -> None:
        self._call('DELETE', path)

    def _call(self, method: str, path: str, **how: Any) -> Response:
        version = _text(self.version)
        try:
            response: Response = getattr(self.connection, self.service).request(
                path, method, microversion=version, **how)
        except (ClientException, SDKException) as error:
            raise Unavailable(f'{self.called} doesn\'t answer: {error}') from error
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise self._error(response)
        return response

    def _error(self, response: Response) -> WatcherError:
        said = f'{self.called}: {_message(response)}'
        if response.status_code == HTTPStatus.NOT_FOUND:
            return NotFound(said)
        if response.status_code in (HTTPStatus.UNAUTHORIZED, *range(500, 600)):
            return Unavailable(said)
        return Refused(said)

    def _json(self, response: Response) -> Json:
        try:
            return response.json()
        except ValueError as error:
            raise Unavailable(f'{self.called} answered something that is not JSON') from error


def _message(response: Response) -> str:
    """Nova's and Placement's own sentence, out of the wrapping each gives it."""
    fallback = f'HTTP {response.status_code} {response.reason}'
    try:
        body = response.json()
    except ValueError:
        return fallback
    if not isinstance(body, dict):
        return fallback
    for found in (*(body.get('errors') or ()), *body.values()):
        if isinstance(found, dict) and (said := found.get('message') or found.get('detail')):
            return str(said)
    return fallback


def _text(version: Version) -> str:
    return f'{version[0]}.{version[1]}'
