# SPDX-License-Identifier: Apache-2.0
"""What Nova says, as frozen rows: the one place that knows the keys of its JSON."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from watcher_py.cloud.cpu_info import cpu_of
from watcher_py.cloud.json_values import named, text, texts
from watcher_py.core.cluster import Cpu

Json = Mapping[str, Any]

MIB_IN_GIB = 1024

# Of an ISO 8601 time, up to the seconds: Nova tells some to the microsecond.
SECONDS = len('2026-01-01T00:00:00')

Birth = tuple[str, int]         # when a migration's record was made, and its number

# Nova's status of what is in a cell that is down.
UNKNOWN = 'UNKNOWN'

# The list of all servers leaves out both, that of those which have changed has them.
DELETED = ('DELETED', 'SOFT_DELETED')

# Without these a flavor doesn't tell what its servers take: extra specs may ask for more, and for less.
SIZED = frozenset({'vcpus', 'ram', 'disk', 'extra_specs'})


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
    updated: str = ''                   # ISO 8601, Nova's clock
    image: Mapping[str, str] = field(default_factory=dict)      # properties of its image
    hints: Mapping[str, Any] = field(default_factory=dict)      # for the scheduler, as they were given
    is_sized: bool = True               # False: Nova doesn't tell its flavor, the sizes mean nothing
    is_deleted: bool = False            # or about to be; told of by a list of what has changed


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
    project: str = ''
    flavor: str = ''                    # its name
    resources: Mapping[str, int] = field(default_factory=dict)     # by class; empty where Nova doesn't tell
    extra_specs: Mapping[str, str] = field(default_factory=dict)
    updated: str = ''                   # ISO 8601, Nova's clock
    groups: tuple[str, ...] = ()        # uuids of its server groups; told of one server, not in lists


@dataclass(frozen=True, slots=True)
class Flavor:
    """A flavor that servers can be resized to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Hypervisor:
    """A compute node; `uuid` is its resource provider's too."""

    uuid: str
    name: str
    host: str                       # of its compute service
    type: str
    version: int | None = None      # 8002001 is 8.2.1
    sizes: tuple[float, float, float] | None = None     # vCPUs, MiB, GiB that Nova found; None: not told
    cpu: Cpu = field(default_factory=Cpu)


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """The compute service of a host."""

    id: str
    host: str
    enabled: bool
    up: bool
    disabled_reason: str | None
    zone: str
    reported: str = field(default='', compare=False)    # when it last did, ISO 8601, Nova's clock


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
    server: str = ''
    created: str = ''                   # ISO 8601, Nova's clock
    updated: str = ''

    @property
    def birth(self) -> Birth:
        """What orders the migrations of one server, and tells them apart."""
        return self.created, self.id


@dataclass(frozen=True, slots=True)
class ActionNow:
    """Something that was asked of a server."""

    request: str
    is_failed: bool


def server(row: Json) -> Server:
    """A server of a list; KeyError when it lacks what Nova always tells: what isn't said isn't nothing."""
    if is_of_cell_down(row):
        return _without_its_cell(row)
    flavor = row.get('flavor') or {}
    sized = flavor.keys() >= SIZED
    extra_specs = flavor['extra_specs'] or {} if sized else {}
    image = row['image'] or {}
    return Server(
        uuid=named(row['id']), name=row['name'], project=row['tenant_id'],
        host=row['OS-EXT-SRV-ATTR:host'] or None, hypervisor=row.get('OS-EXT-SRV-ATTR:hypervisor_hostname'),
        vm_state=row['OS-EXT-STS:vm_state'] or '', task_state=row.get('OS-EXT-STS:task_state'),
        locked=row['locked'] is not False, flavor=flavor.get('original_name') or '',
        vcpus=_allocated('VCPU', extra_specs, flavor['vcpus']) if sized else 0,
        ram=_allocated('MEMORY_MB', extra_specs, flavor['ram']) if sized else 0,
        disk=_allocated('DISK_GB', extra_specs, _disk(image, flavor)) if sized else 0,
        extra_specs=extra_specs, metadata=row['metadata'] or {}, created=text(row.get('created')),
        pinned_zone=row.get('pinned_availability_zone'), updated=text(row.get('updated')),
        image=texts(image.get('properties')), hints=row.get('scheduler_hints') or {},
        is_sized=sized, is_deleted=row.get('status') in DELETED)


def is_of_cell_down(row: Any) -> bool:
    """Whether a row of a list holds a name and little else, for its cell doesn't answer."""
    return (isinstance(row, dict) and row.get('status') == UNKNOWN
            and not row.keys() & {'OS-EXT-SRV-ATTR:host', 'state'})


def _without_its_cell(row: Json) -> Server:
    return Server(
        uuid=row['id'], name=row.get('name') or '', project=row.get('tenant_id') or '', host=None,
        hypervisor=None, vm_state='', task_state=None, locked=False, flavor='', vcpus=0, ram=0, disk=0,
        extra_specs={}, metadata={}, created=row.get('created') or '', pinned_zone=None, is_sized=False)


