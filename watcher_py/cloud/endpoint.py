# SPDX-License-Identifier: Apache-2.0
"""One API of the cloud, called with its own JSON; what goes wrong becomes the service's own few errors."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from keystoneauth1 import exceptions
from openstack.connection import Connection
from openstack.exceptions import ConfigException, SDKException
from requests import RequestException, Response

from watcher_py.cloud.answers import Json, Object, Passing, object_of, refusal
from watcher_py.cloud.session import APP_NAME, forget
from watcher_py.core.errors import NotFound, Refused, Unavailable

LOG = logging.getLogger(__name__)

Version = tuple[int, int]

PAGE = 1000
# So many rows of a page are named in turn as the one to go on after: a deleted one is not known any more.
MARKERS = 5

# What the libraries let through when Keystone's or a version document's JSON is not what they expect.
_NONSENSE = (exceptions.ClientException, SDKException, AttributeError, LookupError, TypeError, ValueError,
             RecursionError)


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
    _found: dict[str, tuple[Any, str]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def version(self) -> Version:
        """The microversion that is spoken: the newest known to both sides."""
        with self._talking():
            data = getattr(self.connection, self.service).get_endpoint_data()
        offered: Version | None = data and data.max_microversion
        if offered is None:
            forget(self.connection)
            raise Passing(f'{self.called} doesn\'t tell its microversions')
        if offered < self.minimum:
            raise Unavailable(f'{self.called} offers microversion {_text(offered)}, '
                              f'{_text(self.minimum)} or newer is needed')
        return min(offered, self.wanted)

    def is_offered(self) -> bool:
        """Whether the catalog has the service; Unavailable when Keystone doesn't answer."""
        with self._talking():
            if self._stands_in_catalog():
                return True
            # The token may be older than the service.
            forget(self.connection)
            return self._stands_in_catalog()

    def _stands_in_catalog(self) -> bool:
        return self.connection.endpoint_for(self.service.replace('_', '-')) is not None

    def get(self, path: str, **query: object) -> Object:
        """The JSON object that stands at the path."""
        return self._tried(path, query)

    def one(self, path: str, key: str, **query: object) -> Object:
        """The object under this key of what stands at the path."""
        found: Object = self._tried(path, query, key, dict)[key]
        return found

    def rows(self, path: str, key: str, **query: object) -> Iterator[Json]:
        """The rows of a list that comes in one piece, asked for when the first one is."""
        yield from self._tried(path, query, key, list)[key]

    def every(self, path: str, key: str, **query: object) -> Iterator[Json]:
        """The rows of a list that comes in pages."""
        markers: Sequence[object] = [None]
        seen: set[object] = set()
        while True:
            body = self._page(path, query, key, markers)
            page = body[key]
            yield from page
            # A page that is full to the brim may be the last, and may also have lost its link to the next.
            if not _has_next(body, key) and len(page) != PAGE:
                return
            markers = _markers(page)
            if not markers or markers[0] in seen:
                raise Unavailable(f'{self.called} promises a next page of {path} and gives the same one')
            seen.add(markers[0])

    def post(self, path: str, body: Mapping[str, Json]) -> None:
        self._call('POST', path, json=body)

    def put(self, path: str, body: Mapping[str, Json]) -> None:
        self._call('PUT', path, json=body)

    def delete(self, path: str) -> None:
        self._call('DELETE', path)

    def _page(self, path: str, query: Mapping[str, object], key: str, markers: Sequence[object]) -> Object:
        """The page after the first of the markers that the service still knows."""
        for marker in markers[:-1]:
            try:
                return self._tried(path, {**query, 'limit': PAGE, 'marker': marker}, key, list)
            except (NotFound, Refused):
                continue
        return self._tried(path, {**query, 'limit': PAGE, 'marker': markers[-1]}, key, list)

    def _tried(self, path: str, query: Mapping[str, object], key: str = '', kind: type = object) -> Object:
        """The object at the path, that has a value of this kind under the key if one is named."""
        for _ in range(self.tries - 1):
            try:
                return self._read(path, query, key, kind)
            except Passing as error:
                LOG.warning('%s; it is asked again', error)
                time.sleep(max(self.interval, error.pause))
        return self._read(path, query, key, kind)

    def _read(self, path: str, query: Mapping[str, object], key: str, kind: type) -> Object:
        return object_of(self.called, path, self._call('GET', path, params=query), key, kind)

    def _call(self, method: str, path: str, **how: Any) -> Response:
        response = self._sent(method, path, **how)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            # Of threads whose token is refused at the same time keystoneauth lets one log in and ask again.
            response = self._sent(method, path, **how)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise refusal(self.called, response)
        return response

    def _sent(self, method: str, path: str, **how: Any) -> Response:
        version = _text(self.version)
        with self._talking():
            # Tries are counted in one place, `_tried`.
            response: Response = self._ask(
                path, method, microversion=version, connect_retries=0, status_code_retries=0, **how)
        return response

    def _ask(self, path: str, method: str, **how: Any) -> Any:
        proxy, url = getattr(self.connection, self.service), self._url()
        if url is None:
            return proxy.request(path, method, **how)
        # What the proxy would add to this is its search of the catalog.
        return self.connection.session.request(
            path, method, endpoint_override=url, endpoint_filter={'service_type': proxy.service_type},
            user_agent=APP_NAME, raise_exc=False, **how)

    def _url(self) -> str | None:
        """Where the service is, looked up once a token: keystoneauth searches the catalog at each call."""
        access = getattr(self.connection.session.auth, 'auth_ref', None)
        if access is None:
            return None
        known, url = self._found.get(self.service, (None, ''))
        if known is not access:
            url = getattr(self.connection, self.service).get_endpoint() or ''
            self._found[self.service] = access, url
        # It would be taken for a template.
        return url if url and '%' not in url else None

    @contextmanager
    def _talking(self) -> Iterator[None]:
        said = f'{self.called} doesn\'t answer'
        try:
            yield
        except exceptions.HTTPClientError as error:     # Keystone says no
            raise Unavailable(f'{said}: {error}') from error
        except (exceptions.ConnectionError, RequestException) as error:
            raise Passing(f'{said}: {error}') from error
        except AssertionError as error:     # of keystoneauth, when another thread gives up the token
            raise Passing(f'{said}: the token was given up meanwhile') from error
        except (exceptions.CatalogException, ConfigException) as error:
            forget(self.connection)
            raise Unavailable(f'{said}: {error}') from error
        except _NONSENSE as error:
            forget(self.connection)
            raise Passing(f'{said}: {error or type(error).__name__}') from error


def _has_next(body: Object, key: str) -> bool:
    """Ironic has a `next` of its own, and Cinder's `volume_types` come with `volume_type_links`."""
    links = body.get(f'{key}_links') or body.get(f'{key.removesuffix("s")}_links')
    return bool(body.get('next')) or (isinstance(links, list) and any(
        isinstance(link, dict) and link.get('rel') == 'next' for link in links))


def _markers(page: Sequence[Json]) -> list[object]:
    """What the next page can be asked for by: the last row first. Nova's migrations go by their uuid."""
    named = [row.get('uuid') or row.get('id') for row in page[-MARKERS:] if isinstance(row, dict)]
    return [name for name in reversed(named) if isinstance(name, str | int)]


def _text(version: Version) -> str:
    return f'{version[0]}.{version[1]}'
