# SPDX-License-Identifier: Apache-2.0
"""What Nova says, as frozen rows: the one place that knows the keys of its JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

MIB_IN_GIB = 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A server as a collector needs it; `ram` in MiB, `disk` in GiB, as allocated in Placement."""

    uuid: str
    name: str
    project: str
    host: str | None                # None while it stands nowhere
    hypervisor: str | None
    vm_state: str
    task_state: str | None
    locked: bool
    flavor: str
    vcpus: int
    ram: int
    disk: int
    extra_specs: Mapping[str, str]
    metadata: Mapping[str, str]
    created: str
    pinned_zone: str | None


@dataclass(frozen=True, slots=True)
class ServerNow:
    """Where a server stands at this moment, and what is done with it."""

    uuid: str
    name: str
    host: str | None
    status: str
    vm_state: str
    task_state: str | None
    locked: bool


@dataclass(frozen=True, slots=True)
class Hypervisor:
    """A compute node; `uuid` is its resource provider's too."""

    uuid: str
    name: str
    host: str                       # of its compute service
    type: str
    version: int | None = None      # 8002001 is 8.2.1


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """The compute service of a host."""

    id: str
    host: str
    enabled: bool
    up: bool
    disabled_reason: str | None
    zone: str


@dataclass(frozen=True, slots=True)
class HostAggregate:
    """A host aggregate; `hosts` are hosts of compute services."""

    id: int
    name: str
    hosts: tuple[str, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServerGroup:
    """A server group; `members` are uuids of servers, wherever they are."""

    uuid: str
    name: str
    policy: str
    members: tuple[str, ...]
    limit: int                      # max_server_per_host


@dataclass(frozen=True, slots=True)
class MigrationNow:
    """A migration of one server, running or over."""

    id: int
    status: str
    type: str
    source: str | None
    target: str | None


def server(row: Json) -> Server:
    flavor = row.get('flavor', {})
    extra_specs = flavor.get('extra_specs', {})
    return Server(
        uuid=row['id'], name=row.get('name', ''), project=row.get('tenant_id', ''),
        host=row.get('OS-EXT-SRV-ATTR:host'), hypervisor=row.get('OS-EXT-SRV-ATTR:hypervisor_hostname'),
        vm_state=row.get('OS-EXT-STS:vm_state') or '', task_state=row.get('OS-EXT-STS:task_state'),
        locked=bool(row.get('locked')), flavor=flavor.get('original_name', ''),
        vcpus=_allocated('VCPU', extra_specs, flavor.get('vcpus', 0)),
        ram=_allocated('MEMORY_MB', extra_specs, flavor.get('ram', 0)),
        disk=_allocated('DISK_GB', extra_specs, _disk(row, flavor)),
        extra_specs=extra_specs, metadata=row.get('metadata', {}), created=row.get('created', ''),
        pinned_zone=row.get('pinned_availability_zone'))


def server_now(row: Json) -> ServerNow:
    return ServerNow(
        uuid=row['id'], name=row.get('name', ''), host=row.get('OS-EXT-SRV-ATTR:host'),
        status=row['status'], vm_state=row.get('OS-EXT-STS:vm_state') or '',
        task_state=row.get('OS-EXT-STS:task_state'), locked=bool(row.get('locked')))


def hypervisor(row: Json) -> Hypervisor:
    return Hypervisor(uuid=str(row['id']), name=row['hypervisor_hostname'],
                      host=(row.get('service') or {}).get('host') or '',
                      type=row.get('hypervisor_type') or '', version=row.get('hypervisor_version') or None)


def service_now(row: Json) -> ServiceNow:
    return ServiceNow(id=str(row['id']), host=row['host'], enabled=row['status'] == 'enabled',
                      up=row['state'] == 'up', disabled_reason=row.get('disabled_reason'),
                      zone=row.get('zone') or '')


def host_aggregate(row: Json) -> HostAggregate:
    return HostAggregate(id=row['id'], name=row['name'], hosts=tuple(row.get('hosts', ())),
                         metadata=row.get('metadata', {}))


def server_group(row: Json) -> ServerGroup:
    # Before microversion 2.64 a list of policies, of which Nova ever allowed one.
    policy = row.get('policy') or next(iter(row.get('policies', ())), '')
    limit = (row.get('rules') or {}).get('max_server_per_host', 1)
    return ServerGroup(uuid=row['id'], name=row['name'], policy=policy,
                       members=tuple(row.get('members', ())), limit=int(limit))


def migration_now(row: Json) -> MigrationNow:
    return MigrationNow(id=row['id'], status=row['status'], type=row.get('migration_type') or '',
                        source=row.get('source_compute'), target=row.get('dest_compute'))


def failure(events: list[Json]) -> str | None:
    """Why the newest of an action's events failed, without the traceback around it; None when none did."""
    for event in sorted(events, key=lambda event: event.get('start_time') or '', reverse=True):
        if event.get('result') == 'Error':
            last_lines = (event.get('traceback') or '').strip().splitlines()[-1:]
            return event.get('details') or ''.join(last_lines) or f'{event.get("event")} failed'
    return None


def _disk(row: Json, flavor: Json) -> int:
    # A server that boots from a volume has no image, and nothing of its root disk on the host.
    root = flavor.get('disk', 0) if row.get('image') else 0
    return int(root + flavor.get('ephemeral', 0) + math.ceil((flavor.get('swap') or 0) / MIB_IN_GIB))


def _allocated(resource: str, extra_specs: Mapping[str, str], amount: int) -> int:
    """The flavor's amount, unless it asks Placement for another."""
    asked = extra_specs.get(f'resources:{resource}', '')
    return int(asked) if asked.isdecimal() else amount
