# SPDX-License-Identifier: Apache-2.0
"""Pictures of a small cloud, made by hand: hosts of one size, and servers as they are told of."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

from watcher_py.cloud.compute_rows import (
    HostAggregate,
    Hypervisor,
    MigrationNow,
    Server,
    ServerGroup,
    ServiceNow,
)
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement_rows import Inventory, Provider
from watcher_py.engine.collector.assemble import Collected, assemble
from watcher_py.engine.collector.picture import Picture
from watcher_py.engine.collector.reading import Reader

ROOM = {'VCPU': Inventory(16, 2, 4.0), 'MEMORY_MB': Inventory(32768, 512, 1.5),
        'DISK_GB': Inventory(500, 10, 1)}
SERVER = Server(
    uuid='s1', name='web', project='p', host='cn1', hypervisor='cn1.x', vm_state='active', task_state=None,
    locked=False, flavor='m1', vcpus=2, ram=2048, disk=20, extra_specs={}, metadata={}, created='',
    pinned_zone=None, updated='2026-11-21T12:00:00Z')


class Sketch:
    """Lists to be changed at will; Placement counts what the servers take unless `usages` says otherwise."""

    def __init__(self, *hosts: str):
        self.hypervisors = [Hypervisor(f'u-{host}', f'{host}.x', host, 'QEMU') for host in hosts]
        self.services = [ServiceNow(f'v-{host}', host, True, True, None, '') for host in hosts]
        self.inventories = {f'u-{host}': ROOM for host in hosts}
        self.usages: dict[str, dict[str, float]] = {}
        self.aggregates: list[HostAggregate] = []
        self.groups: list[ServerGroup] = []
        self.servers: list[Server] = []
        self.migrations: list[MigrationNow] = []
        self.missing: dict[str, str] = {}       # list: why it is not whole
        self.generations: dict[str, int] = {}   # of providers; 1 where none is said

    def add(self, uuid: str, host: str | None = 'cn1', **changes: Any) -> None:
        self.servers.append(replace(SERVER, uuid=uuid, host=host, **{
            'hypervisor': host and f'{host}.x', **changes}))

    def picture(self) -> Picture:
        providers = [Provider(uuid, uuid, room, self.usage(uuid), frozenset({'T'}),
                              generation=self.generations.get(uuid, 1))
                     for uuid, room in self.inventories.items()]
        return Picture(providers=self._listing('providers', providers), **{
            name: self._listing(name, getattr(self, name)) for name in (
                'hypervisors', 'services', 'aggregates', 'groups', 'servers', 'migrations')})

    def collected(self) -> Collected:
        return assemble(self.picture())

    def usage(self, uuid: str) -> dict[str, float]:
        on_it = {one.uuid: one for one in self.servers
                 if f'u-{one.host}' == uuid and not one.is_deleted}.values()
        counted: dict[str, float] = {
            'VCPU': sum(one.vcpus for one in on_it), 'MEMORY_MB': sum(one.ram for one in on_it),
            'DISK_GB': sum(one.disk for one in on_it)}
        return self.usages.get(uuid, counted)

    def _listing(self, name: str, rows: list[Any]) -> Listing[Any]:
        return Listing(tuple(rows), self.missing.get(name))


class Cloud(Sketch):
    """Answers as Nova and Placement do, and notes what it was asked for."""

    def __init__(self, *hosts: str):
        super().__init__(*hosts)
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda what: None      # is told what is asked for

    def sides(self) -> tuple[Any, Any]:
        """Nova's and Placement's."""
        return _Nova(self), _Placement(self)

    def reader(self) -> Reader:
        return Reader(*self.sides())

    def answer(self, what: str, how: str = '') -> Listing[Any]:
        self.asked.append(what + how)
        self.before(what)
        found: Listing[Any] = getattr(self.picture(), what)
        return found

    @property
    def readings(self) -> list[str]:
        """All, or since when the changes: of each reading."""
        return [what for what in self.asked if what.startswith('servers')]


class _Nova:
    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        for name in ('hypervisors', 'services', 'aggregates', 'migrations'):
            setattr(self, name, partial(cloud.answer, name))
        self.server_groups = partial(cloud.answer, 'groups')

    def servers(self, changed_since: str | None = None) -> Listing[Server]:
        if changed_since is None:
            found: Listing[Server] = self._cloud.answer('servers')
            return replace(found, rows=tuple(row for row in found.rows if not row.is_deleted))
        found = self._cloud.answer('servers', f' since {changed_since}')
        return replace(found, rows=tuple(row for row in found.rows if row.updated >= changed_since))


class _Placement:
    def __init__(self, cloud: Cloud):
        self._cloud = cloud

    def read(self, hypervisors: Collection[str], before: Collection[str]) -> Listing[Provider]:
        found: Listing[Provider] = self._cloud.answer('providers')
        return replace(found, rows=tuple(row for row in found.rows if row.uuid in hypervisors))
