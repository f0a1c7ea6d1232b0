# SPDX-License-Identifier: Apache-2.0
"""Hosts before a plan and after it, those that it changes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

SIZES = ('vcpus', 'memory_mb')


@dataclass(frozen=True)
class Amount:
    """What a host has of something; None is not known."""

    capacity: float | None
    allocated: float | None
    used: float | None

    @property
    def share(self) -> float | None:
        """What is allocated, as a share of what there is."""
        if not self.capacity or self.allocated is None:
            return None
        return self.allocated / self.capacity


@dataclass(frozen=True)
class Load:
    """What stands on a host."""

    servers: int
    amounts: Mapping[str, Amount]   # by the names of SIZES


@dataclass(frozen=True)
class HostChange:
    """A host at two moments."""

    name: str
    zone: str | None
    before: Load
    after: Load

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def is_emptied(self) -> bool:
        return self.before.servers > 0 and self.after.servers == 0

    @property
    def size(self) -> float:
        """How much of the host changes hands, as a share of it."""
        return max(abs((self.after.amounts[name].share or 0.0) - (self.before.amounts[name].share or 0.0))
                   for name in SIZES)


@dataclass(frozen=True)
class Hosts:
    """All hosts of a plan; `most` is the largest figure of each of SIZES, for pictures at one scale."""

    changed: Sequence[HostChange]
    unchanged: Sequence[HostChange]
    most: Mapping[str, float]


def hosts_of(before: Iterable[Row], after: Iterable[Row]) -> Hosts:
    """Of rows of the API: the largest changes first, the unchanged by name."""
    later = {row['node']: _load(row) for row in after}
    hosts = [HostChange(row['node'], row.get('zone'), _load(row), later[row['node']])
             for row in before if row['node'] in later]
    changed = sorted((host for host in hosts if host.is_changed), key=lambda host: (-host.size, host.name))
    unchanged = sorted((host for host in hosts if not host.is_changed), key=lambda host: host.name)
    return Hosts(changed, unchanged, {name: _most(hosts, name) for name in SIZES})


def _load(row: Row) -> Load:
    return Load(row['servers'], {name: _amount(row.get(name) or {}) for name in SIZES})


def _amount(row: Row) -> Amount:
    return Amount(row.get('capacity'), row.get('allocated'), row.get('used'))


def _most(hosts: Iterable[HostChange], name: str) -> float:
    """Also of what is allocated: more may be than there is room for."""
    moments = [load.amounts[name] for host in hosts for load in (host.before, host.after)]
    return max((figure for amount in moments for figure in (amount.capacity, amount.allocated, amount.used)
                if figure is not None), default=0.0)
