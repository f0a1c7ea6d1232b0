# SPDX-License-Identifier: Apache-2.0
"""What rules are broken in a cluster as it stands: of groups, of servers out of place, of full nodes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from watcher_py.core.cluster import Cluster, Group, Policy
from watcher_py.core.explain.explanation import counted
from watcher_py.core.explain.forbidden import why_forbidden
from watcher_py.core.rules import misplaced
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solve.faults import Faults, faults_of

# To find the rule that a server breaks takes a while: it is done for so many that are different.
EXPLAINED = 50
# Of the hosts of an affinity group, so many are named.
NAMED = 4


class Kind(StrEnum):
    ANTI_AFFINITY = 'anti-affinity'
    AFFINITY = 'affinity'
    PLACEMENT = 'placement'
    CAPACITY = 'capacity'


@dataclass(frozen=True)
class Violation:
    """One rule that is broken, by these servers on these nodes (rows); by all that stand there if by none."""

    kind: Kind
    what: str                       # name of the group, the server or the node
    servers: tuple[int, ...]
    nodes: tuple[int, ...]
    sentence: str


def violations_of(snapshot: Snapshot) -> list[Violation]:
    """Those of groups first; what stands on nodes that were not read in whole is not judged."""
    cluster = snapshot.cluster
    faults = faults_of(snapshot.problem, misplaced(cluster), cluster.servers.node)
    parted = [group for group in cluster.groups
              if group.policy is Policy.AFFINITY and not is_kept(cluster, group)]
    return [*_crowds(cluster, faults), *(_parted(cluster, group) for group in parted),
            *_misplaced(snapshot, faults, parted), *_beyond(snapshot, faults)]


def is_kept(cluster: Cluster, group: Group) -> bool:
    """Whether its members stand as the group wants it, be it a rule or a wish."""
    _, counts = np.unique(cluster.servers.node[group.members], return_counts=True)
    if group.policy in (Policy.AFFINITY, Policy.SOFT_AFFINITY):
        return len(counts) <= 1
    return bool((counts <= group.limit).all())


def _crowds(cluster: Cluster, faults: Faults) -> Iterator[Violation]:
    for crowd in faults.crowds:
        name, node = crowd.group.name or crowd.group.uuid, cluster.nodes.name[crowd.node]
        yield Violation(
            Kind.ANTI_AFFINITY, name, tuple(crowd.members.tolist()), (crowd.node,),
            f'{len(crowd.members)} members of anti-affinity group {name} stand on {node}, '
            f'where {crowd.group.limit} may')


def _parted(cluster: Cluster, group: Group) -> Violation:
    name, nodes = group.name or group.uuid, np.unique(cluster.servers.node[group.members]).tolist()
    named = ', '.join(cluster.nodes.name[node] for node in nodes[:NAMED])
    return Violation(
        Kind.AFFINITY, name, tuple(group.members.tolist()), tuple(nodes),
        f'affinity group {name} stands on {counted(len(nodes), "host")}, not on one: {named}'
        + (', ...' if len(nodes) > NAMED else ''))


def _misplaced(snapshot: Snapshot, faults: Faults, parted: list[Group]) -> Iterator[Violation]:
    """Servers that their groups do not tell of already."""
    cluster, class_of = snapshot.cluster, snapshot.problem.rules.class_of
    told = {row for group in parted for row in group.members.tolist()}
    why: dict[tuple[int, int], str] = {}
    for row in faults.misplaced.tolist():
        node = int(cluster.servers.node[row])
        if row in told or not cluster.nodes.known[node]:
            continue
        alike = int(class_of[row]), node
        if alike not in why and len(why) < EXPLAINED:
            why[alike] = why_forbidden(cluster, row, node)
        server, host, reason = cluster.servers.name[row], cluster.nodes.name[node], why.get(alike)
        yield Violation(Kind.PLACEMENT, server, (row,), (node,),
                        f'{server} may not stand on {host}' + (f': {reason}' if reason else ''))


def _beyond(snapshot: Snapshot, faults: Faults) -> Iterator[Violation]:
    cluster = snapshot.cluster
    used, room = cluster.used(), cluster.capacity()
    for node in np.flatnonzero(faults.beyond.any(axis=1) & cluster.nodes.known).tolist():
        name = cluster.nodes.name[node]
        amounts = ' and '.join(f'{used[node, column]:g} {cluster.resources[column]} of {room[node, column]:g}'
                               for column in np.flatnonzero(faults.beyond[node]).tolist())
        yield Violation(Kind.CAPACITY, name, (), (node,), f'{name} has given out {amounts}')
