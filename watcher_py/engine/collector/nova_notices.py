# SPDX-License-Identifier: Apache-2.0
"""What Nova's versioned notifications say: the one place that knows the keys of their payloads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeAlias

from watcher_py.bus.notice import Notice
from watcher_py.cloud import compute_rows as rows
from watcher_py.cloud.compute import COMPUTE_BINARY
from watcher_py.cloud.compute_rows import HostAggregate, Server, ServerGroup, ServiceNow

Json: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = type | UnionType


@dataclass(frozen=True, slots=True)
class ServerTold:
    """A server as a notification tells it: never its pinned zone, its hints or its image's properties."""

    sent: float
    server: Server              # is_deleted, when Nova lists it no more
    is_final: bool              # it is deleted for good
    is_vague: bool              # what isn't told may have changed, too


@dataclass(frozen=True, slots=True)
class ClaimsTold:
    """What a server claims on its hosts is no longer what it was."""

    sent: float


@dataclass(frozen=True, slots=True)
class ServiceTold:
    """A compute service; `up` is False when it is forced down, else it isn't told, and so is the zone."""

    sent: float
    service: ServiceNow
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class AggregateTold:
    sent: float
    aggregate: HostAggregate
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class GroupTold:
    sent: float
    group: ServerGroup
    is_deleted: bool


NovaEvent: TypeAlias = ServerTold | ClaimsTold | ServiceTold | AggregateTold | GroupTold


def understand(notice: Notice) -> NovaEvent | None:
    """The event; None when nobody follows its type; fails as parsing fails when its payload is malformed."""
    read = _READERS.get(notice.type)
    return read(notice) if read else None


def _server(notice: Notice) -> ServerTold:
    told = _data(notice.payload, _SERVER)
    image = told['image_uuid']
    server = rows.server({
        'id': told['uuid'], 'name': told['display_name'] or '', 'tenant_id': told['tenant_id'] or '',
        'status': 'DELETED' if notice.type in _GONE or told['state'] in _HIDDEN else '',
        'OS-EXT-SRV-ATTR:host': told['host'], 'OS-EXT-SRV-ATTR:hypervisor_hostname': told['node'],
        'OS-EXT-STS:vm_state': told['state'], 'OS-EXT-STS:task_state': told['task_state'],
        'locked': told['locked'], 'metadata': told['metadata'], 'created': told['created_at'],
        'updated': told['updated_at'], 'image': {'id': image} if image else None,
        'flavor': _flavor(_data(told['flavor'], _FLAVOR))})
    is_final = notice.type == 'instance.delete.end' or server.vm_state == 'deleted'
    return ServerTold(notice.sent, server, is_final, notice.type in _VAGUE)


def _flavor(told: Json) -> Json:
    """As the API's servers tell it; where extra specs were not at hand, the sizes mean nothing."""
    flavor = {'original_name': told['name'], 'vcpus': told['vcpus'], 'ram': told['memory_mb'],
              'disk': told['root_gb'], 'ephemeral': told['ephemeral_gb'], 'swap': told['swap']}
    extra_specs = told['extra_specs']
    return flavor if extra_specs is None else {**flavor, 'extra_specs': extra_specs}


def _claims(notice: Notice) -> ClaimsTold:
    return ClaimsTold(notice.sent)


def _service(notice: Notice) -> ServiceTold | None:
    told = _data(notice.payload, _SERVICE)
    if told['binary'] != COMPUTE_BINARY:
        return None
    service = ServiceNow(id=told['uuid'], host=told['host'], enabled=not told['disabled'],
                         up=not told['forced_down'], disabled_reason=told['disabled_reason'], zone='')
    return ServiceTold(notice.sent, service, notice.type == 'service.delete')


def _aggregate(notice: Notice) -> AggregateTold:
    return AggregateTold(notice.sent, rows.host_aggregate(_data(notice.payload, _AGGREGATE)),
                         notice.type == 'aggregate.delete.end')


def _group(notice: Notice) -> GroupTold:
    told = _data(notice.payload, _GROUP)
    return GroupTold(notice.sent, rows.server_group({**told, 'id': told['uuid']}),
                     notice.type == 'server_group.delete')


def _data(tree: Any, kinds: Mapping[str, Kind]) -> Json:
    """The data of one of Nova's objects; TypeError when a field is not of its kind."""
    data: Json = tree['nova_object.data']
    for key, kind in kinds.items():
        value = data[key]
        if not isinstance(value, kind) or (isinstance(value, dict | list) and not _holds_texts(value)):
            raise TypeError(f'{key} is no {kind}')
    return data


def _holds_texts(values: dict[str, Any] | list[Any]) -> bool:
    return all(isinstance(value, str) for value in (
        values.values() if isinstance(values, dict) else values))


_TEXT = str | None
_SERVER: Mapping[str, Kind] = {
    'uuid': str, **dict.fromkeys(('display_name', 'tenant_id', 'host', 'node', 'state', 'task_state',
                                  'created_at', 'updated_at', 'image_uuid'), _TEXT),
    'locked': bool, 'metadata': dict}
_FLAVOR: Mapping[str, Kind] = {
    'name': str, **dict.fromkeys(('vcpus', 'memory_mb', 'root_gb', 'ephemeral_gb', 'swap'), int),
    'extra_specs': dict | None}
_SERVICE: Mapping[str, Kind] = {
    'uuid': str, 'host': str, 'binary': _TEXT, 'disabled': bool, 'forced_down': bool,
    'disabled_reason': _TEXT}
_AGGREGATE: Mapping[str, Kind] = {'id': int, 'name': str, 'hosts': list, 'metadata': dict}
_GROUP: Mapping[str, Kind] = {'uuid': str, 'name': _TEXT, 'policy': _TEXT, 'members': list, 'rules': dict}

# What is told at the start of a deed is told again at its end, and by instance.update in between.
_SERVERS = ('instance.lock', 'instance.unlock', 'instance.update', *(f'instance.{deed}.end' for deed in (
    'create', 'delete', 'soft_delete', 'restore', 'pause', 'unpause', 'power_off', 'power_on', 'shutdown',
    'suspend', 'resume', 'rescue', 'unrescue', 'rebuild', 'shelve', 'shelve_offload', 'unshelve',
    'resize', 'resize_finish', 'resize_confirm', 'resize_revert',
    'live_migration_pre', 'live_migration_force_complete', 'live_migration_abort',
    'live_migration_post_dest', 'live_migration_rollback')))
# Of a source that a server has left: where it says that the server stands is no longer true.
_CLAIMS = ('instance.live_migration_post.end', 'instance.live_migration_rollback_dest.end')
_SERVICES = ('service.create', 'service.update', 'service.delete')
_AGGREGATES = tuple(f'aggregate.{deed}.end' for deed in (
    'create', 'delete', 'add_host', 'remove_host', 'update_prop', 'update_metadata'))
_GROUPS = ('server_group.create', 'server_group.delete', 'server_group.add_member')

_GONE = frozenset({'instance.delete.end', 'instance.soft_delete.end'})
_HIDDEN = frozenset({'deleted', 'soft-delete'})
# A rebuild may bring another image; what is unshelved may be pinned to another zone.
_VAGUE = frozenset({'instance.rebuild.end', 'instance.unshelve.end'})

_READERS: Mapping[str, Callable[[Notice], NovaEvent | None]] = {
    **dict.fromkeys(_SERVERS, _server), **dict.fromkeys(_CLAIMS, _claims),
    **dict.fromkeys(_SERVICES, _service), **dict.fromkeys(_AGGREGATES, _aggregate),
    **dict.fromkeys(_GROUPS, _group)}