def server_now(row: Json) -> ServerNow:
    flavor = row.get('flavor') or {}
    extra_specs = flavor.get('extra_specs') or {}
    return ServerNow(
        project=row.get('tenant_id') or '', flavor=flavor.get('original_name') or '', extra_specs=extra_specs,
        resources=_resources(row.get('image') or {}, flavor) if flavor.keys() >= SIZED else {},
        updated=row.get('updated') or '', groups=tuple(row.get('server_groups') or ()),
        uuid=row['id'], name=row.get('name', ''), host=row.get('OS-EXT-SRV-ATTR:host'),
        status=row['status'], vm_state=row.get('OS-EXT-STS:vm_state') or '',
        task_state=row.get('OS-EXT-STS:task_state'), locked=bool(row.get('locked')))


def _resources(image: Json, flavor: Json) -> dict[str, int]:
    extra_specs = flavor['extra_specs'] or {}
    amounts = {'VCPU': flavor['vcpus'], 'MEMORY_MB': flavor['ram'], 'DISK_GB': _disk(image, flavor)}
    return {name: _allocated(name, extra_specs, amount) for name, amount in amounts.items()}


def flavor(row: Json) -> Flavor:
    return Flavor(id=named(row['id']), name=named(row['name']))


def hypervisor(row: Json) -> Hypervisor:
    return Hypervisor(
        uuid=named(row['id']), name=named(row['hypervisor_hostname']),
        host=(row.get('service') or {}).get('host') or '', type=row.get('hypervisor_type') or '',
        version=row.get('hypervisor_version') or None,
        sizes=_sizes(row), cpu=cpu_of(row.get('cpu_info')))


def _sizes(row: Json) -> tuple[float, float, float] | None:
    vcpus, ram, disk = row.get('vcpus'), row.get('memory_mb'), row.get('local_gb')
    return None if vcpus is None or ram is None or disk is None else (float(vcpus), float(ram), float(disk))


def service_now(row: Json) -> ServiceNow:
    return ServiceNow(id=str(row['id']), host=named(row['host']), enabled=row['status'] == 'enabled',
                      up=row['state'] == 'up', disabled_reason=row.get('disabled_reason'),
                      zone=row.get('zone') or '', reported=text(row.get('updated_at')))


def host_aggregate(row: Json) -> HostAggregate:
    return HostAggregate(id=row['id'], name=row['name'], hosts=tuple(row['hosts']),
                         metadata=row['metadata'] or {})


def server_group(row: Json) -> ServerGroup:
    # Before microversion 2.64 a list of policies, of which Nova ever allowed one.
    policy = row['policy'] if 'policy' in row else next(iter(row['policies']), '')
    limit = (row.get('rules') or {}).get('max_server_per_host', 1)
    return ServerGroup(uuid=row['id'], name=row['name'], policy=policy, members=tuple(row['members']),
                       limit=int(limit))


def are_one_group(one: Any, other: Any) -> bool:
    """Whether two raw rows are of the same group, though its members may have changed in between."""
    return bool(one == other) or (isinstance(one, dict) and isinstance(other, dict)
                                  and one.get('id') == other.get('id'))


def migration_now(row: Json) -> MigrationNow:
    return MigrationNow(id=row['id'], status=row['status'], type=row.get('migration_type') or '',
                        source=row['source_compute'], target=row['dest_compute'],
                        server=row['instance_uuid'], created=row.get('created_at') or '',
                        updated=row.get('updated_at') or row.get('created_at') or '')


def migrations_of(found: Iterable[Json]) -> list[MigrationNow]:
    """Those of one server, the newest first."""
    return sorted(map(migration_now, found), key=lambda migration: migration.birth, reverse=True)


def action_now(row: Json) -> ActionNow:
    return ActionNow(request=row['request_id'], is_failed=row.get('message') == 'Error')


def is_before(moment: str) -> Callable[[Json], bool]:
    """Whether an action began before the second of this moment."""
    return lambda action: bool(moment) and action['start_time'][:SECONDS] < moment[:SECONDS]


def failure(action: Json) -> str | None:
    """Why the newest of its events failed, without the traceback around it; None when none did."""
    events = action.get('events') or ()
    for event in sorted(events, key=lambda event: event.get('start_time') or '', reverse=True):
        if event.get('result') == 'Error':
            last_lines = (event.get('traceback') or '').strip().splitlines()[-1:]
            return event.get('details') or ''.join(last_lines) or f'{event.get("event")} failed'
    return None


def _disk(image: Json, flavor: Json) -> int:
    # A server that boots from a volume has no image, and nothing of its root disk on the host.
    root = flavor['disk'] if image else 0
    return int(root + (flavor.get('ephemeral') or 0) + math.ceil((flavor.get('swap') or 0) / MIB_IN_GIB))


def _allocated(resource: str, extra_specs: Mapping[str, str], amount: int) -> int:
    """The flavor's amount, unless it asks Placement for another."""
    asked = extra_specs.get(f'resources:{resource}', '')
    return int(asked) if asked.isdecimal() else int(amount)
