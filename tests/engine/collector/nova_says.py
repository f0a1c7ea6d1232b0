# SPDX-License-Identifier: Apache-2.0
"""A picture of a small cloud, and notifications of it as Nova sends them."""

from dataclasses import replace

from watcher_py.bus.notice import Notice
from watcher_py.cloud.compute_rows import (
    HostAggregate,
    Hypervisor,
    Server,
    ServerGroup,
    ServiceNow,
)
from watcher_py.cloud.listing import Listing
from watcher_py.engine.collector.nova_notices import understand
from watcher_py.engine.collector.picture import Picture

READ_AT = 1_700_000_000.0
NOTHING = Listing()


def server(uuid, host='cn1', **values):
    row = Server(uuid=uuid, name=uuid, project='p', host=host, hypervisor=host, vm_state='active',
                 task_state=None, locked=False, flavor='small', vcpus=2, ram=2048, disk=10, extra_specs={},
                 metadata={}, created=moment(0), pinned_zone=None, updated=moment(10))
    return replace(row, **values)


def picture(*servers, hosts=('cn1', 'cn2'), aggregates=(), groups=()):
    return Picture(
        hypervisors=Listing(tuple(Hypervisor(f'u-{host}', host, host, 'QEMU') for host in hosts)),
        services=Listing(tuple(ServiceNow(f's-{host}', host, True, True, None, 'nova') for host in hosts)),
        aggregates=Listing(tuple(aggregates)), groups=Listing(tuple(groups)), servers=Listing(servers),
        migrations=NOTHING, providers=NOTHING)


def moment(second):
    return f'2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z'


def notice(event_type, name, data, sent=READ_AT):
    return Notice('nova-compute:cn1', event_type, _object(name, data), sent)


def tells(event_type, row, sent=READ_AT, **fields):
    """The event of a notification about the server as it is in this row."""
    return understand(notice(event_type, 'InstanceActionPayload', payload(row, **fields), sent))


def payload(row, **fields):
    """What is told of a server, as far as it is of use."""
    data = {
        'uuid': row.uuid, 'display_name': row.name, 'tenant_id': row.project, 'user_id': 'u',
        'host': row.host, 'node': row.hypervisor, 'state': row.vm_state, 'task_state': row.task_state,
        'locked': row.locked, 'metadata': dict(row.metadata), 'created_at': row.created,
        'updated_at': row.updated or None, 'deleted_at': None, 'image_uuid': 'an-image',
        'availability_zone': 'az', 'block_devices': None, 'ip_addresses': [],
        'flavor': _object('FlavorPayload', {
            'flavorid': '1', 'name': row.flavor, 'vcpus': row.vcpus, 'memory_mb': row.ram,
            'root_gb': row.disk, 'ephemeral_gb': 0, 'swap': 0, 'extra_specs': dict(row.extra_specs)})}
    return data | fields


def tells_service(event_type, host, sent=READ_AT, binary='nova-compute', **fields):
    data = {'host': host, 'binary': binary, 'topic': 'compute', 'report_count': 7, 'disabled': False,
            'disabled_reason': None, 'availability_zone': None, 'last_seen_up': None, 'forced_down': False,
            'version': 74, 'uuid': f's-{host}'}
    return understand(notice(event_type, 'ServiceStatusPayload', data | fields, sent))


def tells_aggregate(event_type, row: HostAggregate, sent=READ_AT):
    data = {'id': row.id, 'uuid': f'uuid-{row.id}', 'name': row.name, 'hosts': list(row.hosts),
            'metadata': dict(row.metadata)}
    return understand(notice(event_type, 'AggregatePayload', data, sent))


def tells_group(event_type, row: ServerGroup, sent=READ_AT):
    data = {'uuid': row.uuid, 'name': row.name, 'user_id': 'u', 'project_id': 'p',
            'policies': [row.policy], 'policy': row.policy, 'members': list(row.members), 'hosts': None,
            'rules': {'max_server_per_host': str(row.limit)} if row.limit != 1 else {}}
    return understand(notice(event_type, 'ServerGroupPayload', data, sent))


def _object(name, data):
    return {'nova_object.name': name, 'nova_object.namespace': 'nova', 'nova_object.version': '1.0',
            'nova_object.data': data}
