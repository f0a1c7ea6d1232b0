# SPDX-License-Identifier: Apache-2.0
"""A snapshot comes to life as a World."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from watcher_py.core import cluster as core
from watcher_py.core.cluster import PCPU, Cluster, Floats, Inventory, Nodes
from watcher_py.core.metrics import Metric
from watcher_py.core.request import Request
from watcher_py.core.snapshot import Snapshot
from watcher_py.sim.clock import Clock, moment_of
from watcher_py.sim.faults import Faults
from watcher_py.sim.first_claims import claim_what_is_held, claim_what_is_taken
from watcher_py.sim.hardware import hardware_of
from watcher_py.sim.ids import derived_id, provider_id
from watcher_py.sim.machine_park import MachinePark, machines_of
from watcher_py.sim.records import (
    DISABLED_TRAIT,
    HALTED,
    OFF,
    Aggregate,
    Amounts,
    Flavor,
    Group,
    Host,
    Provider,
    Server,
)
from watcher_py.sim.storage_world import StorageWorld
from watcher_py.sim.world import World

DEFAULT_ZONE = 'nova'
ZONE_KEY = 'availability_zone'
USUAL_TYPE, USUAL_VERSION = 'QEMU', 8002000


def build(snapshot: Snapshot, clock: Clock, faults: Faults) -> World:
    world = World(clock, faults)
    for host in _hosts(snapshot):
        world.add_host(host)
    groups_of = _add_groups(snapshot.cluster, world)
    for aggregate in _aggregates(snapshot.cluster):
        world.add_aggregate(aggregate)
    claim_what_is_held(snapshot.cluster, world)
    for row, server in enumerate(_servers(snapshot, world, groups_of)):
        world.add_server(server)
        claim_what_is_taken(snapshot.cluster, row, world)
    world.storage = StorageWorld(clock, snapshot.cluster.storage)
    world.machines = MachinePark(machines_of(snapshot.cluster))
    return world


def _hosts(snapshot: Snapshot) -> Iterator[Host]:
    nodes = snapshot.cluster.nodes
    overhead = _overhead(snapshot)
    for row in range(len(nodes)):
        cores, ram = overhead[row]
        yield Host(
            uuid=nodes.uuid[row], number=row + 1, service=derived_id('service', nodes.uuid[row]),
            name=nodes.name[row], hypervisor=nodes.hypervisor[row], zone=nodes.zone[row],
            total=Amounts.of(nodes.total[row]), reserved=Amounts.of(nodes.reserved[row]),
            ratio=(float(nodes.ratio[row, 0]), float(nodes.ratio[row, 1]), float(nodes.ratio[row, 2])),
            traits=nodes.traits[row] - {DISABLED_TRAIT},
            further=_further(nodes.providers[row]), nested=tuple(_nested(nodes, row)),
            type=nodes.hypervisor_type[row] or USUAL_TYPE, cpu=nodes.cpu[row],
            version=int(_known(nodes.hypervisor_version[row]) or USUAL_VERSION),
            enabled=bool(nodes.enabled[row]), up=bool(nodes.up[row]), known=bool(nodes.known[row]),
            disabled_reason=nodes.disabled_reason[row],
            overhead_cores=_known(cores), overhead_ram=_known(ram),
            hardware=hardware_of(snapshot, row))


def _further(providers: Iterable[core.Provider]) -> dict[str, Inventory]:
    """What the host itself has beyond the three sizes."""
    return next((_free(one) for one in providers if not one.name), {})


def _nested(nodes: Nodes, row: int) -> Iterator[Provider]:
    for one in nodes.providers[row]:
        if one.name:
            uuid, name = provider_id(nodes.uuid[row], one.name), f'{nodes.hypervisor[row]}_{one.name}'
            yield Provider(uuid, name, _free(one), one.traits)


def _free(provider: core.Provider) -> dict[str, Inventory]:
    """Somebody has a claim to what is held."""
    return {name: replace(have, held=0.0) for name, have in provider.inventories.items()}


def _overhead(snapshot: Snapshot) -> Floats:
    """[N, 2] Cores and MiB that a host uses besides its servers; NaN where it is not measured."""
    nodes, servers, readings = snapshot.cluster.nodes, snapshot.cluster.servers, snapshot.readings
    rows = len(nodes)
    # A server that is off or halted burns nothing, whatever its reading once was.
    is_on = np.array([state not in OFF for state in servers.state], dtype=float)
    works = np.array([state not in OFF + HALTED for state in servers.state], dtype=float)
    cpu = np.nan_to_num(readings.column(Metric.INSTANCE_CPU, len(servers))) * works
    ram = np.nan_to_num(readings.column(Metric.INSTANCE_RAM, len(servers))) * is_on
    cores = np.bincount(servers.node, cpu / 100 * servers.demand[:, 0], rows)
    used = np.column_stack([readings.column(Metric.HOST_CPU, rows) / 100 * nodes.total[:, 0] - cores,
                            readings.column(Metric.HOST_RAM, rows) - np.bincount(servers.node, ram, rows)])
    return np.maximum(used, 0)


def _add_groups(cluster: Cluster, world: World) -> dict[str, list[str]]:
    """The groups of each server."""
    groups_of: dict[str, list[str]] = defaultdict(list)
    servers = cluster.servers
    for group in cluster.groups:
        members = tuple(servers.uuid[row] for row in group.members)
        world.add_group(Group(
            uuid=group.uuid, name=group.name, policy=group.policy, limit=group.limit, members=members,
            project=servers.project[group.members[0]] if members else ''))
        for member in members:
            groups_of[member].append(group.uuid)
    return groups_of


def _aggregates(cluster: Cluster) -> Iterator[Aggregate]:
    """Those of the document, and one for each zone that none of them makes: in Nova zones are aggregates."""
    nodes = cluster.nodes
    numbers = {aggregate.id for aggregate in cluster.aggregates}
    free = iter(number for number in range(1, len(nodes) + len(numbers) + 2) if number not in numbers)
    taken: set[int] = set()
    made: dict[str, str] = {}
    for aggregate in cluster.aggregates:
        number = aggregate.id if aggregate.id > 0 and aggregate.id not in taken else next(free)
        taken.add(number)
        hosts = tuple(nodes.uuid[row] for row in aggregate.nodes)
        if ZONE_KEY in aggregate.metadata:
            made.update(dict.fromkeys(hosts, aggregate.metadata[ZONE_KEY]))
        yield _aggregate(number, aggregate.name, hosts, dict(aggregate.metadata))
    missing: dict[str, list[str]] = defaultdict(list)
    for host, zone in zip(nodes.uuid, nodes.zone, strict=True):
        if zone != DEFAULT_ZONE and host not in made:
            missing[zone].append(host)
    for zone, members in missing.items():
        yield _aggregate(next(free), zone, tuple(members), {ZONE_KEY: zone})


def _aggregate(number: int, name: str, hosts: tuple[str, ...], metadata: dict[str, str]) -> Aggregate:
    return Aggregate(number=number, uuid=derived_id('aggregate', number, name), name=name, hosts=hosts,
                     metadata=metadata)


def _servers(snapshot: Snapshot, world: World, groups_of: dict[str, list[str]]) -> Iterator[Server]:
    servers, nodes = snapshot.cluster.servers, snapshot.cluster.nodes
    cpu = snapshot.readings.column(Metric.INSTANCE_CPU, len(servers))
    ram = snapshot.readings.column(Metric.INSTANCE_RAM, len(servers))
    cache = snapshot.readings.column(Metric.INSTANCE_L3_CACHE, len(servers))
    quiet = snapshot.readings.earlier_column(Metric.INSTANCE_L3_CACHE, len(servers))
    steal = snapshot.readings.column(Metric.INSTANCE_CPU_STEAL, len(servers))
    company = _company(snapshot.cluster, cpu)
    for row in range(len(servers)):
        created = moment_of(servers.created[row]) if servers.created[row] else world.started
        groups = tuple(groups_of.get(servers.uuid[row], ()))
        yield Server(
            uuid=servers.uuid[row], name=servers.name[row], project=servers.project[row],
            flavor=_flavor(world, servers.flavor[row], _flavor_sizes(snapshot.cluster, row),
                           dict(servers.extra_specs[row])),
            host=nodes.uuid[servers.node[row]], vm_state=servers.state[row],
            task_state=servers.task_state[row], locked_by='admin' if servers.locked[row] else None,
            pinned_zone=servers.pinned_zone[row], created=created, updated=created,
            metadata=dict(servers.metadata[row]), hints={'group': groups[0]} if groups else {},
            groups=groups, image=dict(servers.image[row]), cpu_util=_known(cpu[row]),
            ram_used=_known(ram[row]), quiet_cache=_known(quiet[row]), cache=_known(cache[row]),
            steal=_known(steal[row]), company=float(company[row]))


def _company(cluster: Cluster, cpu: Floats) -> Floats:
    """[S] Cores that the others on its host use."""
    servers = cluster.servers
    works = np.array([state not in OFF + HALTED for state in servers.state], dtype=float)
    cores = np.nan_to_num(cpu) * works / 100 * servers.demand[:, 0]
    return np.asarray(np.bincount(servers.node, cores, len(cluster.nodes))[servers.node] - cores)


def _flavor(world: World, name: str, sizes: Amounts, extra_specs: dict[str, str]) -> Flavor:
    """The flavor of this name, size and specs; a document has no list of them."""
    name = name or 'c{}-r{}-d{}'.format(*sizes)
    key = derived_id('flavor', name, sizes, sorted(extra_specs.items()))
    return world.flavors.setdefault(key, Flavor(id=key, name=name, sizes=sizes, extra_specs=extra_specs))


def _flavor_sizes(cluster: Cluster, row: int) -> Amounts:
    """The CPUs that it has for itself are in its flavor among the others."""
    servers = cluster.servers
    sizes = Amounts.of(servers.demand[row])
    specs = servers.extra_specs[row]
    if (not specs and not servers.image[row]) or PCPU not in cluster.resources:
        return sizes
    request = Request(specs, servers.image[row])
    if not request.is_dedicated or PCPU in request.further:
        return sizes
    own = round(float(servers.demand[row, cluster.resources.index(PCPU)]) - request.emulator_cpus)
    return sizes._replace(vcpus=sizes.vcpus + max(own, 0))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
