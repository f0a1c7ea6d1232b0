# SPDX-License-Identifier: Apache-2.0
"""Placement: what each compute node has, how much of it is taken, its traits, and whom it would take."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from openstack.connection import Connection

from watcher_py.cloud import placement_rows as rows
from watcher_py.cloud import placement_summaries as summaries
from watcher_py.cloud.endpoint import Endpoint
from watcher_py.cloud.listing import Listing, listing, understood
from watcher_py.cloud.placement_rows import Inventories, Listed, Provider, Summary
from watcher_py.cloud.placement_summaries import SIZED, Sizes
from watcher_py.core.errors import Refused, WatcherError

MINIMUM = (1, 14)               # nested providers are told apart
WHOLE_SUMMARIES = (1, 29)       # of all classes, and of all providers of a tree
IN_TREE = (1, 31)               # candidates of one tree alone
WANTED = (1, 39)

READERS = 8
# So few are read one by one, and exactly: that is some sixty small calls, in a moment.
FEW = 20
# The questions, until each provider has been told of: first for what is overcommitted most, so that few nodes
# are full of it, last for what nodes have that share no CPU.
ASKED = (*SIZED, 'PCPU')
# How many providers are read exactly at a time, to stand for others of their kind.
KINDS_READ = 20

NONE_YET: Mapping[str, Provider] = MappingProxyType({})

Value = TypeVar('Value')
Asked = TypeVar('Asked', Listed, Provider)
# By uuid what could be read, and why the rest couldn't.
Read = tuple[dict[str, Provider], list[WatcherError]]


class Placement:
    """Placement's API, read only."""

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._placement = Endpoint(connection, 'placement', 'Placement', MINIMUM, WANTED, tries, interval)

    def read(self, hypervisors: Mapping[str, Sizes | None],
             before: Mapping[str, Provider] = NONE_YET) -> Listing[Provider]:
        """The trees of these compute nodes, by uuid and with the sizes that Nova tells.

        A tree of which a part can't be read is absent, never half. From `before`, by uuid of the root, come
        inventories and traits that have not changed; what is used is always read anew, for a provider's
        generation stays the same when allocations are deleted.
        """
        all_listed = listing('Placement\'s list of providers', self._placement.rows(
            '/resource_providers', 'resource_providers'), rows.listed)
        if not all_listed.is_whole:
            return Listing((), all_listed.missing)
        listed = [row for row in all_listed.rows if row.root in hypervisors]
        known = {one.uuid: one for root in before.values() for one in (root, *root.children)}
        if len(listed) <= FEW or self._placement.version < WHOLE_SUMMARIES:
            found, faults = self._one_by_one(listed, known)
        else:
            found, faults = self._in_bulk(listed, hypervisors, known)
        return _trees(listed, found, faults)

    def takes(self, provider: str, amounts: Mapping[str, int], traits: Collection[str] = ()) -> bool | None:
        """Whether the tree of this compute node would take so much of each class at this moment.

        A trait with an exclamation mark before it is forbidden. None when Placement can't tell.
        """
        if not any(amounts.values()) or self._placement.version < IN_TREE:
            return None
        resources = ','.join(f'{name}:{amount}' for name, amount in amounts.items() if amount)
        query: dict[str, object] = {'resources': resources, 'in_tree': provider, 'limit': 1}
        if traits:
            query['required'] = ','.join(sorted(traits))
        try:
            return any(self._placement.rows('/allocation_candidates', 'allocation_requests', **query))
        except Refused:
            # It knows no such class or trait: what can't be asked isn't denied.
            return None

    def holds(self, consumer: str) -> Mapping[str, int] | None:
        """What a server is allocated, by class; None when it has something of a class from two providers."""
        told = self._placement.one(f'/allocations/{consumer}', 'allocations')
        return understood('the allocations', told, rows.allocated)

    def _one_by_one(self, listed: Iterable[Listed], known: Mapping[str, Provider]) -> Read:
        return _each(lambda row: self._exactly(row, known.get(row.uuid)), listed)

    def _exactly(self, row: Listed, before: Provider | None) -> Provider:
        path = f'/resource_providers/{row.uuid}'
        if before is not None and before.is_exact and before.generation == row.generation:
            inventories, traits = before.inventories, before.traits
        else:
            inventories = self._inventories(row)
            traits = understood('the traits', self._placement.rows(f'{path}/traits', 'traits'), frozenset)
        usages = understood('the usages', self._placement.one(f'{path}/usages', 'usages'), rows.usages)
        return Provider(row.uuid, row.name, inventories, usages, traits, generation=row.generation)

    def _inventories(self, of: Listed | Provider) -> Inventories:
        told = self._placement.one(f'/resource_providers/{of.uuid}/inventories', 'inventories')
        return understood('the inventories', told, rows.inventories)

    def _in_bulk(self, listed: Sequence[Listed], sizes: Mapping[str, Sizes | None],
                 known: Mapping[str, Provider]) -> Read:
        told, faults = self._summaries({row.uuid for row in listed})
        if not told and faults:
            # A service that can't give one answer isn't asked for thousands.
            return {}, faults
        found, faults = self._one_by_one([row for row in listed if row.uuid not in told], known)
        summed = [summaries.provider(row, told[row.uuid], sizes.get(row.uuid), known.get(row.uuid))
                  for row in listed if row.uuid in told]
        return {one.uuid: one for one in self._settled([*found.values(), *summed], sizes)}, faults

    def _summaries(self, wanted: set[str]) -> tuple[dict[str, Summary], list[WatcherError]]:
        told: dict[str, Summary] = {}
        faults: list[WatcherError] = []
        for resource in ASKED:
            left = wanted - told.keys()
            if not left:
                break
            try:
                answer = self._placement.one('/allocation_candidates', 'provider_summaries',
                                             resources=f'{resource}:1')
            except WatcherError as fault:
                faults.append(fault)
            else:
                told |= rows.summaries(answer, left)
        return told, faults

    def _settled(self, providers: Sequence[Provider], sizes: Mapping[str, Sizes | None]) -> list[Provider]:
        """The same, as many as can be with exact inventories."""
        kinds = summaries.kinds(providers, sizes)
        read, _ = _each(self._inventories, summaries.unread(providers, kinds, KINDS_READ))
        return summaries.settled([summaries.with_exact(one, read.get(one.uuid)) for one in providers], kinds)


