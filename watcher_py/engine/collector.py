# SPDX-License-Identifier: Apache-2.0
"""OpenStack as a Cluster, in a few bulk calls; the newest one is kept, and swapped whole."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import HostAggregate, Hypervisor, Server, ServerGroup, ServiceNow
from watcher_py.cloud.placement import Inventory, Placement, Provider
from watcher_py.core.cluster import (
    RESOURCES,
    VCPU,
    Aggregate,
    Bools,
    Cluster,
    Cpu,
    Floats,
    Group,
    Ints,
    Nodes,
    Policy,
    Servers,
)
from watcher_py.engine.further import with_providers

NO_ZONE = 'nova'                # Nova's name for hosts in no availability zone
BAREMETAL = 'ironic'
NOTHING = Inventory(total=0, reserved=0, allocation_ratio=1)


class Collector:
    """Reads the cloud when asked, and keeps what it read; safe to use from any thread."""

    def __init__(self, compute: Compute, placement: Placement,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._compute = compute
        self._placement = placement
        self._clock = clock
        self._reading = Lock()
        self._kept: tuple[float, Cluster] | None = None

    def newest(self, max_age: float) -> Cluster:
        """The kept cluster, read anew when it is older than `max_age` seconds; one reader at a time."""
        with self._reading:
            started = self._clock()
            if self._kept is None or started - self._kept[0] > max_age:
                self._kept = started, self.collect()
            return self._kept[1]

    def collect(self) -> Cluster:
        """The cloud as it is now; Unavailable or Refused when a list of it can't be read whole."""
        hypervisors = sorted(
            (one for one in self._compute.hypervisors() if one.type.lower() != BAREMETAL),
            key=lambda one: (one.name, one.uuid))
        services = {service.host: service for service in self._compute.services()}
        aggregates = self._compute.aggregates()
        groups = self._compute.server_groups()
        servers = self._compute.servers()
        providers = self._placement.providers({hypervisor.uuid for hypervisor in hypervisors})
        return assemble(hypervisors, services, aggregates, groups, servers, providers)


def assemble(hypervisors: Sequence[Hypervisor], services: Mapping[str, ServiceNow],
             aggregates: Sequence[HostAggregate], groups: Sequence[ServerGroup],
             servers: Sequence[Server], providers: Mapping[str, Provider]) -> Cluster:
    """The Cluster that these lists describe together."""
    nodes = _nodes(hypervisors, services, aggregates, providers)
    placed, rows = _placed(servers, hypervisors)
    cluster = with_providers(Cluster(nodes, _servers(placed, rows, _offered(hypervisors, providers))),
                             [providers.get(one.uuid) for one in hypervisors])
    uuid_rows = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    return replace(
        _accounted(cluster, hypervisors, providers),
        groups=tuple(_group(group, uuid_rows) for group in groups if group.policy in set(Policy)),
        aggregates=tuple(_aggregate(aggregate, nodes) for aggregate in aggregates))


def _nodes(hypervisors: Sequence[Hypervisor], services: Mapping[str, ServiceNow],
           aggregates: Sequence[HostAggregate], providers: Mapping[str, Provider]) -> Nodes:
    of_aggregates = {host: aggregate.metadata['availability_zone'] for aggregate in aggregates
                     if 'availability_zone' in aggregate.metadata for host in aggregate.hosts}
    found = [services.get(one.host) for one in hypervisors]
    zones = [(service and service.zone) or of_aggregates.get(one.host, NO_ZONE)
             for one, service in zip(hypervisors, found, strict=True)]
    have = [[_inventory(providers, one, resource) for resource in RESOURCES] for one in hypervisors]
    return Nodes(
        uuid=tuple(one.uuid for one in hypervisors),
        name=tuple(one.host or one.name for one in hypervisors),
        hypervisor=tuple(one.name for one in hypervisors),
        zone=tuple(zones), generation=('',) * len(hypervisors),
        enabled=_flags([service is not None and service.enabled for service in found]),
        up=_flags([service is not None and service.up for service in found]),
        known=_flags([service is not None and one.uuid in providers
                      for one, service in zip(hypervisors, found, strict=True)]),
        disabled_reason=tuple(service.disabled_reason if service else None for service in found),
        total=_amounts([[one.total for one in row] for row in have]),
        reserved=_amounts([[one.reserved for one in row] for row in have]),
        ratio=_amounts([[one.allocation_ratio for one in row] for row in have]),
        held=np.zeros((len(hypervisors), len(RESOURCES))),
        traits=tuple(providers[one.uuid].traits if one.uuid in providers else frozenset()
                     for one in hypervisors),
        hypervisor_type=tuple(one.type for one in hypervisors),
        hypervisor_version=np.array([np.nan if one.version is None else one.version for one in hypervisors],
                                    dtype=float),
        cpu=(Cpu(),) * len(hypervisors), providers=((),) * len(hypervisors), cells=((),) * len(hypervisors),
        closed_to=(frozenset(),) * len(hypervisors),
        idle_watts=np.full(len(hypervisors), np.nan), max_watts=np.full(len(hypervisors), np.nan))


