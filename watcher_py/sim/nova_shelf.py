# SPDX-License-Identifier: Apache-2.0
"""Nova's version documents, server groups and flavors."""

from typing import Any

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.sim.doorman import NOVA, caller, minor, need_admin
from watcher_py.sim.nova_servers import PREFIX
from watcher_py.sim.nova_view import links
from watcher_py.sim.paging import flag, limit_of, page, whole
from watcher_py.sim.records import Flavor, Group
from watcher_py.sim.world import World

Shown = dict[str, Any]


class Versions:
    """/compute and /compute/v2.1; no token is asked for."""

    is_open = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'versions': [_version(req)]}

    def on_get_v21(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'version': _version(req) | {'media-types': [
            {'base': 'application/json', 'type': 'application/vnd.openstack.compute+json;version=2.1'}]}}


class Groups:
    """/os-server-groups, and one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if flag(req, 'all_projects') or 'all_projects' in req.params:
            need_admin(req, 'os_compute_api:os-server-groups:index:all_projects')
            rows = list(self._world.groups.values())
        else:
            rows = [group for group in self._world.groups.values() if group.project == caller(req).project]
        first = whole(req, 'offset', 0)
        rows = rows[first:first + limit_of(req)]
        resp.media = {'server_groups': [_group(group, minor(req)) for group in rows]}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, group: str) -> None:
        found = self._world.groups.get(group)
        if found is None or not (caller(req).is_admin or found.project == caller(req).project):
            raise NotFound(f'Instance group {group} could not be found.')
        resp.media = {'server_group': _group(found, minor(req))}


class Flavors:
    """/flavors, its detail, one, and the extra specs of one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rows, more = page(req, list(self._world.flavors.values()), 'flavors', lambda flavor: flavor.id)
        resp.media = {'flavors': [{'id': row.id, 'name': row.name, **(
            {'description': None} if minor(req) >= 55 else {}),
            'links': links(req.prefix + PREFIX, 'flavors', row.id)} for row in rows], **more}

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        rows, more = page(req, list(self._world.flavors.values()), 'flavors', lambda flavor: flavor.id)
        resp.media = {'flavors': [_flavor(req, row) for row in rows], **more}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, flavor: str) -> None:
        resp.media = {'flavor': _flavor(req, self._found(flavor))}

    def on_get_specs(self, req: falcon.Request, resp: falcon.Response, flavor: str) -> None:
        resp.media = {'extra_specs': dict(self._found(flavor).extra_specs)}

    def _found(self, flavor: str) -> Flavor:
        if flavor not in self._world.flavors:
            raise NotFound(f'Flavor {flavor} could not be found.')
        return self._world.flavors[flavor]


def _version(req: falcon.Request) -> Shown:
    _, oldest, newest, major = NOVA
    return {'id': 'v2.1', 'status': 'CURRENT', 'version': f'{major}.{newest}',
            'min_version': f'{major}.{oldest}', 'updated': '2013-07-23T11:33:21Z',
            'links': [{'rel': 'self', 'href': f'{req.prefix}{PREFIX}/'}]}


def _group(group: Group, minor: int) -> Shown:
    shown: Shown = {'id': group.uuid, 'name': group.name, 'members': list(group.members)}
    if minor >= 13:
        shown |= {'project_id': group.project, 'user_id': group.project}
    if minor < 64:
        return shown | {'policies': [group.policy.value], 'metadata': {}}
    rules = {'max_server_per_host': group.limit} if group.limit > 1 else {}
    return shown | {'policy': group.policy.value, 'rules': rules}


def _flavor(req: falcon.Request, flavor: Flavor) -> Shown:
    sizes = flavor.sizes
    shown: Shown = {
        'id': flavor.id, 'name': flavor.name, 'vcpus': sizes.vcpus, 'ram': sizes.ram_mb,
        'disk': sizes.disk_gb, 'swap': 0 if minor(req) >= 75 else '', 'rxtx_factor': 1.0,
        'OS-FLV-EXT-DATA:ephemeral': 0, 'OS-FLV-DISABLED:disabled': False, 'os-flavor-access:is_public': True,
        'links': links(req.prefix + PREFIX, 'flavors', flavor.id)}
    if minor(req) >= 55:
        shown['description'] = None
    return shown | ({'extra_specs': dict(flavor.extra_specs)} if minor(req) >= 61 else {})
