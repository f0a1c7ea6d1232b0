# SPDX-License-Identifier: Apache-2.0
"""The state of the emulated cloud: records by id, who stands where, and sums that stay current."""

import heapq
import threading
import uuid
from collections import Counter
from dataclasses import replace
from typing import Any

from watcher_py.core.errors import NotFound
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.journal import Journal
from watcher_py.sim.ledger import Ledger
from watcher_py.sim.machine_park import MachinePark
from watcher_py.sim.records import (
    Action,
    Aggregate,
    Caller,
    Event,
    Flavor,
    Group,
    Host,
    Migration,
    Provider,
    Refusal,
    Server,
)
from watcher_py.sim.storage_world import StorageWorld


class World:
    """Everything that the services of the cloud know; hold `lock` while you touch it."""

    def __init__(self, clock: Clock, faults: Faults):
        self.page = 1000                # rows that a list of Nova has at most, as osapi_max_limit
        self.clock = clock
        self.faults = faults
        self.lock = threading.RLock()
        self.started = clock.now()
        self.hosts: dict[str, Host] = {}
        self.servers: dict[str, Server] = {}
        self.removed: dict[str, Server] = {}
        self.groups: dict[str, Group] = {}
        self.aggregates: dict[int, Aggregate] = {}
        self.flavors: dict[str, Flavor] = {}
        self.migrations: dict[int, Migration] = {}
        self.actions: dict[str, list[Action]] = {}
        self.ledger = Ledger()
        self.storage = StorageWorld(clock)
        self.machines = MachinePark()
        self.shelvings: dict[str, float] = {}       # server -> when its shelving is over
        self.classes: set[str] = set()              # of resources that some provider has
        self.refusals: list[Refusal] = []
        self.journal = Journal(clock.now, self.host_name)
        self.in_flight: dict[str, int] = {}         # server -> its running migration
        self.due: list[tuple[float, int, str]] = []     # (when, migration, what happens), a heap
        self._named: dict[str, str] = {}
        self._host_of: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._residents: dict[str, dict[str, None]] = {}
        self._members_at: dict[str, Counter[str]] = {}
        self._aggregates_of: dict[str, list[Aggregate]] = {}

    def now(self) -> float:
        return self.clock.now()

    # Looking up

    def server(self, server: str) -> Server:
        found = self.servers.get(server)
        if found is None:
            raise NotFound(f'Instance {server} could not be found.')
        return found

    def number_of(self, server: str) -> int | None:
        """In the order in which servers came; those that are deleted keep theirs."""
        return self._numbers.get(server)

    def host_named(self, name: str) -> Host:
        """By the compute service's host name, or the hypervisor's."""
        found = self._named.get(name)
        if found is None:
            raise NotFound(f'Compute host {name} could not be found.')
        return self.hosts[found]

    def provider(self, provider: str) -> tuple[Host, Provider]:
        """The resource provider, and the host in whose tree it is."""
        host = self.hosts.get(self._host_of.get(provider, ''))
        if host is None or not host.known:
            raise NotFound(f'No resource provider with uuid {provider} found')
        return host, next(one for one in host.tree if one.uuid == provider)

    def host_name(self, host: str | None) -> str | None:
        return self.hosts[host].name if host is not None else None

    def residents(self, host: str) -> list[Server]:
        return [self.servers[server] for server in self._residents.get(host, ())]

    def members_at(self, group: str, host: str) -> int:
        """How many members of the group stand on the host or are on their way to it."""
        return self._members_at[group][host]

    def members_anywhere(self, group: str) -> int:
        """As `members_at`, over all hosts; one on its way counts at both ends."""
        return self._members_at[group].total()

    def aggregates_of(self, host: str) -> list[Aggregate]:
        return self._aggregates_of.get(host, [])

    # Changing

    def add_host(self, host: Host) -> None:
        self.hosts[host.uuid] = host
        for provider in host.tree:
            self._host_of[provider.uuid] = host.uuid
            self.classes.update(provider.inventories)
        self._named.setdefault(host.hypervisor, host.uuid)
        self._named[host.name] = host.uuid

    def change_host(self, host: str, **fields: Any) -> Host:
        changed = replace(self.hosts[host], updated=self.now(), **fields)
        self.hosts[host] = changed
        self.ledger.touch(host)
        self.journal.change(changed)
        return changed

    def host_down(self, name: str) -> None:
        """The host loses power or network: its service stops reporting, its migrations fail."""
        with self.lock:
            self.change_host(self.host_named(name).uuid, up=False)

    def host_up(self, name: str) -> None:
        with self.lock:
            self.change_host(self.host_named(name).uuid, up=True)

    def add_aggregate(self, aggregate: Aggregate) -> None:
        self.aggregates[aggregate.number] = aggregate
        for host in aggregate.hosts:
            self._aggregates_of.setdefault(host, []).append(aggregate)

    def add_group(self, group: Group) -> None:
        self.groups[group.uuid] = group
        self._members_at.setdefault(group.uuid, Counter())

    def join(self, server: str, group: str) -> None:
        """A server that is new becomes a member."""
        known = self.groups[group]
        self.groups[group] = replace(known, members=(*known.members, server))

    def add_server(self, server: Server) -> None:
        """The server's claim is not made here, so that a document's truth can be kept."""
        self.servers[server.uuid] = server
        self._numbers[server.uuid] = len(self._numbers)
        if server.host is not None:
            self._residents.setdefault(server.host, {})[server.uuid] = None
            self.arrive(server, server.host)

    def change(self, server: str, **fields: Any) -> Server:
        """Change a record; for its host use `settle`."""
        changed = replace(self.servers[server], updated=self.now(), **fields)
        self.servers[server] = changed
        return changed

    def settle(self, server: Server, host: str) -> None:
        """From now on the server stands there; its members' counts are the migration's affair."""
        if server.host is not None:
            self._residents[server.host].pop(server.uuid, None)
        self._residents.setdefault(host, {})[server.uuid] = None
        self.change(server.uuid, host=host)

    def unseat(self, server: Server) -> None:
        """From now on the server stands nowhere; what it has claimed is the shelving's affair."""
        if server.host is not None:
            self._residents[server.host].pop(server.uuid, None)
            self.leave(server, server.host)
            self.change(server.uuid, host=None)

    def arrive(self, server: Server, host: str) -> None:
        for group in server.groups:
            self._members_at[group][host] += 1

    def leave(self, server: Server, host: str) -> None:
        for group in server.groups:
            self._members_at[group][host] -= 1

    def remove_server(self, server: Server) -> None:
        del self.servers[server.uuid]
        if server.host is not None:
            self._residents[server.host].pop(server.uuid, None)
            self.leave(server, server.host)
        for group in server.groups:
            known = self.groups[group]
            self.groups[group] = replace(
                known, members=tuple(member for member in known.members if member != server.uuid))
        self.removed[server.uuid] = replace(
            server, vm_state='deleted', task_state=None, updated=self.now())

    # Migrations and the record of what was asked

    def add_migration(self, **fields: Any) -> Migration:
        now = self.now()
        migration = Migration(number=len(self.migrations) + 1, uuid=str(uuid.uuid4()),
                              created=now, updated=now, **fields)
        self.migrations[migration.number] = migration
        self.journal.depart(migration)
        return migration

    def change_migration(self, number: int, **fields: Any) -> Migration:
        before = self.migrations[number]
        changed = replace(before, **{'updated': self.now(), **fields})
        self.migrations[number] = changed
        if changed.status != before.status:
            self.journal.turn(changed)
        return changed

    def schedule(self, when: float, migration: int, deed: str) -> None:
        heapq.heappush(self.due, (when, migration, deed))

    def record(self, server: str, name: str, caller: Caller, *events: Event) -> None:
        now = self.now()
        self.actions.setdefault(server, []).append(Action(
            server=server, name=name, request=caller.request, project=caller.project, user=caller.user,
            started=now, updated=now, events=events))
        self.journal.act(name, server, caller.request)

    def add_event(self, server: str, request: str, event: Event) -> None:
        """A failed event marks the whole action."""
        actions = self.actions.get(server, [])
        for index, action in enumerate(actions):
            if action.request == request:
                actions[index] = replace(
                    action, updated=event.finished or self.now(), events=(*action.events, event),
                    message='Error' if event.result == 'Error' else action.message)

    def refuse(self, server: str, reason: str) -> None:
        self.refusals.append(Refusal(self.now(), server, reason))
        self.journal.refuse(server, reason)
