# SPDX-License-Identifier: Apache-2.0
"""What the emulated cloud keeps records of: hosts, servers, groups, migrations, all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from watcher_py.core.cluster import RESOURCES, Cpu, Floats, Inventory, Policy

# The states of servers that use neither CPU nor memory, and of those that use memory only.
OFF = ('stopped', 'shelved', 'shelved_offloaded')
HALTED = ('paused', 'suspended')

DISABLED_TRAIT = 'COMPUTE_STATUS_DISABLED'


class Amounts(NamedTuple):
    """Of Placement's three resource classes, in core's order."""

    vcpus: int
    ram_mb: int
    disk_gb: int

    @classmethod
    def of(cls, row: Floats) -> 'Amounts':
        """Of a row of core's columns."""
        return cls(*map(round, row[:len(RESOURCES)].tolist()))


@dataclass(frozen=True)
class Provider:
    """A resource provider of a host: the root one, or one nested in it. Nothing of it is held."""

    uuid: str
    name: str
    inventories: Mapping[str, Inventory]
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hardware:
    """What a host's power, air and heat come from; None: nobody measures it."""

    idle: float = 0.5                   # W, or shares of the most where that is not known
    most: float = 1.0
    work: float = 0.5                   # what it drew at the start, in the same unit
    scale: float | None = None          # W a unit
    airflow: float | None = None        # CFM at the start
    inlet: float | None = None          # degrees Celsius at the start
    outlet: float | None = None


@dataclass(frozen=True, kw_only=True)
class Host:
    """A compute service, its hypervisor and its resource provider, one of each, and what is nested in it."""

    uuid: str                           # of the hypervisor and of the root resource provider
    number: int                         # the ids of old microversions
    service: str                        # uuid of the compute service
    name: str
    hypervisor: str
    zone: str
    total: Amounts
    reserved: Amounts
    ratio: tuple[float, float, float]
    traits: frozenset[str] = frozenset()
    further: Mapping[str, Inventory] = field(default_factory=dict)      # of the root, beyond the sizes
    nested: tuple[Provider, ...] = ()
    type: str = 'QEMU'
    version: int = 8002000
    cpu: Cpu = field(default_factory=Cpu)
    enabled: bool = True
    up: bool = True
    forced_down: bool = False
    known: bool = True                  # False: Placement has no provider for it
    disabled_reason: str | None = None
    overhead_cores: float | None = None     # what the host itself uses; None: it is not measured
    overhead_ram: float | None = None
    hardware: Hardware = field(default_factory=Hardware)
    updated: float = 0.0

    @property
    def reports(self) -> bool:
        return self.up and not self.forced_down

    @cached_property
    def tree(self) -> tuple[Provider, ...]:
        """Its resource providers, the root first; Nova marks that of a disabled service with a trait."""
        sizes = {name: Inventory(total, reserved, ratio, most=total) for name, total, reserved, ratio in zip(
            RESOURCES, self.total, self.reserved, self.ratio, strict=True) if total}
        traits = self.traits | (frozenset() if self.enabled else {DISABLED_TRAIT})
        return (Provider(self.uuid, self.hypervisor, {**sizes, **self.further}, traits), *self.nested)


@dataclass(frozen=True, kw_only=True)
class Flavor:
    """A flavor; the root disk is all the disk it has."""

    id: str
    name: str
    sizes: Amounts
    extra_specs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server; `host` is the uuid of the host it stands on."""

    uuid: str
    name: str
    project: str
    flavor: Flavor
    host: str | None
    vm_state: str = 'active'
    task_state: str | None = None
    locked_by: str | None = None        # admin or owner
    locked_reason: str | None = None
    pinned_zone: str | None = None
    created: float = 0.0
    updated: float = 0.0
    metadata: Mapping[str, str]
    hints: Mapping[str, str]
    groups: tuple[str, ...] = ()
    image: Mapping[str, str] = field(default_factory=dict)      # properties of its image
    fault: str | None = None
    cpu_util: float | None = None       # % of its vCPUs, mean of a day; None: it is not measured
    ram_used: float | None = None       # MiB
    quiet_cache: float | None = None    # B of the L3 cache: in the period before the start,
    cache: float | None = None          # and at the start
    steal: float | None = None          # % of its vCPUs' time that it waited for a CPU at the start
    company: float = 0.0                # cores that those beside it used then

    @property
    def locked(self) -> bool:
        return self.locked_by is not None


@dataclass(frozen=True, kw_only=True)
class Group:
    """A server group; members are uuids of servers."""

    uuid: str
    name: str
    policy: Policy
    limit: int
    members: tuple[str, ...]
    project: str


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """A host aggregate; hosts are their uuids."""

    number: int
    uuid: str
    name: str
    hosts: tuple[str, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Migration:
    """A server's way from one host to another; hosts are uuids."""

    number: int
    uuid: str
    server: str
    source: str
    target: str | None
    kind: str                           # live-migration, migration, resize
    status: str
    request: str
    created: float
    updated: float
    runs_at: float
    ends_at: float
    ram_mb: float = 0.0
    former_state: str = 'active'
    failure: str | None = None          # why it will fail, when it will
    flavor: Flavor | None = None        # what a resize gives the server
    former_flavor: Flavor | None = None     # and what it had before
    is_forced: bool = False             # to its end, however busy the server's memory is


@dataclass(frozen=True)
class Event:
    """A step of an instance action."""

    name: str
    started: float
    finished: float | None
    result: str | None
    details: str | None = None
    host: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """What was asked of a server, and what came of it."""

    server: str
    name: str
    request: str
    project: str
    user: str
    started: float
    updated: float
    message: str | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    user: str
    name: str
    project: str
    roles: frozenset[str]
    request: str = ''                   # the id of the request

    @property
    def is_admin(self) -> bool:
        return 'admin' in self.roles


@dataclass(frozen=True)
class Refusal:
    """A request about a server that the cloud turned down."""

    time: float
    server: str
    reason: str
