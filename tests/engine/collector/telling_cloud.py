# SPDX-License-Identifier: Apache-2.0
"""A little cloud that notifies of what becomes of it, with the delays and the slips that Nova has."""

from dataclasses import dataclass, field, replace

from tests.engine.collector.nova_says import (
    moment,
    notice,
    payload,
    server,
    tells_aggregate,
    tells_group,
    tells_service,
)
from watcher_py.cloud.compute_rows import HostAggregate, Hypervisor, Server, ServerGroup, ServiceNow
from watcher_py.cloud.listing import Listing
from watcher_py.engine.collector.nova_notices import NovaEvent, understand
from watcher_py.engine.collector.picture import Picture

ZONES = HostAggregate(1, 'north', (), {'availability_zone': 'north'})


@dataclass
class TellingCloud:
    """Servers as Nova's API lists them; `told` is what was sent and not yet heard."""

    now: int = 1000
    servers: dict[str, Server] = field(default_factory=dict)
    services: dict[str, ServiceNow] = field(default_factory=dict)
    aggregates: dict[int, HostAggregate] = field(default_factory=lambda: {1: ZONES})
    groups: dict[str, ServerGroup] = field(default_factory=dict)
    told: list[NovaEvent] = field(default_factory=list)
    made: int = 0
    past: dict[str, list[Server]] = field(default_factory=dict)

    def boot(self, host: str) -> None:
        self.made += 1
        row = server(f'vm-{self.made}', host, created=moment(self.now), updated=moment(self.now),
                     pinned_zone='north' if self.made % 2 else None)
        self.servers[row.uuid] = row
        self._tell('instance.create.end', row)

    def change(self, uuid: str, event_type: str, **values: object) -> None:
        before = self.servers[uuid]
        row = replace(before, **values, updated=moment(self.now))
        self.servers[uuid] = row
        self.past.setdefault(uuid, []).append(before)
        # What is told right after a row was saved carries the moment at which it was saved before.
        self._tell('instance.update', replace(row, updated=before.updated))
        self._tell(event_type, replace(row, updated=before.updated))

    def recall(self, uuid: str) -> None:
        """A process tells how it once saw a server that others have changed since."""
        *olden, newest = self.past.get(uuid, [self.servers[uuid]])
        for row in olden:
            if row.updated < newest.updated:
                self._tell('instance.shutdown.end', row)

    def live_migrate(self, uuid: str, host: str) -> None:
        source = self.servers[uuid]
        self.change(uuid, 'instance.live_migration_post_dest.end', host=host, hypervisor=host)
        self._tell('instance.live_migration_post.end', source)

    def delete(self, uuid: str) -> None:
        row = self.servers.pop(uuid)
        self._tell('instance.update', replace(row, task_state='deleting'))
        self._tell('instance.delete.end', replace(row, vm_state='deleted', updated=moment(self.now)))
        self._tell('instance.update', replace(row, vm_state='deleted', updated=moment(self.now)))

    def set_service(self, host: str, enabled: bool, forced_down: bool) -> None:
        self.services[host] = replace(self.services[host], enabled=enabled, up=not forced_down)
        self.told.append(tells_service('service.update', host, self.now, disabled=not enabled,
                                       forced_down=forced_down))

    def add_host(self, host: str) -> None:
        self.services[host] = ServiceNow(f's-{host}', host, True, True, None, '')
        self.told.append(tells_service('service.create', host, self.now))

    def remove_host(self, host: str) -> None:
        del self.services[host]
        self.told.append(tells_service('service.delete', host, self.now))

    def set_zone(self, *hosts: str) -> None:
        self.aggregates[1] = replace(ZONES, hosts=hosts)
        self.told.append(tells_aggregate('aggregate.add_host.end', self.aggregates[1], self.now))

    def set_aggregate(self, number: int, row: HostAggregate | None) -> None:
        old = self.aggregates.pop(number, None)
        if row is not None:
            self.aggregates[number] = row
            self.told.append(tells_aggregate('aggregate.update_metadata.end', row, self.now))
        elif old is not None:
            self.told.append(tells_aggregate('aggregate.delete.end', old, self.now))

    def join(self, name: str, uuid: str) -> None:
        group = self.groups.get(name, ServerGroup(name, name, 'anti-affinity', (), 1))
        self.groups[name] = replace(group, members=(*group.members, uuid))
        self.told.append(tells_group('server_group.add_member', self.groups[name], self.now))

    def leave(self, name: str) -> None:
        if group := self.groups.pop(name, None):
            self.told.append(tells_group('server_group.delete', group, self.now))

    def listing(self, name: str) -> Listing:
        """What one call of the API would give now."""
        hosts = tuple(self.services)
        rows = {
            'servers': tuple(self.servers.values()),
            'services': tuple(replace(one, zone=self._zone(one.host)) for one in self.services.values()),
            'hypervisors': tuple(Hypervisor(f'u-{host}', host, host, 'QEMU') for host in hosts),
            'aggregates': tuple(self.aggregates.values()), 'groups': tuple(self.groups.values()),
            'migrations': (), 'providers': ()}
        return Listing(rows[name])

    def picture(self) -> Picture:
        return Picture(**{name: self.listing(name) for name in Picture.__dataclass_fields__})

    def _zone(self, host: str) -> str:
        return 'north' if host in self.aggregates[1].hosts else 'nova'

    def _tell(self, event_type: str, row: Server) -> None:
        event = understand(notice(event_type, 'P', payload(row), self.now))
        assert event is not None
        self.told.append(event)
