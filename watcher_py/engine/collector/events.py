# SPDX-License-Identifier: Apache-2.0
"""The next picture of the cloud: the last one, and what was heard since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from watcher_py.cloud.compute_rows import HostAggregate, Server, ServiceNow
from watcher_py.cloud.listing import Listing
from watcher_py.engine.collector.assemble_servers import latest
from watcher_py.engine.collector.nova_notices import (
    AggregateTold,
    ClaimsTold,
    GroupTold,
    NovaEvent,
    ServerTold,
    ServiceTold,
)
from watcher_py.engine.collector.picture import Picture

Row = TypeVar('Row')
Key = TypeVar('Key')

ZONE = 'availability_zone'
DISABLED = frozenset({'COMPUTE_STATUS_DISABLED'})

# How far, in seconds, the clock of who sends may be behind ours.
SKEW = 60.0


@dataclass(frozen=True)
class Applied:
    """A picture with events in it, and what they leave to be read."""

    picture: Picture                            # the given one itself, when nothing in it has changed
    unknown: frozenset[str] = frozenset()       # uuids of servers and names of hosts that are to be read
    stale: bool = False                         # claims on hosts have changed, and Placement doesn't notify
    applied: int = 0                            # events that were news
    dropped: int = 0                            # events older than the picture, or of no concern to it

    @property
    def needs_delta(self) -> bool:
        return self.stale or bool(self.unknown)


def applied(picture: Picture, events: Sequence[NovaEvent], read_at: float = 0.0) -> Applied:
    """The picture after these events, in their order.

    `read_at` is when the reading of the picture began, in seconds since the epoch. Of what was sent in the
    minute before, some may be older than the picture: as each event tells the whole of its row, the last one
    of them puts it right.
    """
    if not events:
        return Applied(picture)
    draft = _Draft(picture)
    news = sum(event.sent >= read_at - SKEW and draft.takes(event) for event in events)
    return Applied(draft.picture(), frozenset(draft.unknown), draft.stale, news, len(events) - news)


class _Draft:
    """The rows of a picture in change, by what events call them."""

    def __init__(self, picture: Picture):
        self._before = picture
        self._servers = latest(picture.servers.rows)
        self._hypervisors = {one.uuid: one for one in picture.hypervisors.rows}
        self._services = {service.host: service for service in picture.services.rows}
        self._aggregates = {aggregate.id: aggregate for aggregate in picture.aggregates.rows}
        self._groups = {group.uuid: group for group in picture.groups.rows}
        self._providers = {provider.uuid: provider for provider in picture.providers.rows}
        self.unknown: set[str] = set()
        self.stale = False

    def picture(self) -> Picture:
        before = self._before
        after = replace(
            before, servers=_with(before.servers, self._servers),
            hypervisors=_with(before.hypervisors, self._hypervisors),
            services=_with(before.services, self._services),
            aggregates=_with(before.aggregates, self._aggregates),
            groups=_with(before.groups, self._groups),
            providers=_with(before.providers, self._providers))
        return before if after == before else after

    def takes(self, event: NovaEvent) -> bool:
        """Take it in; False when it is no news."""
        match event:
            case ServerTold():
                return self._takes_server(event)
            case ServiceTold():
                return self._takes_service(event)
            case AggregateTold():
                return self._takes_aggregate(event)
            case GroupTold():
                return self._takes_group(event)
            case ClaimsTold():
                self.stale = True
                return True

    def _takes_server(self, event: ServerTold) -> bool:
        told = event.server
        old = self._servers.get(told.uuid)
        if told.is_deleted:
            return self._takes_deletion(event, old)
        if old is None:
            if told.host:
                self.unknown.add(told.uuid)
            return bool(told.host)
        if told.updated < old.updated:
            return False
        new = _next(old, told)
        if event.is_vague or (not told.is_sized and told.flavor != old.flavor):
            self.unknown.add(told.uuid)
        self.stale |= _claims(new) != _claims(old)
        self._servers[told.uuid] = new
        return True

    def _takes_deletion(self, event: ServerTold, old: Server | None) -> bool:
        if not event.is_final and old is not None and event.server.updated < old.updated:
            return False
        self.unknown.discard(event.server.uuid)
        self.stale |= old is not None
        return self._servers.pop(event.server.uuid, None) is not None

    def _takes_service(self, event: ServiceTold) -> bool:
        told = event.service
        old = self._services.get(told.host)
        if event.is_deleted:
            # Nova removes the compute nodes with it.
            for uuid in self._hypervisors_on(told.host):
                del self._hypervisors[uuid]
            self.unknown.add(told.host)
            return self._services.pop(told.host, None) is not None
        if old is None:
            self.unknown.add(told.host)
            return True
        if told.up and not old.up:      # it isn't forced down any more, but whether it reports is not told
            self.unknown.add(told.host)
        self._services[told.host] = replace(told, up=told.up and old.up, zone=old.zone)
        self._mark(told)
        return True

    def _mark(self, service: ServiceNow) -> None:
        """Nova tells Placement, too, which hosts are disabled."""
        for uuid in self._hypervisors_on(service.host):
            if provider := self._providers.get(uuid):
                traits = provider.traits - DISABLED if service.enabled else provider.traits | DISABLED
                self._providers[uuid] = replace(provider, traits=traits)

    def _hypervisors_on(self, host: str) -> list[str]:
        return [uuid for uuid, one in self._hypervisors.items() if one.host == host]

    def _takes_aggregate(self, event: AggregateTold) -> bool:
        new = event.aggregate
        old = _put(self._aggregates, new.id, None if event.is_deleted else new)
        for aggregate in (old, new):
            if aggregate is not None and ZONE in aggregate.metadata:
                self._forget_zones(aggregate)
        return old is not None or not event.is_deleted

    def _forget_zones(self, aggregate: HostAggregate) -> None:
        """Nova tells a service's zone from its aggregates, as is done where it is not known."""
        for host in aggregate.hosts:
            if host in self._services:
                self._services[host] = replace(self._services[host], zone='')

    def _takes_group(self, event: GroupTold) -> bool:
        old = _put(self._groups, event.group.uuid, None if event.is_deleted else event.group)
        return old is not None or not event.is_deleted


def _put(rows: dict[Key, Row], key: Key, row: Row | None) -> Row | None:
    """Put it in the place of the old row, which is returned; with None the old one is removed."""
    old = rows.get(key)
    if row is not None:
        rows[key] = row
    elif old is not None:
        del rows[key]
    return old


def _with(listing: Listing[Row], rows: Mapping[Any, Row]) -> Listing[Row]:
    return replace(listing, rows=tuple(rows.values()))


def _next(old: Server, told: Server) -> Server:
    new = replace(told, pinned_zone=old.pinned_zone, image=old.image, hints=old.hints)
    if told.is_sized:
        return new
    return replace(new, flavor=old.flavor, vcpus=old.vcpus, ram=old.ram, disk=old.disk,
                   extra_specs=old.extra_specs, is_sized=old.is_sized)


def _claims(server: Server) -> tuple[object, ...]:
    """What decides which amounts Placement counts for the server, and where."""
    task = server.task_state or ''
    is_moving = task == 'migrating' or task.startswith('resize_') or server.vm_state == 'resized'
    return (server.host, server.hypervisor, server.vcpus, server.ram, server.disk, server.extra_specs,
            is_moving)
