# SPDX-License-Identifier: Apache-2.0
"""Placement's allocation candidates: who could take so much, were it one request without numbered parts."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.sim.doorman import minor
from watcher_py.sim.paging import check_known, whole
from watcher_py.sim.records import Host, Provider
from watcher_py.sim.world import World

Shown = dict[str, Any]
Chosen = Mapping[str, Provider]         # the provider of each class

# Classes that Placement knows without being told of them.
STANDARD = frozenset((
    'VCPU', 'MEMORY_MB', 'DISK_GB', 'PCI_DEVICE', 'SRIOV_NET_VF', 'NUMA_SOCKET', 'NUMA_CORE', 'NUMA_THREAD',
    'NUMA_MEMORY_MB', 'IPV4_ADDRESS', 'VGPU', 'VGPU_DISPLAY_HEAD', 'NET_BW_EGR_KILOBIT_PER_SEC',
    'NET_BW_IGR_KILOBIT_PER_SEC', 'PCPU', 'MEM_ENCRYPTION_CONTEXT', 'FPGA', 'PGPU',
    'NET_PACKET_RATE_KILOPACKET_PER_SEC', 'NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC',
    'NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC'))


class Candidates:
    """/allocation_candidates."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        check_known(req, 'resources', 'required', 'limit', *(['in_tree'] if minor(req) >= 31 else ()))
        wanted, traits = self._wanted(req), _listed(req, 'required')
        found = ((host, chosen) for host in self._hosts(req.get_param('in_tree')) if host.known
                 for chosen in self._ways(host, wanted, traits))
        rows = [*islice(found, _limit(req))]
        summaries: Shown = {}
        for host, chosen in rows:
            shown = host.tree if minor(req) >= 29 else chosen.values()
            for provider in shown:
                if provider.uuid not in summaries:
                    summaries[provider.uuid] = self._summary(host, provider, wanted, minor(req))
        resp.media = {'allocation_requests': [_request(chosen, wanted, minor(req)) for _, chosen in rows],
                      'provider_summaries': summaries}

    def _hosts(self, inside: str | None) -> Iterable[Host]:
        """Those that may be candidates: all of them, or the one in whose tree the provider is."""
        if inside is None:
            return self._world.hosts.values()
        try:
            return [self._world.provider(inside)[0]]
        except NotFound:
            return ()

    def _ways(self, host: Host, wanted: Mapping[str, int], traits: list[str]) -> Iterator[Chosen]:
        """Each class comes from one provider; together they must have the traits."""
        offers = [[provider for provider in host.tree if self._has_room(provider, name, amount)]
                  for name, amount in wanted.items()]
        for chosen in product(*offers):
            has = frozenset().union(*(provider.traits for provider in chosen))
            if all(trait[1:] not in has if trait.startswith('!') else trait in has for trait in traits):
                yield dict(zip(wanted, chosen, strict=True))

    def _has_room(self, provider: Provider, name: str, amount: int) -> bool:
        have = provider.inventories.get(name)
        return (have is not None and have.deals(amount)
                and self._world.ledger.taken(provider.uuid).get(name, 0) + amount <= have.room())

    def _summary(self, host: Host, provider: Provider, wanted: Mapping[str, int], minor: int) -> Shown:
        taken = self._world.ledger.taken(provider.uuid)
        shown: Shown = {'resources': {
            name: {'capacity': int(have.room()), 'used': taken.get(name, 0)}
            for name, have in provider.inventories.items() if minor >= 27 or name in wanted}}
        if minor >= 17:
            shown['traits'] = sorted(provider.traits)
        if minor >= 29:
            shown |= {'parent_provider_uuid': None if provider.uuid == host.uuid else host.uuid,
                      'root_provider_uuid': host.uuid}
        return shown

    def _wanted(self, req: falcon.Request) -> dict[str, int]:
        wanted: dict[str, int] = {}
        for item in _listed(req, 'resources') or ['']:
            name, _, amount = item.partition(':')
            if not name or not amount.isdigit() or amount == '0':
                raise falcon.HTTPBadRequest(description='Badly formed resources parameter. '
                                                        f'Expected resources=VCPU:1, got: {item!r}')
            if name not in STANDARD | self._world.classes:
                raise falcon.HTTPBadRequest(
                    description=f'Invalid resource class in resources parameter: {name}')
            wanted[name] = int(amount)
        return wanted


def _limit(req: falcon.Request) -> int | None:
    limit = whole(req, 'limit', 0)
    if 'limit' in req.params and not limit:
        raise falcon.HTTPBadRequest(description="Invalid query string parameters: '0' does not match "
                                                "'^[1-9][0-9]*$'")
    return limit or None


def _request(chosen: Chosen, wanted: Mapping[str, int], minor: int) -> Shown:
    given: dict[str, Shown] = {}
    for name, provider in chosen.items():
        given.setdefault(provider.uuid, {'resources': {}})['resources'][name] = wanted[name]
    return {'allocations': given} | ({'mappings': {'': list(given)}} if minor >= 34 else {})


def _listed(req: falcon.Request, name: str) -> list[str]:
    """The values of a parameter that stands once or often, with commas between some."""
    return [item for item in ','.join(req.get_param_as_list(name) or ()).split(',') if item]
