# SPDX-License-Identifier: Apache-2.0
"""What Cinder has, as Cinder shows it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from watcher_py.sim.clock import iso_micro
from watcher_py.sim.ids import derived_id
from watcher_py.sim.storage_records import Message, Pool, Volume, VolumeType

Shown = dict[str, Any]
BACKEND_SINCE = 49


def pool_shown(pool: Pool, types: Mapping[str, VolumeType], now: float) -> Shown:
    """A pool with its capabilities, among them whatever the types that it offers ask for."""
    if not pool.known:
        return {'name': pool.name}
    asked = {key: value for name in sorted(pool.types & types.keys())
             for key, value in types[name].extra_specs.items()}
    return {'name': pool.name, 'capabilities': {
        **{key: _capability(value) for key, value in asked.items() if ':' not in key},
        'volume_backend_name': pool.backend, 'pool_name': pool.name.partition('#')[2],
        'total_capacity_gb': _capacity(pool.total), 'free_capacity_gb': _capacity(pool.free),
        **{key: value for key, value in (
            ('allocated_capacity_gb', pool.allocated), ('provisioned_capacity_gb', pool.provisioned))
           if not math.isnan(value)},
        'reserved_percentage': pool.reserved_percentage,
        # Cinder gives this one as a text, or as the word for "it varies".
        'max_over_subscription_ratio': 'auto' if math.isnan(pool.max_over_subscription_ratio)
        else str(pool.max_over_subscription_ratio),
        'thin_provisioning_support': pool.thin, 'thick_provisioning_support': not pool.thin,
        'backend_state': 'up' if pool.up else 'down', 'storage_protocol': 'iSCSI', 'QoS_support': False,
        'vendor_name': 'Open Source', 'driver_version': '3.0.0', 'multiattach': True,
        'timestamp': iso_micro(now)}}


def service_shown(pools: Sequence[Pool], minor: int, now: float) -> Shown:
    """The volume service that these pools belong to."""
    first, *_ = pools
    shown: Shown = {
        'binary': 'cinder-volume', 'host': first.host, 'zone': first.zone, 'frozen': False,
        'status': 'enabled' if first.enabled else 'disabled',
        'state': 'up' if any(pool.up for pool in pools) else 'down',
        'updated_at': iso_micro(now), 'disabled_reason': None, 'replication_status': 'disabled',
        'active_backend_id': None}
    if minor >= 7:
        shown['cluster'] = None
    return shown | ({'backend_state': shown['state']} if minor >= BACKEND_SINCE else {})


def type_shown(one: VolumeType, admin: bool) -> Shown:
    shown: Shown = {'id': one.id, 'name': one.name, 'description': None, 'is_public': True,
                    'qos_specs_id': None, 'os-volume-type-access:is_public': True}
    return shown | ({'extra_specs': dict(one.extra_specs)} if admin else {})


def volume_shown(one: Volume, admin: bool) -> Shown:
    shown: Shown = {
        'id': one.uuid, 'name': one.name, 'description': None, 'status': one.status,
        'availability_zone': one.zone, 'volume_type': one.type, 'bootable': str(one.bootable).lower(),
        'multiattach': one.multiattach, 'encrypted': False, 'snapshot_id': None, 'source_volid': None,
        'metadata': dict(one.metadata), 'user_id': one.project, 'replication_status': None,
        'consistencygroup_id': None, 'links': [], 'created_at': iso_micro(one.created),
        'updated_at': iso_micro(one.updated),
        'attachments': [{'server_id': server, 'volume_id': one.uuid, 'id': one.uuid, 'device': '/dev/vdb',
                         'attachment_id': derived_id('attachment', one.uuid, server), 'host_name': None,
                         'attached_at': iso_micro(one.created)} for server in one.attached_to]}
    if one.size is not None:
        shown['size'] = one.size
    if admin:
        shown |= {'os-vol-tenant-attr:tenant_id': one.project, 'os-vol-host-attr:host': one.pool,
                  'os-vol-mig-status-attr:migstat': one.migration_status,
                  'os-vol-mig-status-attr:name_id': None, 'migration_status': one.migration_status}
    return shown


def message_shown(one: Message) -> Shown:
    return {'id': one.id, 'resource_type': 'VOLUME', 'resource_uuid': one.volume, 'user_message': one.text,
            'event_id': 'VOLUME_VOLUME_001_002', 'message_level': 'ERROR', 'request_id': None,
            'created_at': iso_micro(one.created), 'guaranteed_until': iso_micro(one.created), 'links': []}


def _capability(asked: str) -> Any:
    """What satisfies an extra spec."""
    operator, _, value = asked.partition(' ')
    return value.lower() == 'true' if operator == '<is>' else asked


def _capacity(value: float) -> float | str:
    return 'unknown' if math.isnan(value) else 'infinite' if math.isinf(value) else value
