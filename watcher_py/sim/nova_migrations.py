# SPDX-License-Identifier: Apache-2.0
"""Nova's migrations and instance actions: what moves, what was asked, how it went."""

from typing import Any

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.sim import migrations
from watcher_py.sim.clock import iso_micro
from watcher_py.sim.doorman import caller, minor, need_admin
from watcher_py.sim.nova_servers import check_unlocked, visible
from watcher_py.sim.paging import moment, page
from watcher_py.sim.records import Action, Event, Migration
from watcher_py.sim.world import World

Shown = dict[str, Any]
_POLICY = 'os_compute_api:servers:migrations:'


class Migrations:
    """/os-migrations: all there were, the newest first."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        need_admin(req, 'os_compute_api:os-migrations:index')
        params = req.params
        since = moment(req, 'changes-since') or 0.0
        rows = [row for row in reversed(self._world.migrations.values())
                if row.server == params.get('instance_uuid', row.server)
                and row.status == params.get('status', row.status)
                and row.kind == params.get('migration_type', row.kind)
                and row.updated >= since and self._touches(row, req.get_param('host'))]
        shown, more = page(req, rows, 'migrations', lambda row: row.uuid)
        resp.media = {'migrations': [self._shown(row, minor(req)) for row in shown], **more}

    def _touches(self, row: Migration, host: str | None) -> bool:
        return host is None or host in (self._world.host_name(row.source), self._world.host_name(row.target))

    def _shown(self, row: Migration, minor: int) -> Shown:
        flavor = 1
        shown = _ends(self._world, row) | {
            'id': row.number, 'instance_uuid': row.server, 'status': row.status,
            'old_instance_type_id': flavor, 'new_instance_type_id': flavor,
            'created_at': iso_micro(row.created), 'updated_at': iso_micro(row.updated)}
        if minor >= 23:
            shown['migration_type'] = row.kind
        return shown | _owner(self._world, row, minor)


class ServerMigrations:
    """/servers/{id}/migrations: the live ones that run."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, server: str) -> None:
        need_admin(req, _POLICY + 'index')
        visible(self._world, req, server)
        number = self._world.in_flight.get(server)
        running = [self._world.migrations[number]] if number is not None else []
        resp.media = {'migrations': [
            self._shown(row, minor(req)) for row in running if row.kind == migrations.LIVE]}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, server: str, number: str) -> None:
        need_admin(req, _POLICY + 'show')
        found = visible(self._world, req, server)
        resp.media = {'migration': self._shown(
            migrations.running(self._world, found, _whole(number)), minor(req))}

    def on_delete_one(self, req: falcon.Request, resp: falcon.Response, server: str, number: str) -> None:
        need_admin(req, _POLICY + 'delete')
        found = visible(self._world, req, server)
        check_unlocked(found, caller(req))
        migration = migrations.running(self._world, found, _whole(number))
        if migration.status == 'queued' and minor(req) < 65:
            raise falcon.HTTPBadRequest(
                description=f'Migration {number} state of instance {server} is queued. '
                            'Cannot abort while the migration is in this state.')
        migrations.abort(self._world, found, migration.number, caller(req))
        resp.status = falcon.HTTP_202

    def on_post_action(self, req: falcon.Request, resp: falcon.Response, server: str, number: str) -> None:
        need_admin(req, _POLICY + 'force_complete')
        found = visible(self._world, req, server)
        check_unlocked(found, caller(req))
        if req.get_media() != {'force_complete': None}:
            raise falcon.HTTPBadRequest(description="'force_complete' is a required property")
        migrations.force(self._world, found, _whole(number), caller(req))
        resp.status = falcon.HTTP_202

    def _shown(self, row: Migration, minor: int) -> Shown:
        total = int(row.ram_mb * 1024 * 1024)
        span = max(row.ends_at - row.runs_at, 0.001)
        done = int(total * min(1.0, max(0.0, (self._world.now() - row.runs_at) / span)))
        return _ends(self._world, row) | {
            'id': row.number, 'server_uuid': row.server, 'status': row.status,
            'created_at': iso_micro(row.created), 'updated_at': iso_micro(row.updated),
            'memory_total_bytes': total, 'memory_processed_bytes': done,
            'memory_remaining_bytes': total - done, 'disk_total_bytes': 0, 'disk_processed_bytes': 0,
            'disk_remaining_bytes': 0} | _owner(self._world, row, minor)


class InstanceActions:
    """/servers/{id}/os-instance-actions, the newest first."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, server: str) -> None:
        self._check(req, server)
        rows = self._world.actions.get(server, [])[::-1]
        shown, more = page(req, rows, 'links', lambda row: row.request)
        resp.media = {'instanceActions': [_action(row, minor(req)) for row in shown],
                      **({'links': more['links_links']} if more else {})}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, server: str, request: str) -> None:
        self._check(req, server)
        for row in self._world.actions.get(server, []):
            if row.request == request:
                resp.media = {'instanceAction': _action(row, minor(req)) | {
                    'events': [_event(event, minor(req), caller(req).is_admin) for event in row.events]}}
                return
        raise NotFound(f'Action {request} not found')

    def _check(self, req: falcon.Request, server: str) -> None:
        """Those of deleted servers can still be seen."""
        if server not in self._world.removed:
            visible(self._world, req, server)


def _ends(world: World, row: Migration) -> Shown:
    target = world.hosts[row.target] if row.target is not None else None
    return {'source_compute': world.hosts[row.source].name, 'source_node': world.hosts[row.source].hypervisor,
            'dest_compute': target.name if target else None,
            'dest_node': target.hypervisor if target else None, 'dest_host': '127.0.0.1' if target else None}


def _owner(world: World, row: Migration, minor: int) -> Shown:
    server = world.servers.get(row.server) or world.removed.get(row.server)
    project = server.project if server else None
    shown: Shown = {'uuid': row.uuid} if minor >= 59 else {}
    return shown | ({'user_id': project, 'project_id': project} if minor >= 80 else {})


def _action(row: Action, minor: int) -> Shown:
    shown: Shown = {'action': row.name, 'instance_uuid': row.server, 'message': row.message,
                    'project_id': row.project, 'request_id': row.request, 'user_id': row.user,
                    'start_time': iso_micro(row.started)}
    return shown | ({'updated_at': iso_micro(row.updated)} if minor >= 58 else {})


def _event(event: Event, minor: int, admin: bool) -> Shown:
    failed = event.result == 'Error'
    shown: Shown = {'event': event.name, 'start_time': iso_micro(event.started), 'result': event.result,
                    'finish_time': iso_micro(event.finished) if event.finished is not None else None}
    if admin:
        shown['traceback'] = f'Traceback (most recent call last):\n{event.details}\n' if failed else None
    if minor >= 62:
        shown |= {'hostId': event.host or '', **({'host': event.host} if admin else {})}
    return shown | ({'details': event.details} if minor >= 84 else {})


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
