# SPDX-License-Identifier: Apache-2.0
"""A server as Nova shows it, field by field with the microversions that brought them."""

import hashlib
from typing import Any

from watcher_py.sim.clock import iso, iso_micro
from watcher_py.sim.records import Flavor, Server
from watcher_py.sim.world import World

Shown = dict[str, Any]

IMAGE = '6b1d0e1c-90ab-4a31-8a7e-2f4b6f0c1d11'

_STATUS = {'active': 'ACTIVE', 'stopped': 'SHUTOFF', 'paused': 'PAUSED', 'suspended': 'SUSPENDED',
           'resized': 'VERIFY_RESIZE', 'error': 'ERROR', 'building': 'BUILD', 'rescued': 'RESCUE',
           'shelved': 'SHELVED', 'shelved_offloaded': 'SHELVED_OFFLOADED', 'deleted': 'DELETED',
           'soft-delete': 'SOFT_DELETED'}
_POWER = {'active': 1, 'resized': 1, 'rescued': 1, 'paused': 3, 'stopped': 4, 'suspended': 4}


def status_of(server: Server) -> str:
    task = server.task_state or ''
    if task == 'migrating':
        return 'MIGRATING'
    if task.startswith('resize_'):
        return 'RESIZE'
    return _STATUS.get(server.vm_state, 'UNKNOWN')


def brief(server: Server, endpoint: str) -> Shown:
    return {'id': server.uuid, 'name': server.name, 'links': links(endpoint, 'servers', server.uuid)}


def full(world: World, server: Server, endpoint: str, minor: int, admin: bool) -> Shown:
    """As lists of details have it."""
    shown = brief(server, endpoint)
    shown.update(_of_all(world, server, endpoint, minor))
    if admin:
        shown.update(_of_admins(world, server, minor))
    for since, key, value in (
            (9, 'locked', server.locked), (19, 'description', None), (26, 'tags', []),
            (63, 'trusted_image_certificates', None), (73, 'locked_reason', server.locked_reason),
            (96, 'pinned_availability_zone', server.pinned_zone)):
        if minor >= since:
            shown[key] = value
    if minor >= 100:
        shown['scheduler_hints'] = {key: [value] for key, value in server.hints.items()}
    return shown


def links(endpoint: str, noun: str, id_: str) -> list[dict[str, str]]:
    return [{'rel': 'self', 'href': f'{endpoint}/{noun}/{id_}'},
            {'rel': 'bookmark', 'href': f'{endpoint.removesuffix("/v2.1")}/{noun}/{id_}'}]


def _of_all(world: World, server: Server, endpoint: str, minor: int) -> Shown:
    status = status_of(server)
    shown: Shown = {
        'status': status, 'tenant_id': server.project, 'user_id': server.project,
        'metadata': dict(server.metadata), 'hostId': _host_id(server),
        'image': _image(server, minor),
        'flavor': _flavor(server.flavor, endpoint, minor),
        'created': iso(server.created), 'updated': iso(server.updated),
        'addresses': {}, 'accessIPv4': '', 'accessIPv6': '', 'config_drive': '', 'key_name': None,
        'OS-DCF:diskConfig': 'AUTO', 'OS-EXT-AZ:availability_zone': _zone(world, server),
        'OS-SRV-USG:launched_at': iso_micro(server.created), 'OS-SRV-USG:terminated_at': None,
        'OS-EXT-STS:task_state': server.task_state, 'OS-EXT-STS:vm_state': server.vm_state,
        'OS-EXT-STS:power_state': _POWER.get(server.vm_state, 0),
        'os-extended-volumes:volumes_attached': [
            {'id': one, 'delete_on_termination': False} for one in world.storage.of_server(server.uuid)],
        'security_groups': [{'name': 'default'}]}
    if status in ('ACTIVE', 'BUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING'):
        shown['progress'] = 0
    if server.fault is not None and status in ('ERROR', 'DELETED'):
        shown['fault'] = {'code': 500, 'created': iso(server.updated), 'message': server.fault}
    return shown


def _of_admins(world: World, server: Server, minor: int) -> Shown:
    host = world.hosts[server.host] if server.host is not None else None
    shown: Shown = {
        'OS-EXT-SRV-ATTR:host': host.name if host else None,
        'OS-EXT-SRV-ATTR:hypervisor_hostname': host.hypervisor if host else None,
        'OS-EXT-SRV-ATTR:instance_name': f'instance-{server.uuid[:8]}'}
    if minor >= 3:
        shown |= {
            'OS-EXT-SRV-ATTR:reservation_id': f'r-{server.uuid[:8]}', 'OS-EXT-SRV-ATTR:launch_index': 0,
            'OS-EXT-SRV-ATTR:hostname': server.name, 'OS-EXT-SRV-ATTR:kernel_id': '',
            'OS-EXT-SRV-ATTR:ramdisk_id': '', 'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
            'OS-EXT-SRV-ATTR:user_data': None}
    if minor >= 16:
        shown['host_status'] = '' if host is None or server.vm_state == 'deleted' else (
            'DOWN' if not host.reports else 'UP' if host.enabled else 'MAINTENANCE')
    return shown


def _image(server: Server, minor: int) -> Shown:
    shown: Shown = {'id': IMAGE, 'links': []}
    if minor >= 98:
        shown['properties'] = dict(server.image)
    return shown


def _flavor(flavor: Flavor, endpoint: str, minor: int) -> Shown:
    if minor < 47:
        return {'id': flavor.id, 'links': links(endpoint, 'flavors', flavor.id)[1:]}
    return {'vcpus': flavor.sizes.vcpus, 'ram': flavor.sizes.ram_mb, 'disk': flavor.sizes.disk_gb,
            'ephemeral': 0, 'swap': 0, 'original_name': flavor.name,
            'extra_specs': dict(flavor.extra_specs)}


def _zone(world: World, server: Server) -> str:
    return world.hosts[server.host].zone if server.host is not None else server.pinned_zone or ''


def _host_id(server: Server) -> str:
    if server.host is None:
        return ''
    return hashlib.sha224(f'{server.project}{server.host}'.encode()).hexdigest()
