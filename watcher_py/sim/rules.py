# SPDX-License-Identifier: Apache-2.0
"""What Nova's scheduler and Placement refuse, at the moment of the request."""

from collections.abc import Iterable

from watcher_py.core.cluster import RESOURCES, Policy
from watcher_py.core.rules.specs import satisfies
from watcher_py.sim.allotments import allot, asked
from watcher_py.sim.records import Host, Server
from watcher_py.sim.world import World

AGGREGATE_SPEC = 'aggregate_instance_extra_specs:'
TENANT_KEY = 'filter_tenant_id'


def why_not(world: World, server: Server, host: Host) -> str | None:
    """Why the server may not come to this host; None when it may."""
    return (_why_closed(host) or _why_no_room(world, server, host) or _why_wrong_zone(server, host)
            or _why_wrong_traits(world, server, host) or _why_wrong_aggregate(world, server, host)
            or _why_wrong_company(world, server, host))


def pick(world: World, server: Server) -> Host | None:
    """The scheduler's choice: of the hosts that may take the server, the one with the most free RAM."""
    fitting = [host for host in world.hosts.values()
               if host.uuid != server.host and why_not(world, server, host) is None]
    return max(fitting, key=lambda host: host.total.ram_mb * host.ratio[1]
               - world.ledger.used(host.uuid).ram_mb, default=None)


def _why_closed(host: Host) -> str | None:
    if not host.enabled:
        return f'The compute service of {host.name} is disabled.'
    if not host.reports:
        return f'The compute service of {host.name} is down.'
    if not host.known:
        return f'Placement has no resource provider for {host.name}.'
    return None


def _why_no_room(world: World, server: Server, host: Host) -> str | None:
    """As Placement: the sum within the capacity, and a single claim within the physical total."""
    used, wants = world.ledger.used(host.uuid), asked(world, server)
    rows = zip(RESOURCES, wants.sizes, used, host.total, host.reserved, host.ratio, strict=True)
    for resource, wanted, taken, total, reserved, ratio in rows:
        capacity = (total - reserved) * ratio
        if wanted and (taken + wanted > capacity or wanted > total):
            return (f'{host.name} has no room: {wanted} {resource} wanted, '
                    f'{taken} of {capacity:g} allocated.')
    if (further := wants.further()) and allot(world, wants, host) is None:
        classes = ', '.join(f'{amount} {name}' for name, amount in sorted(further.items()))
        return f'{host.name} has no room: no resource providers of it can give {classes}.'
    return None


def _why_wrong_zone(server: Server, host: Host) -> str | None:
    if server.pinned_zone is not None and server.pinned_zone != host.zone:
        return f'The server is pinned to zone {server.pinned_zone}, {host.name} is in {host.zone}.'
    return None


def _why_wrong_traits(world: World, server: Server, host: Host) -> str | None:
    """Of the host itself; what is nested in it must have those of a numbered part."""
    for part in asked(world, server).parts:
        if part.name and part.resources:
            continue
        for trait in sorted(part.required - host.traits):
            return f'{host.name} lacks trait {trait}.'
        for trait in sorted(part.forbidden & host.traits):
            return f'{host.name} has the forbidden trait {trait}.'
    return None


def _why_wrong_aggregate(world: World, server: Server, host: Host) -> str | None:
    aggregates = world.aggregates_of(host.uuid)
    for key, value in server.flavor.extra_specs.items():
        name = key.removeprefix(AGGREGATE_SPEC)
        words = [word for aggregate in aggregates if name in aggregate.metadata
                 for word in _words(aggregate.metadata[name])]
        if name != key and not any(satisfies(word, value) for word in words):
            return f'{host.name} is in no aggregate with {name}={value}.'
    tenants = [_words(value) for aggregate in aggregates
               for key, value in aggregate.metadata.items() if key.startswith(TENANT_KEY)]
    if tenants and not any(server.project in allowed for allowed in tenants):
        return f'{host.name} is kept for other projects.'
    return None


def _why_wrong_company(world: World, server: Server, host: Host) -> str | None:
    """Hard group policies; the server itself is never counted."""
    for uuid in server.groups:
        group = world.groups[uuid]
        own = _own_places(world, server)
        there = world.members_at(uuid, host.uuid) - (host.uuid in own)
        if group.policy == Policy.ANTI_AFFINITY and there >= group.limit:
            return f'Anti-affinity group {group.name} has {there} of {group.limit} members on {host.name}.'
        if group.policy == Policy.AFFINITY and not there and world.members_anywhere(uuid) > len(own):
            return f'No other member of affinity group {group.name} is on {host.name}.'
    return None


def _own_places(world: World, server: Server) -> set[str | None]:
    places = {server.host} - {None}
    if server.uuid in world.in_flight:
        places.add(world.migrations[world.in_flight[server.uuid]].target)
    return places


def _words(value: str) -> Iterable[str]:
    return [word.strip() for word in value.split(',')]
