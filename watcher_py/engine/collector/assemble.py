# SPDX-License-Identifier: Apache-2.0
"""The lists of the cloud become a Cluster that tells the truth, and says what it doesn't know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from watcher_py.cloud.compute_rows import HostAggregate, ServerGroup
from watcher_py.core.cluster import RESOURCES, Aggregate, Cluster, Group, Nodes, Policy
from watcher_py.engine.collector.assemble_nodes import hosts_of, nodes_of, offered
from watcher_py.engine.collector.assemble_servers import in_flight, placed, servers_of
from watcher_py.engine.collector.further import counted
from watcher_py.engine.collector.picture import Picture
from watcher_py.engine.collector.truth import truth

POLICIES = frozenset(Policy)


@dataclass(frozen=True, eq=False)
class Collected:
    """The cloud as it is known, and a sentence for each part of it that could not be read."""

    cluster: Cluster
    gaps: tuple[str, ...] = ()
    frozen: Mapping[str, str] = field(default_factory=dict)     # uuid of a node that isn't known -> why
    read_at: float | None = None        # when the last reading began, seconds since the epoch; None: unknown


def assemble(picture: Picture) -> Collected:
    """What the lists describe together; hosts of which a part is missing are there, and frozen.

    Unavailable when not even the hosts are known.
    """
    hosts = hosts_of(picture)
    nodes = nodes_of(hosts, picture.aggregates.rows)
    servers, rows = placed(picture.servers.rows, [host.hypervisor for host in hosts])
    cluster, surplus = counted(Cluster(nodes, servers_of(servers, rows, offered(hosts))),
                               [host.provider for host in hosts])
    doubts = truth(picture, hosts, cluster, servers, surplus)
    held = cluster.nodes.held.copy()
    held[:, :len(RESOURCES)] = np.maximum(held[:, :len(RESOURCES)],
                                          in_flight(cluster, servers, picture.migrations.rows))
    uuid_rows = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    return Collected(replace(
        cluster, nodes=replace(cluster.nodes, held=held, known=doubts.known),
        groups=tuple(_group(group, uuid_rows) for group in picture.groups.rows if group.policy in POLICIES),
        aggregates=_aggregates(picture.aggregates.rows, nodes)), tuple(doubts.gaps),
        {nodes.uuid[row]: why for row, why in doubts.why.items()})


def _group(group: ServerGroup, uuid_rows: Mapping[str, int]) -> Group:
    members = sorted(uuid_rows[uuid] for uuid in set(group.members) if uuid in uuid_rows)
    return Group(group.uuid, group.name, Policy(group.policy), np.array(members, dtype=np.int64), group.limit)


def _aggregates(aggregates: Sequence[HostAggregate], nodes: Nodes) -> tuple[Aggregate, ...]:
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(nodes.name):
        rows_of.setdefault(name, []).append(row)
    found = ((one, sorted(row for host in set(one.hosts) for row in rows_of.get(host, ())))
             for one in aggregates)
    return tuple(Aggregate(one.name, np.array(rows, dtype=np.int64), one.metadata, one.id)
                 for one, rows in found)
