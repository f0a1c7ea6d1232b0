# SPDX-License-Identifier: Apache-2.0
"""Nova: everything that runs in the cloud in a few bulk calls, and the deeds a plan needs."""

from openstack.connection import Connection

from watcher_py.cloud import compute_rows as rows
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
from watcher_py.core.errors import NotFound

MINIMUM = (2, 56)               # a cold migration to a chosen host
WANTED = (2, 96)                # the zone that a server is pinned to

COMPUTE_BINARY = 'nova-compute'

# How far back among a server's actions a failure is looked for.
ACTIONS_LOOKED_AT = 5


class Compute:
    """Nova's API in the operator's words; NotFound, Refused or Unavailable tell what Nova said."""

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._nova = Endpoint(connection, 'compute', 'Nova', MINIMUM, WANTED, tries, interval)

    # What is there, whole.

    def servers(self) -> list[Server]:
        """The servers of all projects; one that moves between pages can be listed twice."""
        return [rows.server(row)
                for row in self._nova.every('/servers/detail', 'servers', all_tenants='true')]

    def hypervisors(self) -> list[Hypervisor]:
        return [rows.hypervisor(row)
                for row in self._nova.every('/os-hypervisors/detail', 'hypervisors')]

    def services(self) -> list[ServiceNow]:
        body = self._nova.get('/os-services', binary=COMPUTE_BINARY)
        return [rows.service_now(row) for row in body['services']]

    def aggregates(self) -> list[HostAggregate]:
        return [rows.host_aggregate(row) for row in self._nova.get('/os-aggregates')['aggregates']]

    def server_groups(self) -> list[ServerGroup]:
        # This list is paged by offset, and gives no link to the next page.
        found: dict[str, ServerGroup] = {}
        while True:
            body = self._nova.get('/os-server-groups', all_projects='true', offset=len(found))
            page = {row['id']: rows.server_group(row) for row in body['server_groups']}
            if page.keys() <= found.keys():
                return list(found.values())
            found |= page

    # One server.

    def server(self, uuid: str) -> ServerNow:
        return rows.server_now(self._nova.get(f'/servers/{uuid}')['server'])

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
        found = self._nova.get('/os-migrations', instance_uuid=uuid)['migrations']
        newest = max(found, key=lambda row: (row.get('created_at') or '', row['id']), default=None)
        return rows.migration_now(newest) if newest else None

    def running_live_migration(self, uuid: str) -> int | None:
        """The id of the live migration that can still be aborted."""
        found = self._nova.get(f'/servers/{uuid}/migrations')['migrations']
        return max((row['id'] for row in found), default=None)

    def abort_live_migration(self, uuid: str, migration: int) -> None:
        self._nova.delete(f'/servers/{uuid}/migrations/{migration}')

    def failure_reason(self, uuid: str) -> str | None:
        """What Nova noted about the newest action on the server that failed."""
        path = f'/servers/{uuid}/os-instance-actions'
        for action in self._nova.get(path)['instanceActions'][:ACTIONS_LOOKED_AT]:
            detail = self._nova.get(f'{path}/{action["request_id"]}')['instanceAction']
            if reason := rows.failure(detail.get('events', [])):
                return reason
        return None

    # One host.

    def service(self, host: str) -> ServiceNow:
        body = self._nova.get('/os-services', binary=COMPUTE_BINARY, host=host)
        for found in map(rows.service_now, body['services']):
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
        return [now for now in map(rows.server_now, found) if now.host == host]

    def _act(self, uuid: str, action: str, how: dict[str, str | None] | None = None) -> None:
        self._nova.post(f'/servers/{uuid}/action', {action: how})
