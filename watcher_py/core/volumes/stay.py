# SPDX-License-Identifier: Apache-2.0
"""Why a volume stays in its pool, whatever other pool would take it: as Cinder sees it."""

import numpy as np

from watcher_py.core.cluster import Cluster, Servers
from watcher_py.core.columns import NO_ROW
from watcher_py.core.reasons import Reasons

# Cinder's words for a volume that isn't on its way, and for those that it moves.
LIES_STILL = (None, '', 'none', 'success', 'error')
MOVABLE = ('available', 'in-use')
# Nova exchanges the volume under a server in these states only.
SWAPPABLE = ('active', 'paused')


def reasons(cluster: Cluster) -> list[str]:
    """[V] The first reason why each volume stays, '' for one that may move."""
    found = Reasons(len(cluster.storage.volumes))
    _add_of_pools(cluster, found)
    _add_of_volumes(cluster, found)
    _add_of_users(cluster, found)
    return found.texts


def _add_of_pools(cluster: Cluster, found: Reasons) -> None:
    volumes, pools = cluster.storage.volumes, cluster.storage.pools
    pool = volumes.pool
    found.where(volumes.excluded, lambda _: "the audit's scope excludes it")
    found.where(pool == NO_ROW, lambda _: 'in which pool it lies is not known')
    found.where(~np.append(pools.known, True)[pool],
                lambda row: f'{pools.name[pool[row]]} could not be read in whole')
    found.where(~np.append(pools.up, True)[pool],
                lambda row: f'the volume service of {pools.name[pool[row]]} is down')


def _add_of_volumes(cluster: Cluster, found: Reasons) -> None:
    volumes = cluster.storage.volumes
    found.where(~(volumes.known & (volumes.size > 0)), lambda _: 'its size is not known')
    found.of((row for row, status in enumerate(volumes.migration_status) if status not in LIES_STILL),
             lambda row: f'it is on its way: {volumes.migration_status[row]}')
    found.of((row for row, status in enumerate(volumes.status) if status not in MOVABLE),
             lambda row: f'Cinder moves no volume that is {volumes.status[row]}')
    found.where(np.isnan(volumes.snapshots), lambda _: 'whether it has snapshots is not known')
    found.where(volumes.snapshots != 0, lambda _: 'Cinder moves no volume that has snapshots')


def _add_of_users(cluster: Cluster, found: Reasons) -> None:
    """What of the server that uses it keeps it; of one that isn't in the scope nothing is known."""
    volumes, held = cluster.storage.volumes, _held(cluster.servers)
    found.of((row for row, users in enumerate(volumes.attached_to) if len(users) > 1),
             lambda _: 'it is attached to several servers')
    found.of((row for row, status in enumerate(volumes.status)
              if status == 'in-use' and not volumes.attached_to[row]),
             lambda _: 'it is in use, and by whom is not known')
    found.of((row for row, users in enumerate(volumes.attached_to) if users and users[0] in held),
             lambda row: f'it is attached to {held[volumes.attached_to[row][0]]}')


def _held(servers: Servers) -> dict[str, str]:
    """The servers under which no volume is exchanged, by uuid: each with why."""
    found = Reasons(len(servers))
    found.where(servers.locked, lambda _: 'is locked')
    found.where(servers.excluded, lambda _: "the audit's scope excludes")
    found.of((row for row, task in enumerate(servers.task_state) if task),
             lambda row: f'is busy: {servers.task_state[row]}')
    found.of((row for row, state in enumerate(servers.state) if state not in SWAPPABLE),
             lambda row: f'is {servers.state[row]}; Nova exchanges volumes under running servers only')
    return {servers.uuid[row]: f'{servers.name[row] or servers.uuid[row]}, which {why}'
            for row, why in enumerate(found.texts) if why}