def _placed(servers: Sequence[Server],
            hypervisors: Sequence[Hypervisor]) -> tuple[list[Server], list[int]]:
    """The servers that stand on one of the nodes, once each, and the rows of their nodes."""
    nodes_on = Counter(one.host for one in hypervisors)
    rows: dict[tuple[str | None, str | None], int] = {}
    for row, one in enumerate(hypervisors):
        rows[one.host, one.name] = row
        if nodes_on[one.host] == 1:         # a server that is being built may not name its hypervisor yet
            rows[one.host, None] = row
    # Of a server that moved while the pages were read, the later word counts.
    latest = {server.uuid: server for server in servers}
    placed = [(latest[uuid], rows.get((latest[uuid].host, latest[uuid].hypervisor)))
              for uuid in sorted(latest)]
    standing = [(server, row) for server, row in placed if row is not None]
    return [server for server, _ in standing], [row for _, row in standing]


def _servers(servers: Sequence[Server], rows: Sequence[int], offered: Bools) -> Servers:
    node: Ints = np.array(rows, dtype=np.int64)
    demand = _amounts([[one.vcpus, one.ram, one.disk] for one in servers])
    return Servers(
        uuid=tuple(one.uuid for one in servers), name=tuple(one.name for one in servers),
        project=tuple(one.project for one in servers), flavor=tuple(one.flavor for one in servers),
        state=tuple(one.vm_state for one in servers), task_state=tuple(one.task_state for one in servers),
        locked=_flags([one.locked for one in servers]), excluded=np.zeros(len(servers), dtype=bool),
        demand=demand * offered[node], node=node,
        pinned_zone=tuple(one.pinned_zone for one in servers),
        created=tuple(one.created for one in servers), moved_at=np.full(len(servers), np.nan),
        metadata=tuple(one.metadata for one in servers),
        extra_specs=tuple(one.extra_specs for one in servers), image=({},) * len(servers))


def _offered(hypervisors: Sequence[Hypervisor], providers: Mapping[str, Provider]) -> Bools:
    """[N, R] Whether servers take the resource from the node itself, not from a shared provider."""
    rows = [[one.uuid not in providers or resource in providers[one.uuid].inventories
             for resource in RESOURCES] for one in hypervisors]
    return np.array(rows, dtype=bool).reshape(len(rows), len(RESOURCES))


def _accounted(cluster: Cluster, hypervisors: Sequence[Hypervisor],
               providers: Mapping[str, Provider]) -> Cluster:
    """Placement's count against the servers': what is over is held, what is missing makes a node unknown."""
    demanded = cluster.used()[:, :len(RESOURCES)]
    known = cluster.nodes.known
    allocated = _amounts([[_usage(providers, one, resource) for resource in RESOURCES]
                          for one in hypervisors])
    held = cluster.nodes.held.copy()
    held[:, :len(RESOURCES)] = np.where(known[:, None], np.maximum(allocated - demanded, 0), 0)
    agrees = allocated[:, VCPU] >= demanded[:, VCPU]
    return replace(cluster, nodes=replace(cluster.nodes, held=held, known=known & agrees))


def _group(group: ServerGroup, uuid_rows: Mapping[str, int]) -> Group:
    members = sorted(uuid_rows[uuid] for uuid in set(group.members) if uuid in uuid_rows)
    return Group(group.uuid, group.name, Policy(group.policy), np.array(members, dtype=np.int64), group.limit)


def _aggregate(aggregate: HostAggregate, nodes: Nodes) -> Aggregate:
    hosts = set(aggregate.hosts)
    rows = [row for row, name in enumerate(nodes.name) if name in hosts]
    return Aggregate(aggregate.name, np.array(rows, dtype=np.int64), aggregate.metadata, aggregate.id)


def _inventory(providers: Mapping[str, Provider], hypervisor: Hypervisor, resource: str) -> Inventory:
    provider = providers.get(hypervisor.uuid)
    return provider.inventories.get(resource, NOTHING) if provider else NOTHING


def _usage(providers: Mapping[str, Provider], hypervisor: Hypervisor, resource: str) -> float:
    provider = providers.get(hypervisor.uuid)
    return provider.usages.get(resource, 0) if provider else 0


def _amounts(rows: Sequence[Sequence[float]]) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(RESOURCES))


def _flags(values: Sequence[bool]) -> Bools:
    return np.array(values, dtype=bool)