def _each(ask: Callable[[Asked], Value], of: Iterable[Asked]) -> tuple[dict[str, Value], list[WatcherError]]:
    """The answers by uuid, and what went wrong with the others."""
    def tried(one: Asked) -> Value | WatcherError:
        try:
            return ask(one)
        except WatcherError as fault:
            return fault

    every = list(of)
    found: dict[str, Value] = {}
    faults: list[WatcherError] = []
    with ThreadPoolExecutor(READERS, 'placement') as readers:
        for one, answer in zip(every, readers.map(tried, every), strict=True):
            if isinstance(answer, WatcherError):
                faults.append(answer)
            else:
                found[one.uuid] = answer
    return found, faults


def _trees(listed: Iterable[Listed], found: Mapping[str, Provider],
           faults: Sequence[WatcherError]) -> Listing[Provider]:
    """The root providers with what is nested in them, as far as all of it was found."""
    trees: dict[str, list[Listed]] = {}
    for row in listed:
        trees.setdefault(row.root, []).append(row)
    whole = tuple(
        replace(found[root], children=tuple(sorted(
            (found[row.uuid] for row in tree if row.uuid != root), key=lambda one: one.uuid)))
        for root, tree in trees.items() if root in found and all(row.uuid in found for row in tree))
    broken = len(trees) - len(whole)
    why = f': {faults[0]}' if faults else ''
    return Listing(whole, f'Placement: {broken} of {len(trees)} compute nodes can\'t be read{why}'
                   if broken else None)
