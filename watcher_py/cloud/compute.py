# SPDX-License-Identifier: Apache-2.0
"""Nova: everything that runs in the cloud in a few bulk calls, and the deeds a plan needs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from operator import itemgetter

from openstack.connection import Connection

from watcher_py.cloud import compute_rows as rows
from watcher_py.cloud.answers import Json
from watcher_py.cloud.compute_rows import (
    ActionNow,
    Flavor,
    HostAggregate,
    Hypervisor,
    MigrationNow,
    Server,
    ServerGroup,
    ServerNow,
    ServiceNow,
)
from watcher_py.cloud.endpoint import Endpoint
from watcher_py.cloud.listing import Listing, listing, understood
from watcher_py.core.cluster import Cpu
from watcher_py.core.errors import NotFound, Unavailable

MINIMUM = (2, 56)               # a cold migration to a chosen host
WANTED = (2, 100)               # a server's scheduler hints
# The last that tells what a hypervisor has; from the next on Nova asks each host over the bus for its uptime.
SIZES_TOLD = (2, 87)

COMPUTE_BINARY = 'nova-compute'

# Nova's statuses of migrations that run or wait for a word; the list can be asked for one status at a time.
UNDER_WAY = ('accepted', 'queued', 'preparing', 'pre-migrating', 'running', 'migrating', 'post-migrating',
             'finished', 'confirming', 'reverting')

# How often the list of server groups is read from its start, while groups are deleted.
GROUPS_TRIED = 3

# How far back among a server's actions a failure is looked for.
ACTIONS_LOOKED_AT = 5


class Compute:
    """Nova's API in the operator's words; NotFound, Refused or Unavailable tell what Nova said."""

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._nova = Endpoint(connection, 'compute', 'Nova', MINIMUM, WANTED, tries, interval)
        self._nova_with_sizes = replace(self._nova, wanted=SIZES_TOLD)

    # What is there, as far as it can be read.

    def servers(self, changed_since: str | None = None) -> Listing[Server]:
        """The servers of all projects, or those that have changed since, then also the deleted ones.

        One that moves between pages can be listed twice.
        """
        since = {} if changed_since is None else {'changes-since': changed_since}
        return listing('servers', self._nova.every('/servers/detail', 'servers', all_tenants='true', **since),
                       rows.server)

    def hypervisors(self) -> Listing[Hypervisor]:
        kept: dict[Cpu, Cpu] = {}       # thousands have the same, with its hundred features

        def read(row: Json) -> Hypervisor:
            found = rows.hypervisor(row)
            return replace(found, cpu=kept.setdefault(found.cpu, found.cpu))

        return listing('hypervisors', self._nova_with_sizes.every('/os-hypervisors/detail', 'hypervisors'),
                       read)

    def services(self) -> Listing[ServiceNow]:
        """The compute services, without those of a cell that is down: nothing is known of them."""
        found = self._nova.rows('/os-services', 'services', binary=COMPUTE_BINARY)
        return listing('services', (row for row in found if not rows.is_of_cell_down(row)), rows.service_now)

    def aggregates(self) -> Listing[HostAggregate]:
        return listing('aggregates', self._nova.rows('/os-aggregates', 'aggregates'), rows.host_aggregate)

    def server_groups(self) -> Listing[ServerGroup]:
        return listing('server groups', self._server_groups(), rows.server_group)

    def migrations(self) -> Listing[MigrationNow]:
        """Those of any kind that run or wait for a word."""
        found = listing('migrations', self._migrations(), rows.migration_now)
        # One that goes on while the statuses are asked for is listed twice; a number is its cell's own.
        return replace(found, rows=tuple({(one.server, one.id): one for one in found.rows}.values()))

    # One server.

    def server(self, uuid: str) -> ServerNow:
        return understood('the server', self._nova.one(f'/servers/{uuid}', 'server'), rows.server_now)

    def live_migrate(self, uuid: str, host: str | None) -> None:
        self._act(uuid, 'os-migrateLive', {'host': host, 'block_migration': 'auto'})

    def cold_migrate(self, uuid: str, host: str | None) -> None:
        self._act(uuid, 'migrate', {'host': host})

    def confirm_resize(self, uuid: str) -> None:
        self._act(uuid, 'confirmResize')

    def revert_resize(self, uuid: str) -> None:
        self._act(uuid, 'revertResize')

    def resize(self, uuid: str, flavor: str) -> None:
        """To the flavor of this id; the server then waits for confirm_resize or revert_resize."""
        self._nova.post(f'/servers/{uuid}/action', {'resize': {'flavorRef': flavor}})

    def flavors(self) -> Listing[Flavor]:
        """All of them, those that only some projects may use too."""
        return listing('flavors', self._nova.every('/flavors', 'flavors', is_public='None'), rows.flavor)

    def shelve(self, uuid: str) -> None:
        self._act(uuid, 'shelve')

    def unshelve(self, uuid: str) -> None:
        self._act(uuid, 'unshelve')

    def delete(self, uuid: str) -> None:
        self._nova.delete(f'/servers/{uuid}')

    def stop(self, uuid: str) -> None:
        self._act(uuid, 'os-stop')

    def start(self, uuid: str) -> None:
        self._act(uuid, 'os-start')

    def migrations_of(self, uuid: str) -> list[MigrationNow]:
        """Those of the server, over or not, the newest first."""
        found = list(self._nova.rows('/os-migrations', 'migrations', instance_uuid=uuid))
        return understood('the migrations', found, rows.migrations_of)

    def newest_migration(self, uuid: str) -> MigrationNow | None:
        return next(iter(self.migrations_of(uuid)), None)

    def abort_live_migration(self, uuid: str, migration: int) -> None:
        """Refused or NotFound when it has just begun, or is over."""
        self._nova.delete(f'/servers/{uuid}/migrations/{migration}')

    def force_live_migration(self, uuid: str, migration: int) -> None:
        """Have one that runs end soon, however busy the server's memory is."""
        self._nova.post(f'/servers/{uuid}/migrations/{migration}/action', {'force_complete': None})

    def migrations_since(self, moment: str) -> list[MigrationNow]:
        """Those of any server that have changed since then (ISO 8601, Nova's clock), over or not."""
        found = self._nova.every('/os-migrations', 'migrations', **{'changes-since': moment})
        return [understood('a migration', row, rows.migration_now) for row in found]

    def failure_reason(self, uuid: str, since: str = '') -> str | None:
        """What Nova noted about the newest action on the server that failed, unless it began before `since`.

        That is a moment of Nova's clock, ISO 8601, as `ServerNow.updated`; whole seconds are compared.
        """
        path = f'/servers/{uuid}/os-instance-actions'
        for action in islice(self._nova.rows(path, 'instanceActions'), ACTIONS_LOOKED_AT):
            if understood('the action', action, rows.is_before(since)):
                return None
            request = understood('the action', action, itemgetter('request_id'))
            detail = self._nova.one(f'{path}/{request}', 'instanceAction')
            if reason := understood('the action', detail, rows.failure):
                return reason
        return None

    def newest_action(self, uuid: str, name: str) -> ActionNow | None:
        """The last of this name (Nova's: stop, resize) that was asked of the server."""
        path = f'/servers/{uuid}/os-instance-actions'
        for action in self._nova.rows(path, 'instanceActions'):
            if understood('the action', action, itemgetter('action')) == name:
                return understood('the action', action, rows.action_now)
        return None

    def server_group(self, uuid: str) -> ServerGroup:
        return understood('the server group', self._nova.one(f'/os-server-groups/{uuid}', 'server_group'),
                          rows.server_group)

    # One host.

    def service(self, host: str) -> ServiceNow:
        for row in self._nova.rows('/os-services', 'services', binary=COMPUTE_BINARY, host=host):
            found = understood('the service', row, rows.service_now)
            if found.host == host:
                return found
        raise NotFound(f'Nova knows no compute service on host {host}')

    def set_service(self, host: str, enabled: bool, reason: str | None = None) -> None:
        body = {'status': 'enabled' if enabled else 'disabled'}
        if reason and not enabled:
            body['disabled_reason'] = reason
        self._nova.put(f'/os-services/{self.service(host).id}', body)

    def servers_on(self, host: str) -> list[ServerNow]:
        found = self._nova.every('/servers/detail', 'servers', all_tenants='true', host=host)
        stand = [understood('a server', row, rows.server_now) for row in found]
        return [now for now in stand if now.host == host]

    def _act(self, uuid: str, action: str, how: dict[str, str | None] | None = None) -> None:
        self._nova.post(f'/servers/{uuid}/action', {action: how})

    def _server_groups(self) -> Iterator[Json]:
        for _ in range(GROUPS_TRIED):
            found = self._uncut_server_groups()
            if found is not None:
                yield from found
                return
        raise Unavailable('Nova changed the list of server groups each time it was read')

    def _uncut_server_groups(self) -> list[Json] | None:
        """All pages; None when rows were taken out meanwhile, for then others have been skipped.

        The list is cut by offset: each page begins with the last row known, if nothing has moved.
        """
        found: list[Json] = []
        while True:
            known = found[-1:]
            page = list(self._nova.rows('/os-server-groups', 'server_groups', all_projects='true',
                                        offset=len(found) - len(known)))
            if known and (not page or not rows.are_one_group(known[0], page[0])):
                return None
            if len(page) == len(known):
                return found
            found += page[len(known):]

    def _migrations(self) -> Iterator[Json]:
        for status in UNDER_WAY:
            yield from self._nova.every('/os-migrations', 'migrations', status=status)
