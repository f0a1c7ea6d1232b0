# SPDX-License-Identifier: Apache-2.0
"""Server groups: which bind at all, and where a hard affinity leaves its members."""

from collections import Counter

from watcher_py.core.cluster import Cluster, Group, Policy


def groups_of(cluster: Cluster, *policies: Policy) -> tuple[Group, ...]:
    """The groups of these policies that have anybody to keep together or apart."""
    return tuple(group for group in cluster.groups
                 if group.policy in policies and len(group.members) > 1)


def affinity_homes(cluster: Cluster, stuck: list[str]) -> dict[int, int]:
    """The only node that a stray member of an affinity group may move to; the others become stuck.

    Nova lets a member move only to where another member stands, so a group that stands together
    can't move at all.
    """
    homes: dict[int, int] = {}
    for group in groups_of(cluster, Policy.AFFINITY):
        at = cluster.servers.node[group.members].tolist()
        counts = Counter(at)
        home = min(counts, key=lambda node: (-counts[node], node))
        for row, node in zip(group.members.tolist(), at, strict=True):
            if node == home:
                stuck[row] = stuck[row] or f'affinity group {group.name or group.uuid} keeps it in place'
            elif homes.setdefault(row, home) != home:
                stuck[row] = stuck[row] or 'its affinity groups stand on different nodes'
    return homes
