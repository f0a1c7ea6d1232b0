# SPDX-License-Identifier: Apache-2.0
"""Placement's part: providers, what they have, and who has claimed it."""

from typing import Any

import falcon

from watcher_py.core.cluster import RESOURCES
from watcher_py.core.errors import NotFound
from watcher_py.sim.build import DISABLED_TRAIT
from watcher_py.sim.doorman import PLACEMENT, minor
from watcher_py.sim.ledger import Claim
from watcher_py.sim.paging import whole
from watcher_py.sim.records import Amounts, Host
from watcher_py.sim.world import World

Shown = dict[str, Any]


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
        params = req.params
        resp.media = {'resource_providers': [
            self._shown(req, host) for host in self._world.hosts.values()
            if host.known and params.get('name', host.hypervisor) == host.hypervisor
            and params.get('uuid', host.uuid) == host.uuid == params.get('in_tree', host.uuid)]}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        resp.media = self._shown(req, self._found(provider))

    def on_get_inventories(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        host = self._found(provider)
        resp.media = self._generation(host) | {'inventories': {
            resource: {'total': total, 'reserved': reserved, 'allocation_ratio': ratio,
                       'min_unit': 1, 'max_unit': total, 'step_size': 1}
            for resource, total, reserved, ratio in zip(
                RESOURCES, host.total, host.reserved, host.ratio, strict=True) if total}}

    def on_get_usages(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        host = self._found(provider)
        resp.media = self._generation(host) | {
            'usages': {resource: used for resource, used, total in zip(
                RESOURCES, self._world.ledger.used(host.uuid), host.total, strict=True) if total}}

    def on_get_traits(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        host = self._found(provider)
        resp.media = self._generation(host) | {'traits': traits_of(host)}

    def on_get_aggregates(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        host = self._found(provider)
        shown: Shown = {'aggregates': [row.uuid for row in self._world.aggregates_of(host.uuid)]}
        resp.media = shown | (self._generation(host) if minor(req) >= 19 else {})

    def on_get_allocations(self, req: falcon.Request, resp: falcon.Response, provider: str) -> None:
        host, ledger = self._found(provider), self._world.ledger
        resp.media = self._generation(host) | {'allocations': {
            consumer: {'resources': _resources(ledger.claims[consumer].amounts)}
            | ({'consumer_generation': ledger.claims[consumer].generation} if minor(req) >= 28 else {})
            for consumer in ledger.consumers(host.uuid)}}

    def _found(self, provider: str) -> Host:
        host = self._world.hosts.get(provider)
        if host is None or not host.known:
            raise NotFound(f'No resource provider with uuid {provider} found')
        return host

    def _generation(self, host: Host) -> Shown:
        return {'resource_provider_generation': self._world.ledger.generation(host.uuid)}

    def _shown(self, req: falcon.Request, host: Host) -> Shown:
        path = f'/placement/resource_providers/{host.uuid}'
        shown: Shown = {
            'uuid': host.uuid, 'name': host.hypervisor,
            'generation': self._world.ledger.generation(host.uuid),
            'links': [{'rel': 'self', 'href': path}, *(
                {'rel': rel, 'href': f'{path}/{rel}'}
                for rel in ('inventories', 'usages', 'traits', 'aggregates', 'allocations'))]}
        return shown | ({'parent_provider_uuid': None, 'root_provider_uuid': host.uuid}
                        if minor(req) >= 14 else {})


class Allocations:
    """/allocations/{consumer}."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, consumer: str) -> None:
        claim = self._world.ledger.claims.get(consumer)
        resp.media = {'allocations': {}} if claim is None else self._shown(claim, minor(req))

    def _shown(self, claim: Claim, minor: int) -> Shown:
        shown: Shown = {'allocations': {claim.provider: {
            'generation': self._world.ledger.generation(claim.provider),
            'resources': _resources(claim.amounts)}}}
        if minor >= 12:
            shown |= {'project_id': claim.project, 'user_id': claim.project}
        return shown | ({'consumer_generation': claim.generation} if minor >= 28 else {})


class Candidates:
    """/allocation_candidates: who could take so much, were it one request."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        wanted = _wanted(req)
        traits = ','.join(req.get_param_as_list('required') or ()).split(',')
        fitting = [host for host in self._world.hosts.values()
                   if host.known and _has(host, traits) and self._has_room(host, wanted)]
        fitting = fitting[:whole(req, 'limit', 1000)]
        resp.media = {
            'allocation_requests': [self._request(host, wanted, minor(req)) for host in fitting],
            'provider_summaries': {host.uuid: self._summary(host, minor(req)) for host in fitting}}

    def _has_room(self, host: Host, wanted: dict[str, int]) -> bool:
        return all((taken + wanted.get(resource, 0) <= (total - reserved) * ratio
                   and wanted.get(resource, 0) <= total) or resource not in wanted
                   for resource, taken, total, reserved, ratio in zip(
                       RESOURCES, self._world.ledger.used(host.uuid), host.total, host.reserved, host.ratio,
                       strict=True))

    def _request(self, host: Host, wanted: dict[str, int], minor: int) -> Shown:
        shown: Shown = {'allocations': {host.uuid: {'resources': wanted}}}
        return shown | ({'mappings': {'': [host.uuid]}} if minor >= 34 else {})

    def _summary(self, host: Host, minor: int) -> Shown:
        used = self._world.ledger.used(host.uuid)
        shown: Shown = {'resources': {
            resource: {'capacity': int((total - reserved) * ratio), 'used': taken}
            for resource, taken, total, reserved, ratio in zip(
                RESOURCES, used, host.total, host.reserved, host.ratio, strict=True)}}
        if minor >= 17:
            shown['traits'] = traits_of(host)
        if minor >= 29:
            shown |= {'parent_provider_uuid': None, 'root_provider_uuid': host.uuid}
        return shown


def traits_of(host: Host) -> list[str]:
    """Nova marks the provider of a disabled service with a trait."""
    return sorted(host.traits | (set() if host.enabled else {DISABLED_TRAIT}))


def _resources(amounts: Amounts) -> dict[str, int]:
    return {resource: amount for resource, amount in zip(RESOURCES, amounts, strict=True) if amount}


def _wanted(req: falcon.Request) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for item in ','.join(req.get_param_as_list('resources') or ()).split(','):
        resource, _, amount = item.partition(':')
        if resource not in RESOURCES or not amount.isdigit():
            raise falcon.HTTPBadRequest(
                description=f'Badly formed resources parameter. Expected resources=VCPU:1, got: {item!r}')
        wanted[resource] = int(amount)
    return wanted


def _has(host: Host, traits: list[str]) -> bool:
    has = set(traits_of(host))
    return all(trait[1:] not in has if trait.startswith('!') else trait in has for trait in traits if trait)
