# SPDX-License-Identifier: Apache-2.0
"""The part of a cluster that an audit may touch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core.cluster import Cluster, Servers
from watcher_py.core.columns import Bools, renumbered, rows_of
from watcher_py.core.machines import Machines
from watcher_py.core.scope_rules import ACCEPTED, EVERY, Rules, read
from watcher_py.core.scope_storage import narrow_storage


def check(scope: Any) -> None:
    """Invalid, with the place of the first fault, when this is not a scope that may be asked for."""
    read(scope, ACCEPTED)


def narrow(cluster: Cluster, scope: Any) -> Cluster:
    """The cluster without what is out of scope; excluded servers stay, flagged, for they take room."""
    rules = read(scope)
    kept = _included(cluster, rules) & ~_excluded_nodes(cluster, rules)
    excluded = cluster.servers.excluded | _excluded_servers(cluster.servers, rules)
    return _only(replace(cluster, servers=replace(cluster.servers, excluded=excluded),
                         storage=narrow_storage(cluster.storage, rules),
                         machines=_listed_machines(cluster.machines, rules)), kept)


def _included(cluster: Cluster, rules: Rules) -> Bools:
    """[N] The nodes of the listed aggregates and zones together; all where none is listed."""
    aggregates, zones = 'compute.host_aggregates', 'compute.availability_zones'
    if not rules.mentions(aggregates) and not rules.mentions(zones):
        return np.ones(len(cluster.nodes), dtype=bool)
    return _in_aggregates(cluster, rules, aggregates) | _named(cluster.nodes.zone, rules, zones)


def _excluded_nodes(cluster: Cluster, rules: Rules) -> Bools:
    nodes, place = cluster.nodes, 'compute.exclude.compute_nodes'
    names = rules.named(place, 'name')
    by_name = [name in names or hypervisor in names
               for name, hypervisor in zip(nodes.name, nodes.hypervisor, strict=True)]
    return np.array(by_name, dtype=bool) | _in_aggregates(cluster, rules, 'compute.exclude.host_aggregates')


def _excluded_servers(servers: Servers, rules: Rules) -> Bools:
    uuids = rules.named('compute.exclude.instances', 'uuid')
    projects = rules.named('compute.exclude.projects', 'uuid')
    marks = rules.entries('compute.exclude.instance_metadata')
    return np.array([uuid in uuids or project in projects or _is_marked(metadata, marks)
                     for uuid, project, metadata in zip(servers.uuid, servers.project, servers.metadata,
                                                        strict=True)], dtype=bool)


def _is_marked(metadata: Any, marks: Sequence[Any]) -> bool:
    """Watcher's reading: all of the keys are there, and one of them has its value, in whatever case."""
    pairs = [pair for mark in marks for pair in mark.items()]
    return (bool(pairs) and all(key in metadata for key, _ in pairs)
            and any(str(metadata[key]).lower() == str(value).lower() for key, value in pairs))


def _in_aggregates(cluster: Cluster, rules: Rules, place: str) -> Bools:
    ids, names = rules.named(place, 'id'), rules.named(place, 'name')
    found = np.zeros(len(cluster.nodes), dtype=bool)
    for aggregate in cluster.aggregates:
        if EVERY in ids | names or aggregate.id in ids or aggregate.name in names:
            found[aggregate.nodes] = True
    return found


def _named(zones: tuple[str, ...], rules: Rules, place: str) -> Bools:
    names = rules.named(place, 'name')
    return np.array([EVERY in names or zone in names for zone in zones], dtype=bool)


def _listed_machines(machines: Machines, rules: Rules) -> Machines:
    """The machines but for the excluded ones."""
    uuids = rules.named('baremetal.exclude.ironic_nodes', 'uuid')
    return rows_of(machines, np.flatnonzero([uuid not in uuids for uuid in machines.uuid]))


def _only(cluster: Cluster, kept: Bools) -> Cluster:
    """The cluster of these nodes and what stands on them; groups and aggregates of what is left."""
    standing = kept[cluster.servers.node]
    servers = rows_of(cluster.servers, np.flatnonzero(standing))
    return replace(
        cluster, nodes=rows_of(cluster.nodes, np.flatnonzero(kept)),
        servers=replace(servers, node=renumbered(servers.node, kept)),
        groups=tuple(replace(group, members=renumbered(group.members, standing)) for group in cluster.groups),
        aggregates=tuple(replace(aggregate, nodes=renumbered(aggregate.nodes, kept))
                         for aggregate in cluster.aggregates),
        machines=_machines_of(cluster.machines, kept))


def _machines_of(machines: Machines, kept: Bools) -> Machines:
    """The machines of these nodes, and those that are no node's."""
    staying = rows_of(machines, np.flatnonzero(np.append(kept, True)[machines.node]))
    return replace(staying, node=renumbered(staying.node, kept))
