# SPDX-License-Identifier: Apache-2.0
"""What is told of the room for more servers, size by size, also for when the largest host is lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from watcher_py.core.capacity import Seats, Size, common_sizes, largest_node, seats_of
from watcher_py.core.cluster import Cluster
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.supposition import Supposition, suppose
from watcher_py.engine.present import Look

Row = dict[str, Any]

SIZES = 8                       # the most common ones


def told(look: Look, size: Size | None) -> Row:
    """For this size, or for those that most servers have."""
    snapshot, cluster, problem = look.snapshot, look.snapshot.cluster, look.snapshot.problem
    known = common_sizes(cluster)
    sizes = known[:SIZES] if size is None else [(size, dict(known).get(size, 0))]
    kinds = [each for each, _ in sizes]
    now = seats_of(cluster, problem, problem.room - problem.used(problem.node), kinds)
    loss = _loss(snapshot, kinds)
    return {'taken_at': look.taken_at(), 'gaps': list(look.gaps), 'largest_host': loss.name,
            'unplaced_after_loss': loss.unplaced,
            'sizes': [{'vcpus': each.vcpus, 'memory_mb': each.memory_mb, 'disk_gb': each.disk_gb,
                       'servers': count, **_room(cluster, seats), 'slots_after_loss_of_largest_host': slots}
                      for (each, count), seats, slots in zip(sizes, now, loss.slots, strict=True)]}


@dataclass(frozen=True)
class _Loss:
    """Of the largest node: its name, who finds no other, and how many more servers there is room for then."""

    name: str | None
    unplaced: int | None
    slots: Sequence[int | None]


def _loss(snapshot: Snapshot, sizes: Sequence[Size]) -> _Loss:
    cluster, node = snapshot.cluster, largest_node(snapshot.cluster)
    if node is None:
        return _Loss(None, None, [None] * len(sizes))
    is_lost = np.arange(len(cluster.nodes)) == node
    found = suppose(snapshot, Supposition(is_lost, np.zeros_like(is_lost)))
    seats = seats_of(cluster, snapshot.problem, found.free, sizes)
    return _Loss(cluster.nodes.name[node], len(found.unplaced),
                 [int(each.count[~is_lost].sum()) for each in seats])


def _room(cluster: Cluster, seats: Seats) -> Row:
    """Hosts that take such servers count by what runs out first on them."""
    nodes = cluster.nodes
    by_zone = dict.fromkeys(sorted(set(nodes.zone)), 0)
    for zone, count in zip(nodes.zone, seats.count.tolist(), strict=True):
        by_zone[zone] += count
    limits = Counter(cluster.resources[column] for column in seats.limit[seats.takes].tolist())
    return {'slots': int(seats.count.sum()), 'by_zone': by_zone, 'limited_by': dict(limits.most_common()),
            'closed_hosts': int((~seats.takes).sum())}
