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

    def stop(self, uuid: str) -> None:
        self._act(uuid, 'os-stop')

    def start(self, uuid: str) -> None:
        self._act(uuid, 'os-start')

    def newest_migration(self, uuid: str) -> MigrationNow | None:
        found = list(self._nova.rows('/os-migrations', 'migrations', instance_uuid=uuid))
        return understood('the migrations', found, rows.newest_migration)

    def running_live_migration(self, uuid: str) -> int | None:
        """The id of the live migration that can still be aborted."""
        found = list(self._nova.rows(f'/servers/{uuid}/migrations', 'migrations'))
        return understood('the migrations', found, rows.newest_number)

    def abort_live_migration(self, uuid: str, migration: int) -> None:
        self._nova.delete(f'/servers/{uuid}/migrations/{migration}')

    def failure_reason(self, uuid: str) -> str | None:
        """What Nova noted about the newest action on the server that failed."""
        path = f'/servers/{uuid}/os-instance-actions'
        for action in islice(self._nova.rows(path, 'instanceActions'), ACTIONS_LOOKED_AT):
            request = understood('the action', action, itemgetter('request_id'))
            detail = self._nova.one(f'{path}/{request}', 'instanceAction')
            if reason := understood('the action', detail, rows.failure):
                return reason
        return None

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
