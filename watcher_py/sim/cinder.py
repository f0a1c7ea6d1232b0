# SPDX-License-Identifier: Apache-2.0
"""Cinder's part: pools, services, types, volumes, and what can be asked of a volume."""

from typing import Any

import falcon

from watcher_py.core.errors import Invalid, NotFound
from watcher_py.sim import cinder_moves
from watcher_py.sim.cinder_view import message_shown, pool_shown, service_shown, type_shown, volume_shown
from watcher_py.sim.doorman import CINDER, caller, minor, need_admin
from watcher_py.sim.ids import derived_id
from watcher_py.sim.paging import flag, page
from watcher_py.sim.storage_records import Pool, Volume
from watcher_py.sim.world import World

PREFIX = '/volume/v3'
OF_PROJECT = PREFIX + '/{project}'
Shown = dict[str, Any]


class Versions:
    """/volume and /volume/v3; no token is asked for."""

    is_open = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = falcon.HTTP_300
        self.on_get_v3(req, resp)

    def on_get_v3(self, req: falcon.Request, resp: falcon.Response) -> None:
        _, oldest, newest, major = CINDER
        resp.media = {'versions': [{
            'id': 'v3.0', 'status': 'CURRENT', 'version': f'{major}.{newest}',
            'min_version': f'{major}.{oldest}', 'updated': '2023-08-31T00:00:00Z',
            'links': [{'rel': 'self', 'href': f'{req.prefix}{PREFIX}/'}],
            'media-types': [{'base': 'application/json',
                             'type': 'application/vnd.openstack.volume+json;version=3'}]}]}


class Pools:
    """/scheduler-stats/get_pools."""

    def __init__(self, world: World):
        self._storage = world.storage

    def on_get(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        need_admin(req, 'scheduler_extension:scheduler_stats:get_pools')
        detailed = flag(req, 'detail')
        resp.media = {'pools': [pool_shown(pool, self._storage.types, self._storage.clock.now())
                                if detailed else {'name': pool.name}
                                for pool in self._storage.pools.values()]}


class Services:
    """/os-services."""

    def __init__(self, world: World):
        self._storage = world.storage

    def on_get(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        need_admin(req, 'volume_extension:services:index')
        pools_of: dict[str, list[Pool]] = {}
        for pool in self._storage.pools.values():
            pools_of.setdefault(pool.host, []).append(pool)
        rows = [service_shown(pools, minor(req), self._storage.clock.now()) for pools in pools_of.values()]
        resp.media = {'services': [row for row in rows
                                   if row['binary'] == req.params.get('binary', row['binary'])
                                   and row['host'] == req.params.get('host', row['host'])]}


class Types:
    """/types."""

    def __init__(self, world: World):
        self._storage = world.storage

    def on_get(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        shown, more = page(req, list(self._storage.types.values()), 'volume_type', lambda one: one.id)
        resp.media = {'volume_types': [type_shown(one, caller(req).is_admin) for one in shown], **more}


class Messages:
    """/messages, the newest first."""

    def __init__(self, world: World):
        self._storage = world.storage

    def on_get(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        need_admin(req, 'message:get_all')
        rows = [one for one in reversed(self._storage.messages)
                if one.volume == req.params.get('resource_uuid', one.volume)]
        shown, more = page(req, rows, 'messages', lambda one: one.id)
        resp.media = {'messages': [message_shown(one) for one in shown], **more}


class Volumes:
    """/volumes/detail, one volume, and its actions."""

    def __init__(self, world: World):
        self._world = world
        self._storage = world.storage

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        rows = list(reversed(self._visible(req)))       # the newest first
        shown, more = page(req, rows, 'volumes', lambda one: one.uuid)
        resp.media = {'volumes': [volume_shown(one, caller(req).is_admin) for one in shown], **more}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, project: str, volume: str) -> None:
        resp.media = {'volume': volume_shown(self._found(req, volume), caller(req).is_admin)}

    def on_get_snapshots(self, req: falcon.Request, resp: falcon.Response, project: str) -> None:
        rows = [(one, number) for one in self._visible(req) for number in range(one.snapshots)]
        shown, more = page(req, rows, 'snapshots', _snapshot_id)
        resp.media = {'snapshots': [
            {'id': _snapshot_id(row), 'volume_id': row[0].uuid, 'size': row[0].size, 'status': 'available',
             'name': '', 'description': None, 'metadata': {}} for row in shown], **more}

    def on_post_action(self, req: falcon.Request, resp: falcon.Response, project: str, volume: str) -> None:
        body = req.get_media()
        found = self._found(req, volume)
        match body:
            case {'os-migrate_volume': {'host': str(host), **how}}:
                need_admin(req, 'volume_extension:volume_admin_actions:migrate_volume')
                cinder_moves.migrate(self._world, found, host, bool(how.get('lock_volume')))
            case {'os-retype': {'new_type': str(new_type), **how}}:
                cinder_moves.retype(self._world, found, new_type,
                                    str(how.get('migration_policy', cinder_moves.NEVER)))
            case _:
                raise Invalid(f'There is no such action: {body!r:.80}')
        resp.status = falcon.HTTP_202

    def _found(self, req: falcon.Request, uuid: str) -> Volume:
        found = self._storage.volume(uuid)
        if not caller(req).is_admin and found.project != caller(req).project:
            raise NotFound(f'Volume {uuid} could not be found.')
        return found

    def _visible(self, req: falcon.Request) -> list[Volume]:
        """What the caller may see of what is asked for."""
        asking = caller(req)
        rows = self._storage.volumes.values()
        if asking.is_admin and flag(req, 'all_tenants'):
            return list(rows)
        return [one for one in rows if one.project == asking.project]


def _snapshot_id(row: tuple[Volume, int]) -> str:
    return derived_id('snapshot', row[0].uuid, row[1])
