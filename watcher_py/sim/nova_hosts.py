# SPDX-License-Identifier: Apache-2.0
"""Nova's hypervisors, compute services and aggregates."""

import json
from typing import Any

import falcon

from watcher_py.core.cluster import Cpu
from watcher_py.core.errors import NotFound
from watcher_py.sim.build import ZONE_KEY
from watcher_py.sim.clock import iso_micro
from watcher_py.sim.doorman import minor, need_admin
from watcher_py.sim.ids import derived_id
from watcher_py.sim.paging import flag, page
from watcher_py.sim.records import Aggregate, Host
from watcher_py.sim.world import World

Shown = dict[str, Any]
CONTROLLER = 'controller'
CONTROL_SERVICES = ('nova-scheduler', 'nova-conductor')


class Hypervisors:
    """/os-hypervisors, its detail, and one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._list(req, resp, detailed=False)

    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._list(req, resp, detailed=True)

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, hypervisor: str) -> None:
        need_admin(req, 'os_compute_api:os-hypervisors:show')
        for host in self._world.hosts.values():
            if hypervisor == str(_id(host, minor(req))):
                resp.media = {'hypervisor': self._shown(req, host, detailed=True)}
                return
        raise NotFound(f'Compute host {hypervisor} could not be found.')

    def _list(self, req: falcon.Request, resp: falcon.Response, detailed: bool) -> None:
        need_admin(req, 'os_compute_api:os-hypervisors:list')
        pattern = req.get_param('hypervisor_hostname_pattern') or ''
        rows = [host for host in self._world.hosts.values() if pattern in host.hypervisor]
        shown, more = page(req, rows, 'hypervisors', lambda host: str(_id(host, minor(req))))
        resp.media = {'hypervisors': [self._shown(req, host, detailed) for host in shown], **more}

    def _shown(self, req: falcon.Request, host: Host, detailed: bool) -> Shown:
        version = minor(req)
        shown: Shown = {'id': _id(host, version), 'hypervisor_hostname': host.hypervisor,
                        'state': 'up' if host.reports else 'down',
                        'status': 'enabled' if host.enabled else 'disabled'}
        if detailed:
            shown |= {'hypervisor_type': host.type, 'hypervisor_version': host.version,
                      'host_ip': '127.0.0.1',
                      'service': {'id': host.service if version >= 53 else host.number, 'host': host.name,
                                  'disabled_reason': host.disabled_reason}}
            shown |= self._sizes(host, version) if version < 88 else {'uptime': None}
        if version >= 53 and flag(req, 'with_servers'):
            residents = self._world.residents(host.uuid)
            if residents or version >= 75:
                shown['servers'] = [{'uuid': server.uuid, 'name': f'instance-{server.uuid[:8]}'}
                                    for server in residents]
        return shown

    def _sizes(self, host: Host, minor: int) -> Shown:
        used = self._world.ledger.used(host.uuid)
        vcpus, ram, disk = host.total
        return {'vcpus': vcpus, 'vcpus_used': used.vcpus, 'memory_mb': ram, 'memory_mb_used': used.ram_mb,
                'local_gb': disk, 'local_gb_used': used.disk_gb, 'free_ram_mb': ram - used.ram_mb,
                'free_disk_gb': disk - used.disk_gb, 'disk_available_least': disk - used.disk_gb,
                'current_workload': 0, 'running_vms': len(self._world.residents(host.uuid)),
                'cpu_info': _cpu_info(host.cpu) if minor >= 28 else json.dumps(_cpu_info(host.cpu))}


class Services:
    """/os-services, and PUT of one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        need_admin(req, 'os_compute_api:os-services:list')
        rows = [*(_control(self._world, index, binary, minor(req))
                  for index, binary in enumerate(CONTROL_SERVICES, start=len(self._world.hosts) + 1)),
                *(_service(self._world, host, minor(req)) for host in self._world.hosts.values())]
        resp.media = {'services': [row for row in rows
                                   if row['binary'] == req.params.get('binary', row['binary'])
                                   and row['host'] == req.params.get('host', row['host'])]}

    def on_put_one(self, req: falcon.Request, resp: falcon.Response, service: str) -> None:
        need_admin(req, 'os_compute_api:os-services:update')
        host = next((host for host in self._world.hosts.values() if host.service == service), None)
        if host is None:
            raise NotFound(f'Service {service} could not be found.')
        host = self._world.change_host(host.uuid, **_wanted(req.get_media()))
        resp.media = {'service': _service(self._world, host, minor(req))}


