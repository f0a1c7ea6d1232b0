# SPDX-License-Identifier: Apache-2.0
"""Placement: what each compute node has, how much of it is taken, and its traits."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from openstack.connection import Connection

from watcher_py.cloud.endpoint import Endpoint, Json
from watcher_py.core.errors import WatcherError

MINIMUM = (1, 14)               # nested providers are told apart
WANTED = (1, 39)
READERS = 8


@dataclass(frozen=True)
class Inventory:
    """Of one resource class; (total - reserved) * allocation_ratio can be allocated."""

    total: float
    reserved: float
    allocation_ratio: float
    min_unit: int = 1
    max_unit: int | None = None
    step_size: int = 1


@dataclass(frozen=True)
class Provider:
    """A resource provider, read whole; `children` are all that are nested in a root one."""

    uuid: str
    name: str
    inventories: Mapping[str, Inventory]
    usages: Mapping[str, float]
    traits: frozenset[str]
    children: tuple['Provider', ...] = ()


class Placement:
    """Placement's API, read only."""

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._placement = Endpoint(connection, 'placement', 'Placement', MINIMUM, WANTED, tries, interval)

    def providers(self, only: Collection[str] | None = None) -> dict[str, Provider]:
        """The root providers by uuid; one of which a part can't be read is absent, never half."""
        listed = self._placement.get('/resource_providers')['resource_providers']
        trees: dict[str, list[Json]] = {}
        for row in listed:
            if only is None or _root(row) in only:
                trees.setdefault(_root(row), []).append(row)
        with ThreadPoolExecutor(READERS, 'placement') as readers:
            found = dict(zip(
                (row['uuid'] for tree in trees.values() for row in tree),
                readers.map(self._provider, (row for tree in trees.values() for row in tree)), strict=True))
        return {root: whole for root, tree in trees.items()
                if (whole := _whole(root, [found[row['uuid']] for row in tree])) is not None}

    def _provider(self, row: Json) -> Provider | None:
        path = f'/resource_providers/{row["uuid"]}'
        try:
            inventories = self._placement.get(f'{path}/inventories')['inventories']
            usages = self._placement.get(f'{path}/usages')['usages']
            traits = self._placement.get(f'{path}/traits')['traits']
        except WatcherError:
            return None
        return Provider(
            row['uuid'], row['name'],
            {name: Inventory(have['total'], have['reserved'], have['allocation_ratio'],
                             have.get('min_unit', 1), have.get('max_unit'), have.get('step_size', 1))
             for name, have in inventories.items()},
            usages, frozenset(traits))


def _root(row: Json) -> str:
    return str(row.get('root_provider_uuid') or row.get('parent_provider_uuid') or row['uuid'])


def _whole(root: str, tree: Sequence[Provider | None]) -> Provider | None:
    """The root provider with what is nested in it; None when a part is missing."""
    providers = [provider for provider in tree if provider is not None]
    own = next((provider for provider in providers if provider.uuid == root), None)
    if own is None or len(providers) < len(tree):
        return None
    return replace(own, children=tuple(sorted(
        (provider for provider in providers if provider.uuid != root), key=lambda one: one.uuid)))
