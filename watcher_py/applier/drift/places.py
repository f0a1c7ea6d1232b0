# SPDX-License-Identifier: Apache-2.0
"""Whether a host would take a server at this moment: its service, its room, and the server's group mates."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from watcher_py.applier.drift.lately import Lately
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import ServerGroup, ServerNow, ServiceNow
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement import Placement
from watcher_py.core.cluster import Policy
from watcher_py.core.errors import NotFound, Unavailable

# How long the providers of hosts are known for; a host that is not among them is looked for at once.
PROVIDERS_KNOWN = 600.0         # seconds
# A server that is let go counts on its host until it shows among the migrations: so many intervals.
INTERVALS_TO_SHOW = 5

# Keys of a flavor that may change what is asked of Placement; then it is asked for what the server holds.
_SPECIAL = ('hw:', 'resources', 'pci_passthrough:')
_TRAIT = 'trait:'
_MARKS = {'required': '', 'forbidden': '!'}

Row = TypeVar('Row')
OnTheWay = dict[str, set[str]]          # by host the servers that are on their way to it


class Places:
    """Answers for many threads, out of a few lists that are up to `interval` seconds old."""

    def __init__(self, compute: Compute, placement: Placement, interval: float, clock: Callable[[], float]):
        self._compute, self._placement = compute, placement
        self._interval, self._clock = interval, clock
        self._services = Lately(self._read_services, clock)
        self._groups = Lately(self._read_groups, clock)
        self._migrations = Lately(self._read_migrations, clock)
        self._providers = Lately(self._read_providers, clock)
        self._let_go: dict[str, tuple[str, float]] = {}
        self._judging = Lock()

    def is_down(self, host: str) -> bool:
        """Whether Nova tells that the host's compute service is down; of an unknown one it tells nothing."""
        return self._says_down(host, self._interval) and self._says_down(host, 0)

    def why_not(self, server: ServerNow, host: str) -> str | None:
        """Why the host would not take the server; None when it would, as far as can be told.

        A server that may go counts from then on as one that is on its way to the host.
        """
        why = self._why_not(server, host, self._interval)
        # What is a moment old must not cost a move: the plan itself may have changed it just now.
        return why and self._why_not(server, host, 0)

    def _says_down(self, host: str, age: float) -> bool:
        service = self._services.at_most(age).of.get(host)
        return service is not None and not service.up

    def _why_not(self, server: ServerNow, host: str, age: float) -> str | None:
        return (_why_closed(self._services.at_most(age), host)
                or self._why_no_room(server, host, age)
                or self._why_wrong_company(server, host, age))

    def _why_no_room(self, server: ServerNow, host: str, age: float) -> str | None:
        provider = self._provider(host, age)
        if provider is None:
            return None
        traits = list(_traits(server))
        is_plain = server.resources and not any(key.startswith(_SPECIAL) for key in server.extra_specs)
        if is_plain and self._placement.takes(provider, server.resources, traits) is not False:
            return None
        # An image may ask for other classes than its flavor: what the server holds is the truth.
        held = self._placement.holds(server.uuid)
        if not held or self._placement.takes(provider, held, traits) is not False:
            return None
        if traits and self._placement.takes(provider, held):
            asked = ', '.join(sorted(traits)).replace('!', 'not ')
            return f'{host} does not have the traits that its flavor asks for: {asked}'
        return f'{host} has no room for it any more'

    def _provider(self, host: str, age: float) -> str | None:
        """None where the host has none, or several: which one is meant is not known."""
        for known_for in (PROVIDERS_KNOWN, self._interval) if age else (self._interval,):
            found = self._providers.at_most(known_for).get(host, ())
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _why_wrong_company(self, server: ServerNow, host: str, age: float) -> str | None:
        groups = self._groups.at_most(age).get(server.uuid, ())
        if not groups:
            return None
        # The migrations first: a member that arrives between the two questions is seen by the second.
        on_the_way = self._migrations.at_most(age).get(host, set())
        there = {now.uuid for now in self._compute.servers_on(host)} | on_the_way
        split = next((group for group in groups if group.policy == Policy.AFFINITY
                      and not there.intersection(group.members) - {server.uuid}
                      and self._stands_anywhere(group, server)), None)
        if split:
            return f'affinity group {split.name or split.uuid} stands on another host than {host}'
        with self._judging:
            there |= self._let_go_to(host)
            crowded = (_why_crowded(group, there - {server.uuid}, host) for group in groups)
            why = next(filter(None, crowded), None)
            if why is None:
                self._let_go[server.uuid] = host, self._clock()
        return why

    def _stands_anywhere(self, group: ServerGroup, besides: ServerNow) -> bool:
        """Whether some other member has a host; usually the first that is asked for has."""
        for member in group.members:
            if member != besides.uuid:
                try:
                    if self._compute.server(member).host:
                        return True
                except NotFound:
                    continue
        return False

    def _let_go_to(self, host: str) -> set[str]:
        since = self._clock() - INTERVALS_TO_SHOW * self._interval
        self._let_go = {server: (to, at) for server, (to, at) in self._let_go.items() if at >= since}
        return {server for server, (to, _) in self._let_go.items() if to == host}

    def _read_services(self) -> '_Services':
        found = self._compute.services()
        return _Services({service.host: service for service in _rows(found)}, found.is_whole)

    def _read_groups(self) -> dict[str, list[ServerGroup]]:
        """By member; wishes are left out."""
        found: dict[str, list[ServerGroup]] = {}
        for group in _rows(self._compute.server_groups()):
            if group.policy in (Policy.AFFINITY, Policy.ANTI_AFFINITY):
                for member in group.members:
                    found.setdefault(member, []).append(group)
        return found

    def _read_migrations(self) -> OnTheWay:
        found: OnTheWay = {}
        for migration in _rows(self._compute.migrations()):
            if migration.target:
                found.setdefault(migration.target, set()).add(migration.server)
        return found

    def _read_providers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for hypervisor in _rows(self._compute.hypervisors()):
            found.setdefault(hypervisor.host, []).append(hypervisor.uuid)
        return found


@dataclass(frozen=True)
class _Services:
    """By host; whether these are all."""

    of: dict[str, ServiceNow]
    is_whole: bool


def _why_closed(services: _Services, host: str) -> str | None:
    service = services.of.get(host)
    if service is None:
        return f'{host} has no compute service any more' if services.is_whole else None
    if not service.enabled:
        return f'{host} is disabled ({service.disabled_reason or "no reason is given"})'
    return None if service.up else f'{host} is down'


def _why_crowded(group: ServerGroup, there: set[str], host: str) -> str | None:
    members = len(there.intersection(group.members))
    if group.policy != Policy.ANTI_AFFINITY or members < group.limit:
        return None
    return (f'{host} has {members} other member{"s" if members > 1 else ""} of anti-affinity group '
            f'{group.name or group.uuid}, of which it may have {group.limit}')


def _traits(server: ServerNow) -> Iterator[str]:
    """What the flavor asks of the host itself, as Placement is asked for it."""
    for key, value in server.extra_specs.items():
        if key.startswith(_TRAIT) and value in _MARKS:
            yield _MARKS[value] + key.removeprefix(_TRAIT)


def _rows(found: Listing[Row]) -> Iterable[Row]:
    """Those that could be read; Unavailable when none could: a single odd row must not hold up every move."""
    if found.missing is not None and not found.rows:
        raise Unavailable(found.missing)
    return found.rows
