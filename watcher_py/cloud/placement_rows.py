# SPDX-License-Identifier: Apache-2.0
"""What Placement says, as frozen rows: the one place that knows the keys of its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.cloud.json_values import named
from watcher_py.cloud.listing import listing

Json = Mapping[str, Any]
Inventories = Mapping[str, 'Inventory']


@dataclass(frozen=True, slots=True)
class Inventory:
    """Of one resource class; (total - reserved) * allocation_ratio can be allocated."""

    total: float
    reserved: float
    allocation_ratio: float
    min_unit: int = 1
    max_unit: int | None = None
    step_size: int = 1

    @property
    def capacity(self) -> int:
        """As Placement counts it."""
        return int((self.total - self.reserved) * self.allocation_ratio)


@dataclass(frozen=True, slots=True)
class Provider:
    """A resource provider, read whole; `children` are all that are nested in a root one."""

    uuid: str
    name: str
    inventories: Inventories
    usages: Mapping[str, float]
    traits: frozenset[str]
    children: tuple['Provider', ...] = ()
    generation: int | None = None       # the same one: the same inventories and traits, maybe other usages
    is_exact: bool = True               # False: capacities are true, but not what they are made of


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider of the list of all."""

    uuid: str
    name: str
    generation: int
    root: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What allocation candidates say of a provider: by resource class what can be allocated, and what is."""

    capacities: Mapping[str, int]
    used: Mapping[str, float]
    traits: frozenset[str]


def listed(row: Json) -> Listed:
    return Listed(named(row['uuid']), named(row['name']), int(row['generation']),
                  named(row['root_provider_uuid']))


def inventories(rows: Mapping[str, Json]) -> Inventories:
    return {name: _inventory(row) for name, row in rows.items()}


def _inventory(row: Json) -> Inventory:
    found = Inventory(row['total'], row['reserved'], row['allocation_ratio'], int(row['min_unit']),
                      int(row['max_unit']), int(row['step_size']))
    if found.capacity < 0:      # or no number at all, then that is raised
        raise ValueError('more is reserved than there is')
    return found


def usages(rows: Mapping[str, Any]) -> Mapping[str, float]:
    return {name: int(used) for name, used in rows.items()}


def allocated(told: Mapping[str, Any]) -> Mapping[str, int] | None:
    """By class, as long as each comes from one provider: no single question could ask for it otherwise."""
    found: dict[str, int] = {}
    for row in told.values():
        for name, amount in row['resources'].items():
            if name in found:
                return None
            found[named(name)] = int(amount)
    return found


def summaries(told: Mapping[str, Any], of: set[str]) -> dict[str, Summary]:
    """Those that are told and can be understood, by uuid of the provider."""
    kept: dict[frozenset[str], frozenset[str]] = {}     # thousands have the same hundred traits

    def read(uuid: str) -> tuple[str, Summary]:
        resources, traits = told[uuid]['resources'].items(), frozenset(told[uuid]['traits'])
        return uuid, Summary({name: int(row['capacity']) for name, row in resources},
                             {name: int(row['used']) for name, row in resources},
                             kept.setdefault(traits, traits))

    return dict(listing('summaries', of & told.keys(), read).rows)
