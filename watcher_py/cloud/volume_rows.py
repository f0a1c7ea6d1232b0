# SPDX-License-Identifier: Apache-2.0
"""What Cinder says, as frozen rows: the one place that knows the keys of its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.cloud.json_values import amount, maybe, named, text, texts, truth
from watcher_py.core.storage import VolumeType

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PoolNow:
    """A storage pool; sizes are GB, NaN where its backend doesn't know them, inf where it has no end."""

    name: str                           # host@backend#pool, or cluster@backend#pool
    backend: str
    total: float
    free: float
    allocated: float
    provisioned: float
    reserved_percentage: float
    max_over_subscription_ratio: float
    thin: bool
    up: bool                            # what the backend says of itself
    capabilities: Mapping[str, Any]
    is_told: bool = True                # False: nothing but its name came

    @property
    def host(self) -> str:
        """Of its service."""
        return self.name.partition('#')[0]


@dataclass(frozen=True, slots=True)
class VolumeService:
    """A volume service: host@backend."""

    host: str
    cluster: str | None                 # it shares its pools with the others of the cluster
    zone: str
    enabled: bool
    up: bool


@dataclass(frozen=True, slots=True)
class VolumeNow:
    """A volume; `size` is GB, NaN where Cinder doesn't tell."""

    uuid: str
    name: str
    project: str
    type: str                           # '' for none
    size: float
    status: str
    migration_status: str | None
    pool: str | None                    # host@backend#pool; None while it lies nowhere
    cluster_pool: str | None            # cluster@backend#pool, where its service is one of a cluster
    zone: str
    bootable: bool
    multiattach: bool
    attached_to: tuple[str, ...]        # uuids of servers
    metadata: Mapping[str, str]
    created: str
    updated: str = ''                   # ISO 8601, Cinder's clock


@dataclass(frozen=True, slots=True)
class SnapshotNow:
    """A snapshot of a volume."""

    uuid: str
    volume: str


@dataclass(frozen=True, slots=True)
class VolumeMessage:
    """What Cinder tells a user of something that went wrong."""

    id: str
    text: str


def pool_now(row: Json) -> PoolNow:
    has = row.get('capabilities') or {}
    return PoolNow(
        name=named(row['name']), backend=text(has.get('volume_backend_name')),
        total=amount(has.get('total_capacity_gb')), free=amount(has.get('free_capacity_gb')),
        allocated=amount(has.get('allocated_capacity_gb')),
        provisioned=amount(has.get('provisioned_capacity_gb')),
        reserved_percentage=amount(has.get('reserved_percentage', 0)),
        max_over_subscription_ratio=amount(has.get('max_over_subscription_ratio')),
        thin=truth(has.get('thin_provisioning_support')), up=has.get('backend_state') != 'down',
        capabilities=has, is_told=bool(has))


def volume_service(row: Json) -> VolumeService:
    return VolumeService(
        host=named(row['host']), cluster=maybe(row.get('cluster')), zone=text(row['zone']),
        enabled=row['status'] == 'enabled' and not row.get('frozen'),
        up=row['state'] == 'up' and row.get('backend_state') != 'down')


def volume_type(row: Json) -> VolumeType:
    specs = row.get('extra_specs')
    return VolumeType(name=named(row['name']), uuid=named(row['id']),
                      extra_specs=None if specs is None else texts(specs))


def volume_now(row: Json) -> VolumeNow:
    # An attachment that was only reserved has no server yet.
    attached = {one['server_id'] for one in row['attachments']} - {None}
    return VolumeNow(
        uuid=named(row['id']), name=text(row.get('name')),
        project=text(row['os-vol-tenant-attr:tenant_id']), type=text(row.get('volume_type')),
        size=amount(row.get('size')), status=named(row['status']),
        migration_status=maybe(row.get('os-vol-mig-status-attr:migstat')),
        pool=maybe(row['os-vol-host-attr:host']), cluster_pool=maybe(row.get('cluster_name')),
        zone=text(row.get('availability_zone')), bootable=truth(row.get('bootable')),
        multiattach=truth(row.get('multiattach')), attached_to=tuple(sorted(map(named, attached))),
        metadata=texts(row.get('metadata')), created=text(row.get('created_at')),
        updated=text(row.get('updated_at')))


def snapshot_now(row: Json) -> SnapshotNow:
    return SnapshotNow(uuid=named(row['id']), volume=named(row['volume_id']))


def volume_message(row: Json) -> VolumeMessage:
    return VolumeMessage(id=named(row['id']), text=text(row.get('user_message')))
