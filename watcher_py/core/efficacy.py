# SPDX-License-Identifier: Apache-2.0
"""What all plans are measured by, the same way when they are made and when they have been carried out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from watcher_py.core.changes import Parameters
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, Cluster, Ints
from watcher_py.core.difference import movers
from watcher_py.core.goals import Goal
from watcher_py.core.pace import Pace
from watcher_py.core.rules import is_live
from watcher_py.core.snapshot import Snapshot

# How long a server stands still at the end of a live migration: what libvirt allows it, unless it is told
# otherwise.
LIVE_PAUSE = 0.5            # seconds
MIB_IN_GB = 1024 * 1024 / 1e9


@dataclass(frozen=True)
class Deed:
    """An action that was carried out, or is going to be."""

    action_type: str
    parameters: Parameters
    seconds: float = 0.0            # how long it took, or is likely to take


@dataclass(frozen=True)
class Done:
    """All that a plan did, or promises to do."""

    deeds: tuple[Deed, ...] = ()

    def of(self, action_type: str) -> list[Deed]:
        return [deed for deed in self.deeds if deed.action_type == action_type]

    def moved(self) -> set[str]:
        """The servers that migrated, by uuid: one that was parked on its way counts once."""
        return {deed.parameters.get('resource_id', '') for deed in self.of('migrate')}


def of_all(goal: Goal, before: Snapshot, done: Done) -> dict[str, float]:
    """Those of the goal's indicators that ask for nothing but what was done, whatever the strategy."""
    declared = {indicator.name for indicator in goal.indicators}
    values = {'actions_count': len(done.deeds), **of_moves(before, done)}
    return {name: value for name, value in values.items() if name in declared}


def of_moves(before: Snapshot, done: Done) -> dict[str, float]:
    """How many servers migrated, how much memory went with them, and how long they stood still together."""
    servers = before.cluster.servers
    memory: Mapping[str, float] = dict(zip(servers.uuid, servers.demand[:, MEMORY_MB].tolist(), strict=True))
    migrations = done.of('migrate')
    return _told(len(done.moved()),
                 [memory.get(deed.parameters.get('resource_id', ''), 0.0) for deed in migrations],
                 [LIVE_PAUSE if deed.parameters.get('migration_type') == 'live' else deed.seconds
                  for deed in migrations])


def of_placement(cluster: Cluster, node: Ints, pace: Pace) -> dict[str, float]:
    """The same of the moves that bring servers to these nodes [S]."""
    rows = movers(cluster, node)
    demand = cluster.servers.demand[rows]
    live = np.array([is_live(cluster.servers, row) for row in rows.tolist()], dtype=bool)
    seconds = pace.seconds(demand[:, MEMORY_MB], demand[:, DISK_GB], live)
    return _told(len(rows), demand[:, MEMORY_MB].tolist(), np.where(live, LIVE_PAUSE, seconds).tolist())


def _told(servers: int, memory: Iterable[float], still: Iterable[float]) -> dict[str, float]:
    """`memory` in MiB and `still` in seconds, of each migration."""
    return {'instance_migrations_count': servers, 'moved_gb': round(sum(memory) * MIB_IN_GB, 3),
            'downtime_s': round(sum(still), 1)}