class Aggregates:
    """/os-aggregates, and one."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        need_admin(req, 'os_compute_api:os-aggregates:index')
        resp.media = {'aggregates': [self._shown(row, minor(req)) for row in self._world.aggregates.values()]}

    def on_get_one(self, req: falcon.Request, resp: falcon.Response, aggregate: str) -> None:
        need_admin(req, 'os_compute_api:os-aggregates:show')
        found = self._world.aggregates.get(int(aggregate) if aggregate.isdigit() else -1)
        if found is None:
            raise NotFound(f'Aggregate {aggregate} could not be found.')
        resp.media = {'aggregate': self._shown(found, minor(req))}

    def _shown(self, row: Aggregate, minor: int) -> Shown:
        shown: Shown = {
            'id': row.number, 'name': row.name, 'availability_zone': row.metadata.get(ZONE_KEY),
            'hosts': [self._world.host_name(host) for host in row.hosts], 'metadata': dict(row.metadata),
            'created_at': iso_micro(self._world.started), 'updated_at': None, 'deleted': False,
            'deleted_at': None}
        return shown | ({'uuid': row.uuid} if minor >= 41 else {})


def _cpu_info(cpu: Cpu) -> Shown:
    """Nothing where the document tells nothing."""
    known = {'arch': cpu.arch, 'vendor': cpu.vendor, 'model': cpu.model, 'features': sorted(cpu.features)}
    return {key: value for key, value in known.items() if value}


def _id(host: Host, minor: int) -> str | int:
    return host.uuid if minor >= 53 else host.number


def _service(world: World, host: Host, minor: int) -> Shown:
    shown: Shown = {'id': host.service if minor >= 53 else host.number, 'binary': 'nova-compute',
                    'host': host.name, 'zone': host.zone, 'status': 'enabled' if host.enabled else 'disabled',
                    'state': 'up' if host.reports else 'down', 'disabled_reason': host.disabled_reason,
                    'updated_at': iso_micro(world.now() if host.reports else host.updated)}
    return shown | ({'forced_down': host.forced_down} if minor >= 11 else {})


def _control(world: World, number: int, binary: str, minor: int) -> Shown:
    shown: Shown = {'id': derived_id('service', binary) if minor >= 53 else number, 'binary': binary,
                    'host': CONTROLLER, 'zone': 'internal', 'status': 'enabled', 'state': 'up',
                    'disabled_reason': None, 'updated_at': iso_micro(world.now())}
    return shown | ({'forced_down': False} if minor >= 11 else {})


def _wanted(body: Any) -> Shown:
    """What a PUT of a service changes of its host."""
    known = {'status', 'disabled_reason', 'forced_down'}
    if not isinstance(body, dict) or not body or body.keys() - known:
        raise falcon.HTTPBadRequest(
            description='No updates were requested. Fields status or forced_down should be specified.'
            if not body else f'Additional properties are not allowed: {sorted(set(body) - known)}')
    status, reason = body.get('status'), body.get('disabled_reason')
    if status not in (None, 'enabled', 'disabled'):
        raise falcon.HTTPBadRequest(description=f"Invalid input for field/attribute status. Value: {status}.")
    if reason is not None and status != 'disabled':
        raise falcon.HTTPBadRequest(
            description="Specifying disabled_reason is only valid if status is 'disabled'.")
    fields: Shown = {'forced_down': bool(body['forced_down'])} if 'forced_down' in body else {}
    return fields | ({'enabled': status == 'enabled', 'disabled_reason': reason} if status else {})
