# SPDX-License-Identifier: Apache-2.0
"""Ironic's part: machines and their power."""

from typing import Any
from urllib.parse import urlencode

import falcon

from watcher_py.core.errors import Invalid
from watcher_py.sim import machine_power
from watcher_py.sim.clock import iso_micro
from watcher_py.sim.doorman import IRONIC, minor, need_admin
from watcher_py.sim.paging import flag, limit_of
from watcher_py.sim.storage_records import Machine
from watcher_py.sim.world import World

PREFIX = '/baremetal/v1'
Shown = dict[str, Any]

_NOT_CHOSEN = frozenset(('created_at', 'updated_at'))       # shown, but can't be asked for
_SUMMARY = ('uuid', 'name', 'instance_uuid', 'power_state', 'provision_state', 'maintenance')


class Versions:
    """/baremetal and /baremetal/v1; no token is asked for."""

    is_open = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        version = _version(req)
        resp.media = {'name': 'OpenStack Ironic API', 'description': 'emulated',
                      'default_version': version, 'versions': [version]}

    def on_get_v1(self, req: falcon.Request, resp: falcon.Response) -> None:
        version = _version(req)
        resp.media = {'id': 'v1', 'links': version['links'], 'version': version}


class Nodes:
    """/nodes, its detail, one node, and its power."""

    def __init__(self, world: World):
        self._world = world
        self._park = world.machines

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._list(req, resp, _fields(req))

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._list(req, resp, None)

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, node: str) -> None:
        need_admin(req, 'baremetal:node:get')
        resp.media = _row(self._park.machine(node), _chosen(req))

    def on_put_power(self, req: falcon.Request, resp: falcon.Response, node: str) -> None:
        need_admin(req, 'baremetal:node:set_power_state')
        match req.get_media():
            case {'target': str(target)}:
                machine_power.switch(self._world, self._park.machine(node), target)
            case _:
                raise Invalid('Missing mandatory parameter: target')
        resp.status = falcon.HTTP_202
        resp.content_type = falcon.MEDIA_TEXT       # of nothing: Ironic's client would look for JSON in it

    def _list(self, req: falcon.Request, resp: falcon.Response, fields: tuple[str, ...] | None) -> None:
        need_admin(req, 'baremetal:node:list_all')
        rows = sorted(self._park.machines.values(), key=lambda one: one.uuid)
        marker, limit = req.get_param('marker'), limit_of(req)
        left = [one for one in rows if marker is None or one.uuid > self._park.machine(marker).uuid]
        shown = left[:limit]
        resp.media = {'nodes': [_row(one, fields) for one in shown]}
        if len(left) > limit:
            query = urlencode({**req.params, 'limit': limit, 'marker': shown[-1].uuid}, doseq=True)
            resp.media['next'] = f'{req.prefix}{req.path}?{query}'


def _fields(req: falcon.Request) -> tuple[str, ...] | None:
    """Those of a list: the fields that are asked for; None for all there are."""
    return _chosen(req) or (None if flag(req, 'detail') else _SUMMARY)


def _chosen(req: falcon.Request) -> tuple[str, ...] | None:
    asked = req.get_param('fields') if minor(req) >= 8 else None
    chosen = tuple(asked.split(',')) if asked else None
    for field in _NOT_CHOSEN.intersection(chosen or ()):
        raise Invalid(f'Field {field} is not a valid field.')
    return chosen


def _row(machine: Machine, fields: tuple[str, ...] | None) -> Shown:
    shown = _shown(machine)
    return shown if fields is None else {key: shown[key] for key in fields if key in shown}


def _shown(machine: Machine) -> Shown:
    return {
        'uuid': machine.uuid, 'name': machine.name, 'instance_uuid': machine.instance,
        'power_state': machine.power_state if machine.known else None,
        'target_power_state': machine.target_power_state,
        'provision_state': machine.provision_state, 'target_provision_state': None,
        'maintenance': machine.maintenance, 'maintenance_reason': machine.maintenance_reason,
        'driver': 'fake-hardware', 'driver_info': {}, 'properties': {}, 'last_error': machine.last_error,
        'reservation': 'emulated' if machine.is_reserved else None,
        'extra': {'compute_node_id': tied} if (tied := machine.compute_node or machine.host) else {},
        'updated_at': iso_micro(machine.updated), 'links': []}


def _version(req: falcon.Request) -> Shown:
    _, oldest, newest, major = IRONIC
    return {'id': 'v1', 'status': 'CURRENT', 'min_version': f'{major}.{oldest}',
            'version': f'{major}.{newest}', 'links': [{'rel': 'self', 'href': f'{req.prefix}{PREFIX}/'}]}
