# SPDX-License-Identifier: Apache-2.0
"""Nova's servers: lists, one, boot and delete."""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

import falcon

from watcher_py.core.errors import Conflict, NotFound
from watcher_py.sim import allotments, migrations, rules
from watcher_py.sim.doorman import caller, minor, need_admin
from watcher_py.sim.nova_view import brief, full, links, status_of
from watcher_py.sim.paging import flag, moment, no_marker, page
from watcher_py.sim.records import Caller, Event, Flavor, Host, Server
from watcher_py.sim.world import World

PREFIX = '/compute/v2.1'
NO_VALID_HOST = 'No valid host was found. There are not enough hosts available.'


class Servers:
    """/servers and /servers/detail."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rows, more = self._page(req)
        resp.media = {'servers': [brief(row, req.prefix + PREFIX) for row in rows], **more}

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        rows, more = self._page(req)
        endpoint, version, is_admin = req.prefix + PREFIX, minor(req), caller(req).is_admin
        shown = [full(self._world, row, endpoint, version, is_admin) for row in rows]
        resp.media = {'servers': shown, **more}

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        body = req.get_media()
        if not isinstance(body, dict) or not isinstance(body.get('server'), dict):
            raise falcon.HTTPBadRequest(description="'server' is a required property")
        asked, hints = body['server'], body.get('os:scheduler_hints', {})
        if 'host' in asked:
            need_admin(req, 'compute:servers:create:requested_destination')
        server = boot(self._world, asked, hints, caller(req))
        resp.status = falcon.HTTP_202
        resp.media = {'server': {'id': server.uuid, 'adminPass': 'emulated', 'OS-DCF:diskConfig': 'AUTO',
                                 'links': links(req.prefix + PREFIX, 'servers', server.uuid),
                                 'security_groups': [{'name': 'default'}]}}

    def _page(self, req: falcon.Request) -> tuple[Sequence[Server], dict[str, Any]]:
        """A marker holds its place when its server is deleted."""
        rows = self._asked_for(req)
        return page(req, rows, 'servers', lambda server: server.uuid,
                    lambda marker: self._after(rows, marker))

    def _after(self, rows: Sequence[Server], marker: str) -> int:
        number = self._world.number_of(marker)
        if number is None:
            raise no_marker(marker)
        return bisect_right(rows, -number, key=self._age)

    def _age(self, server: Server) -> int:
        return -(self._world.number_of(server.uuid) or 0)

    def _asked_for(self, req: falcon.Request) -> list[Server]:
        if not flag(req, 'all_tenants', 'all_projects'):
            return self._filtered(req, caller(req).project)
        need_admin(req, 'os_compute_api:servers:detail:get_all_tenants')
        return self._filtered(req, req.get_param('project_id') or req.get_param('tenant_id'))

    def _filtered(self, req: falcon.Request, project: str | None) -> list[Server]:
        """The newest first."""
        rows: Iterable[Server] = reversed(self._world.servers.values())
        since, host, name = moment(req, 'changes-since'), req.get_param('host'), req.get_param('name')
        if since is not None:
            both = (*rows, *self._world.removed.values())
            rows = sorted((row for row in both if row.updated >= since), key=self._age)
        if project is not None:
            rows = (row for row in rows if row.project == project)
        if host is not None and caller(req).is_admin:
            rows = (row for row in rows if self._world.host_name(row.host) == host)
        if name is not None:
            rows = (row for row in rows if name in row.name)
        if 'status' in req.params:
            wanted = {status.upper() for status in req.get_param_as_list('status') or ()}
            rows = (row for row in rows if status_of(row) in wanted)
        return list(rows)


class OneServer:
    """/servers/{id}."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response, server: str) -> None:
        found = visible(self._world, req, server)
        shown = full(self._world, found, req.prefix + PREFIX, minor(req), caller(req).is_admin)
        # Lists leave the groups out.
        resp.media = {'server': shown | ({'server_groups': list(found.groups)} if minor(req) >= 71 else {})}

    def on_delete(self, req: falcon.Request, resp: falcon.Response, server: str) -> None:
        found = visible(self._world, req, server)
        check_unlocked(found, caller(req))
        migrations.forget(self._world, found)
        self._world.record(server, 'delete', caller(req))
        self._world.remove_server(found)
        self._world.storage.detach(server)
        resp.status = falcon.HTTP_204


def visible(world: World, req: falcon.Request, server: str) -> Server:
    """The server; to others than admins those of other projects do not exist."""
    found = world.server(server)
    if not caller(req).is_admin and found.project != caller(req).project:
        raise NotFound(f'Instance {server} could not be found.')
    return found


def check_unlocked(server: Server, asking: Caller) -> None:
    if server.locked and not asking.is_admin:
        raise Conflict(f'Instance {server.uuid} is locked')


def flavor_of(world: World, reference: object) -> Flavor:
    """By its id or address; the name will do, for ids are made up here."""
    wanted = str(reference).rsplit('/', 1)[-1]
    for flavor in world.flavors.values():
        if wanted in (flavor.id, flavor.name):
            return flavor
    raise falcon.HTTPBadRequest(description=f'Flavor {wanted} could not be found.')


def boot(world: World, asked: dict[str, Any], hints: dict[str, str], asking: Caller) -> Server:
    """A new server; as in Nova, one that fits nowhere is made all the same, in state ERROR."""
    flavor = flavor_of(world, asked.get('flavorRef', ''))
    zone, _, forced = (asked.get('availability_zone') or '').partition(':')
    named = asked.get('host') or asked.get('hypervisor_hostname') or forced
    group = hints.get('group')
    if group is not None and group not in world.groups:
        raise falcon.HTTPBadRequest(description=f'Instance group {group} could not be found.')
    now = world.now()
    server = Server(
        uuid=str(uuid.uuid4()), name=asked.get('name', ''), project=asking.project, flavor=flavor, host=None,
        pinned_zone=zone or None, created=now, updated=now, metadata=dict(asked.get('metadata', {})),
        hints=dict(hints), groups=(group,) if group else (), vm_state='error', cpu_util=5.0,
        ram_used=flavor.sizes.ram_mb / 2, fault=NO_VALID_HOST)
    host = _destination(world, server, named)
    if group is not None:
        world.join(server.uuid, group)
    world.add_server(server)
    if host is not None:
        allotments.claim(world, server, host)
        world.arrive(server, host.uuid)
        world.settle(server, host.uuid)
        world.change(server.uuid, vm_state='active', fault=None)
    world.record(server.uuid, 'create', asking, Event(
        'compute__do_build_and_run_instance', now, now, 'Success' if host else 'Error'))
    return world.servers[server.uuid]


def _destination(world: World, server: Server, named: str) -> Host | None:
    if not named:
        return rules.pick(world, server)
    try:
        host = world.host_named(named)
    except NotFound as missing:
        raise falcon.HTTPBadRequest(description=str(missing)) from None
    return host if rules.why_not(world, server, host) is None else None
