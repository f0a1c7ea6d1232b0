# SPDX-License-Identifier: Apache-2.0
"""Hypervisors, their services, aggregates and resource providers as the columns of Nodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watcher_py.cloud.compute_rows import HostAggregate, Hypervisor, ServiceNow
from watcher_py.cloud.placement_rows import Inventory, Provider
from watcher_py.core.cluster import RESOURCES, Bools, Floats, Nodes
from watcher_py.core.errors import Unavailable
from watcher_py.engine.collector.picture import Picture

BAREMETAL = 'ironic'
NO_ZONE = 'nova'                # Nova's name for hosts in no availability zone
NOTHING = Inventory(total=0, reserved=0, allocation_ratio=1)


@dataclass(frozen=True)
class Host:
    """A hypervisor, and what is known to belong to it."""

    hypervisor: Hypervisor
    service: ServiceNow | None
    provider: Provider | None

    def inventory(self, resource: str) -> Inventory:
        return self.provider.inventories.get(resource, NOTHING) if self.provider else NOTHING


def is_compute_node(hypervisor: Hypervisor) -> bool:
    """Whether it is a place for servers to share, no bare metal."""
    return hypervisor.type.lower() != BAREMETAL


def hosts_of(picture: Picture) -> list[Host]:
    """Where servers may stand, in an order of their own; Unavailable when not even that is known."""
    if picture.hypervisors.missing and not picture.hypervisors.rows:
        raise Unavailable(f'nothing is known of the cloud: {picture.hypervisors.missing}')
    hypervisors = {one.uuid: one for one in picture.hypervisors.rows if is_compute_node(one)}
    services = {service.host: service for service in picture.services.rows}
    providers = {provider.uuid: provider for provider in picture.providers.rows}
    return [Host(one, services.get(one.host), providers.get(one.uuid))
            for one in sorted(hypervisors.values(), key=lambda one: (one.name, one.uuid))]


def nodes_of(hosts: Sequence[Host], aggregates: Sequence[HostAggregate]) -> Nodes:
    """The columns, as if all were known in whole."""
    of_aggregates = {host: aggregate.metadata['availability_zone'] for aggregate in aggregates
                     if 'availability_zone' in aggregate.metadata for host in aggregate.hosts}
    hypervisors, services = [host.hypervisor for host in hosts], [host.service for host in hosts]
    zones = [(service and service.zone) or of_aggregates.get(one.host, NO_ZONE)
             for one, service in zip(hypervisors, services, strict=True)]
    have = [[host.inventory(resource) for resource in RESOURCES] for host in hosts]
    count = len(hypervisors)
    return Nodes(
        uuid=tuple(one.uuid for one in hypervisors),
        name=tuple(one.host or one.name for one in hypervisors),
        hypervisor=tuple(one.name for one in hypervisors),
        zone=tuple(zones), generation=('',) * count,
        enabled=_flags([service is not None and service.enabled for service in services]),
        up=_flags([service is not None and service.up for service in services]),
        known=np.ones(count, dtype=bool),
        disabled_reason=tuple(service.disabled_reason if service else None for service in services),
        total=_amounts([[one.total for one in row] for row in have]),
        reserved=_amounts([[one.reserved for one in row] for row in have]),
        ratio=_amounts([[one.allocation_ratio for one in row] for row in have]),
        held=np.zeros((count, len(RESOURCES))),
        traits=tuple(host.provider.traits if host.provider else frozenset() for host in hosts),
        hypervisor_type=tuple(one.type for one in hypervisors),
        hypervisor_version=np.array([np.nan if one.version is None else one.version for one in hypervisors],
                                    dtype=float),
        cpu=tuple(one.cpu for one in hypervisors), providers=((),) * count, cells=((),) * count,
        closed_to=(frozenset(),) * count,
        idle_watts=np.full(count, np.nan), max_watts=np.full(count, np.nan))


def offered(hosts: Sequence[Host]) -> Bools:
    """[N, R] Whether servers take the resource from the node itself, not from a shared provider."""
    rows = [[host.provider is None or resource in host.provider.inventories for resource in RESOURCES]
            for host in hosts]
    return np.array(rows, dtype=bool).reshape(len(rows), len(RESOURCES))


def _amounts(rows: Sequence[Sequence[float]]) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(RESOURCES))


def _flags(values: Sequence[bool]) -> Bools:
    return np.array(values, dtype=bool)
