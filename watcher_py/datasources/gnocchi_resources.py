# SPDX-License-Identifier: Apache-2.0
"""The hosts and servers that Gnocchi knows, and the metrics that each has."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Any

from watcher_py.core.errors import WatcherError
from watcher_py.datasources.gnocchi_site import Gate

PAGE = 1000
# One listing serves all metrics of an audit; who came since has hardly been measured yet.
KEPT_SECONDS = 120


@dataclass(frozen=True)
class Resource:
    """A host or server that is not gone."""

    id: str
    original: str                       # the id that who made it has for it
    metrics: Mapping[str, str]          # id by name, of those that matter
    attributes: Mapping[str, str]       # that may name it

    def name(self, attribute: str | None) -> str | None:
        """The host's name or the server's uuid: this attribute, or where Ceilometer puts it."""
        if attribute:
            return self.attributes.get(attribute)
        host = self.original[:len(self.original) // 2]
        if self.original == f'{host}_{host}':
            return host
        named = self.attributes.get('host_name', '')
        # A host that is read over SNMP has its URL for a name.
        return self.original if '://' in named or not named else named


class Resources:
    """All living resources of a type, listed again when the list is no longer new.

    Of each only these metrics and attributes are kept: Ceilometer's have dozens.
    """

    def __init__(self, gate: Gate, metrics: Collection[str], attributes: Collection[str] = (),
                 clock: Callable[[], float] = time.monotonic):
        self._gate, self._clock = gate, clock
        self._metrics, self._attributes = metrics, {'host_name', *attributes}
        self._kept: dict[str, tuple[float, tuple[Resource, ...] | WatcherError]] = {}
        self._turn = Lock()

    def of(self, kind: str) -> tuple[Resource, ...]:
        """Empty when Gnocchi has no such type."""
        came = self._clock()
        with self._turn:
            since, found = self._kept.get(kind, (float('-inf'), ()))
            if isinstance(found, WatcherError):
                is_new = since >= came              # who waited for it needn't find out anew
            else:
                is_new = self._clock() - since <= KEPT_SECONDS
            if not is_new:
                found = self._outcome(kind)
                self._kept[kind] = self._clock(), found
        if isinstance(found, WatcherError):
            raise found
        return found

    def _outcome(self, kind: str) -> tuple[Resource, ...] | WatcherError:
        try:
            return tuple(self._listed(kind))
        except WatcherError as error:
            return error

    def _listed(self, kind: str) -> Iterator[Resource]:
        asked = {'limit': PAGE, 'sort': 'id:asc',
                 'attrs': ['id', 'original_resource_id', 'metrics', *sorted(self._attributes)]}
        marker: dict[str, str] = {}
        while True:
            response = self._gate.post(f'search/resource/{kind}', {**asked, **marker},
                                       {'=': {'ended_at': None}})
            if response.status_code == HTTPStatus.NOT_FOUND:
                return
            page = self._gate.understood(response, lambda rows: [self._resource(row) for row in rows])
            yield from page
            # Gnocchi may give smaller pages than it is asked for: it says when there is more.
            if 'next' not in response.links or not page:
                return
            marker = {'marker': page[-1].id}

    def _resource(self, row: Mapping[str, Any]) -> Resource:
        return Resource(
            str(row['id']), str(row['original_resource_id']),
            {name: str(one) for name, one in row['metrics'].items() if name in self._metrics},
            {name: str(row[name]) for name in self._attributes if row.get(name)})
