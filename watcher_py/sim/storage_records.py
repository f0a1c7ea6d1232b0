# SPDX-License-Identifier: Apache-2.0
"""What the emulated cloud keeps records of beside servers: pools, volumes, machines, all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A storage pool; sizes are GB, NaN where its backend doesn't tell, inf where it has no end."""

    name: str                           # host@backend#pool
    host: str                           # of its service: host@backend
    backend: str
    zone: str
    types: frozenset[str]               # names of the volume types that it offers
    total: float
    free: float
    allocated: float
    provisioned: float
    reserved_percentage: float
    max_over_subscription_ratio: float
    thin: bool
    enabled: bool = True
    up: bool = True
    known: bool = True                  # False: its backend tells nothing of it

    def holds(self, size: float) -> bool:
        """Whether a volume of this size still goes in; where nobody knows, it is tried."""
        if self.thin:
            room = self.total * self.max_over_subscription_ratio - self.provisioned
        else:
            room = self.free - self.total * self.reserved_percentage / 100
        return not room < size


@dataclass(frozen=True, kw_only=True)
class VolumeType:
    """A volume type."""

    id: str
    name: str
    extra_specs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume; `pool` is the name of the one it lies in."""

    uuid: str
    name: str
    project: str
    type: str | None
    size: int | None                    # GB; None: Cinder doesn't tell
    pool: str | None
    zone: str
    created: float
    updated: float
    status: str = 'available'
    migration_status: str | None = None
    bootable: bool = False
    multiattach: bool = False
    attached_to: tuple[str, ...] = ()
    snapshots: int = 0
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A volume's way to another pool, to another type, or both."""

    volume: str
    target: str                         # the pool's name
    type: str | None
    former_status: str
    ends_at: float
    failure: str | None = None          # why it will fail, when it will


@dataclass(frozen=True, kw_only=True)
class Message:
    """What Cinder tells a user of something that went wrong with a volume."""

    id: str
    volume: str
    text: str
    created: float


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A bare-metal machine; `host` is the uuid of the compute host that runs on it."""

    uuid: str
    name: str | None
    host: str | None
    compute_node: str
    instance: str | None
    power_state: str | None
    target_power_state: str | None = None
    provision_state: str | None = None
    maintenance: bool = False
    maintenance_reason: str | None = None
    known: bool = True                  # False: Ironic doesn't tell its power state
    switched_at: float | None = None    # when it will have reached the target
    last_error: str | None = None
    updated: float = 0.0

    @property
    def is_reserved(self) -> bool:
        """Something is done with it: nothing else is until that is over."""
        return self.target_power_state is not None
