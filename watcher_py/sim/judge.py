# SPDX-License-Identifier: Apache-2.0
"""Whether the cloud is as it may be, reckoned anew and not by the rules that let servers in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from watcher_py.core.cluster import Policy
from watcher_py.sim.ids import derived_id
from watcher_py.sim.journal import DEPART, HOST, REFUSED, TURNED_DOWN, Entry
from watcher_py.sim.records import Host, Server
from watcher_py.sim.world import World

ARRIVED = ('completed', 'finished')
RETURNED = ('error', 'cancelled', 'reverted', 'failed')
SLACK = 1e-6


@dataclass(frozen=True)
class Wrongs:
    """What is wrong about a host, with how much of it."""

    amounts: Counter[str] = field(default_factory=Counter)

    def beyond(self, former: 'Wrongs') -> Iterator[str]:
        """What is worse than it was."""
        return (what for what, much in self.amounts.items() if much > former.amounts[what] + SLACK)


class Judge:
    """Complains in the journal of whatever becomes worse than it was; what was wrong before may stay."""

    def __init__(self, world: World):
        self._world = world
        self._former: dict[str, Wrongs] = {}
        self._held: dict[str, set[str]] = {}        # host -> migrations that wait there to be confirmed
        with world.lock:
            for host in world.hosts.values():
                self._former[host.uuid] = self._wrongs(host)

    def look(self) -> None:
        """At all that happened since it looked last; the world's lock is held."""
        newest: dict[str, Entry] = {}               # by host
        for entry in self._world.journal.unseen():
            if entry.what not in (REFUSED, TURNED_DOWN):
                self._keep_count(entry)
                for why in self._why_wrong_place(entry):
                    self._complain(entry, why)
                newest.update((host.uuid, entry) for host in self._concerned(entry))
        for uuid, entry in newest.items():
            self._compare(self._world.hosts[uuid], entry)

    def _compare(self, host: Host, entry: Entry) -> None:
        """Of the host as it is now with what was known of it."""
        now, former = self._wrongs(host), self._former.get(host.uuid, Wrongs())
        if entry.what != HOST:
            for what in now.beyond(former):
                self._complain(entry, f'{host.name}: {what}, by {now.amounts[what]:g}')
        self._former[host.uuid] = now

    def _complain(self, entry: Entry, why: str) -> None:
        self._world.journal.complain(
            f'{entry.what} of {entry.server} ({entry.source} to {entry.target}, entry {entry.number}): {why}')

    def _keep_count(self, entry: Entry) -> None:
        if entry.migration is None or entry.source is None:
            return
        held = self._held.setdefault(entry.source, set())
        if entry.what == 'finished':
            held.add(entry.migration)
        else:
            held.discard(entry.migration)

    def _concerned(self, entry: Entry) -> list[Host]:
        server = self._world.servers.get(entry.server or '')
        own = self._world.host_name(server.host) if server else None
        names = dict.fromkeys(name for name in (entry.source, entry.target, own) if name)
        return [self._world.host_named(name) for name in names]

    # Where a server may go, and where it must be then

    def _why_wrong_place(self, entry: Entry) -> Iterator[str]:
        server = self._world.servers.get(entry.server or '')
        if server is None:
            return
        if entry.what == DEPART and entry.target:
            yield from self._why_closed(server, self._world.host_named(entry.target))
        elif entry.what == 'create' and server.host:
            yield from self._why_closed(server, self._world.hosts[server.host])
        elif entry.what in ARRIVED + RETURNED:
            must = entry.target if entry.what in ARRIVED else entry.source
            stands = self._world.host_name(server.host)
            # What came after may have moved it on.
            if stands != must and server.uuid not in self._world.in_flight:
                yield f'the server stands on {stands}'

    def _why_closed(self, server: Server, host: Host) -> Iterator[str]:
        if not host.enabled:
            yield f'{host.name} is disabled'
        if not host.reports:
            yield f'{host.name} is down'
        if server.pinned_zone not in (None, host.zone):
            yield f'{host.name} is in zone {host.zone}'
        for group in server.groups:
            others = [places for member in self._world.groups[group].members if member != server.uuid
                      if (places := self._places(member))]
            if (self._world.groups[group].policy == Policy.AFFINITY and others
                    and not any(host.uuid in places for places in others)):
                yield f'no other member of affinity group {group} is on {host.name}'

    def _places(self, uuid: str) -> set[str]:
        """Where the server stands, and where it is going."""
        server = self._world.servers.get(uuid)
        places = {server.host} if server else set()
        if uuid in self._world.in_flight:
            places.add(self._world.migrations[self._world.in_flight[uuid]].target)
        return {place for place in places if place}

    # What a host holds

    def _wrongs(self, host: Host) -> Wrongs:
        present = self._present(host)
        wrongs = Wrongs()
        self._count_room(host, wrongs)
        self._count_books(host, present, wrongs)
        self._count_company(host, present, wrongs)
        return wrongs

    def _present(self, host: Host) -> dict[str, str]:
        """Whoever holds something there by rights: the consumer's uuid, and the server's."""
        here = {}
        for server in self._world.residents(host.uuid):
            number = self._world.in_flight.get(server.uuid)
            here[self._world.migrations[number].uuid if number else server.uuid] = server.uuid
        for uuid, number in self._world.in_flight.items():
            if self._world.migrations[number].target == host.uuid:
                here[uuid] = uuid
        return here

    def _count_room(self, host: Host, wrongs: Wrongs) -> None:
        ledger = self._world.ledger
        for provider in host.tree:
            taken: Counter[str] = Counter()
            for consumer in ledger.consumers(provider.uuid):
                taken.update(ledger.claims[consumer].by_provider().get(provider.uuid, {}))
            for name, amount in taken.items():
                have = provider.inventories.get(name)
                room = (have.total - have.reserved) * have.ratio if have else 0.0
                if amount > room + SLACK:
                    wrongs.amounts[f'{name} is overcommitted in {provider.name}'] = round(amount - room)

    def _count_books(self, host: Host, present: dict[str, str], wrongs: Wrongs) -> None:
        """Placement's allocations are those of whom is there, each once."""
        booked = set(self._world.ledger.consumers(host.uuid))
        known = {*present, *self._held.get(host.name, ()), derived_id('held', host.uuid)}
        for consumer in booked - known:
            wrongs.amounts[f'{consumer} has an allocation, and is not there'] = 1
        for consumer in present.keys() - booked:
            wrongs.amounts[f'{present[consumer]} is there, and {consumer} has no allocation'] = 1

    def _count_company(self, host: Host, present: dict[str, str], wrongs: Wrongs) -> None:
        members = Counter(group for uuid in set(present.values())
                          for group in self._world.servers[uuid].groups)
        for uuid, count in members.items():
            group = self._world.groups[uuid]
            if group.policy == Policy.ANTI_AFFINITY and count > group.limit:
                wrongs.amounts[f'too many members of anti-affinity group {group.name}'] = count - group.limit
