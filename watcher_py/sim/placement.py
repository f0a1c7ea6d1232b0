# SPDX-License-Identifier: Apache-2.0
"""Placement's part: providers, what they have, and who has claimed it."""

from typing import Any

import falcon

from watcher_py.core.cluster import Inventory
from watcher_py.core.errors import NotFound
from watcher_py.sim.doorman import PLACEMENT, minor
from watcher_py.sim.ledger import Claim
from watcher_py.sim.paging import check_known
from watcher_py.sim.records import Host, Provider
from watcher_py.sim.world import World

Shown = dict[str, Any]

UNLIMITED = 2**31 - 1       # Placement's own max_unit where none was given


class Versions:
    """/placement; no token is asked for."""

    is_open = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _, oldest, newest, major = PLACEMENT
        resp.media = {'versions': [{
            'id': 'v1.0', 'status': 'CURRENT', 'min_version': f'{major}.{oldest}',
            'max_version': f'{major}.{newest}', 'links': [{'rel': 'self', 'href': ''}]}]}


class Providers:
    """/resource_providers, and what hangs below one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        check_known(req, 'name', 'uuid', 'in_tree')
        params, inside = req.params, req.get_param('in_tree')
        root = self._root_of(inside) if inside else None
        resp.media = {'resource_providers': [
            self._shown(host, provider, minor(req)) for host in self._world.hosts.values()
            if host.known and (not inside or host.uuid == root) for provider in host.tree
            if params.get('name', provider.name) == provider.name
            and params.get('uuid', provider.uuid) == provider.uuid]}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        resp.media = self._shown(*self._world.provider(provider), minor(req))

    def on_get_inventories(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        _, found = self._world.provider(provider)
        resp.media = self._generation(provider) | {
            'inventories': {name: _inventory(have) for name, have in found.inventories.items()}}

    def on_get_usages(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        _, found = self._world.provider(provider)
        taken = self._world.ledger.taken(provider)
        resp.media = self._generation(provider) | {
            'usages': {name: taken.get(name, 0) for name in found.inventories}}

    def on_get_traits(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        _, found = self._world.provider(provider)
        resp.media = self._generation(provider) | {'traits': sorted(found.traits)}

    def on_get_aggregates(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        self._world.provider(provider)
        shown: Shown = {'aggregates': [row.uuid for row in self._world.aggregates_of(provider)]}
        resp.media = shown | (self._generation(provider) if minor(req) >= 19 else {})

    def on_get_allocations(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        self._world.provider(provider)
        ledger = self._world.ledger
        claims = {consumer: ledger.claims[consumer] for consumer in ledger.consumers(provider)}
        resp.media = self._generation(provider) | {'allocations': {
            consumer: {'resources': claim.by_provider()[provider]}
            | ({'consumer_generation': claim.generation} if minor(req) >= 28 else {})
            for consumer, claim in claims.items() if provider in claim.by_provider()}}

    def _root_of(self, provider: str) -> str | None:
        try:
            return self._world.provider(provider)[0].uuid
        except NotFound:
            return None

    def _generation(self, provider: str) -> Shown:
        return {'resource_provider_generation': self._world.ledger.generation(provider)}

    def _shown(self, host: Host, provider: Provider, minor: int) -> Shown:
        path = f'/placement/resource_providers/{provider.uuid}'
        shown: Shown = {
            'uuid': provider.uuid, 'name': provider.name,
            'generation': self._world.ledger.generation(provider.uuid),
            'links': [{'rel': 'self', 'href': path}, *(
                {'rel': rel, 'href': f'{path}/{rel}'}
                for rel in ('inventories', 'usages', 'traits', 'aggregates', 'allocations'))]}
        if minor >= 14:
            shown |= {'parent_provider_uuid': None if provider.uuid == host.uuid else host.uuid,
                      'root_provider_uuid': host.uuid}
        return shown


class Allocations:
    """/allocations/{consumer}."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, consumer: str) -> None:
        claim = self._world.ledger.claims.get(consumer)
        resp.media = {'allocations': {}} if claim is None else self._shown(claim, minor(req))

    def _shown(self, claim: Claim, minor: int) -> Shown:
        shown: Shown = {'allocations': {
            provider: {'generation': self._world.ledger.generation(provider), 'resources': amounts}
            for provider, amounts in claim.by_provider().items()}}
        if minor >= 12:
            shown |= {'project_id': claim.project, 'user_id': claim.project}
        return shown | ({'consumer_generation': claim.generation} if minor >= 28 else {})


def _inventory(have: Inventory) -> Shown:
    return {'total': int(have.total), 'reserved': int(have.reserved), 'allocation_ratio': have.ratio,
            'min_unit': int(have.least), 'max_unit': int(min(have.most, UNLIMITED)),
            'step_size': int(have.step)}
