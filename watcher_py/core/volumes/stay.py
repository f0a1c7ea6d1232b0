# SPDX-License-Identifier: Apache-2.0
"""Why a volume stays in its pool, whatever other pool would take it: as Cinder sees it."""

import numpy as np

from watcher_py.core.cluster import Cluster, Ints, Servers
from watcher_py.core.columns import NO_ROW
from watcher_py.core.reasons import Reasons
from watcher_py.core.rules.stay import IDLE

# Cinder's words for a volume that isn't on its way, and for those that it moves.
LIES_STILL = (None, '', 'none', 'success', 'error')
MOVABLE = ('available', 'in-use')
# Nova exchanges the volume under a server in these states only.
SWAPPABLE = ('active', 'paused')


def reasons(cluster: Cluster, rows: Ints) -> list[str]:
    """[rows] The first reason why each of these volumes stays, '' for one that may move."""
    found = Reasons(len(rows))
    if not len(rows):
        return found.texts
    _add_of_pools(cluster, rows, found)
    _add_of_volumes(cluster, rows, found)
    _add_of_users(cluster, rows.tolist(), found)
    return found.texts


def _add_of_pools(cluster: Cluster, rows: Ints, found: Reasons) -> None:
    volumes, pools = cluster.storage.volumes, cluster.storage.pools
    pool = volumes.pool[rows]
    found.where(volumes.excluded[rows], lambda _: "the audit's scope excludes it")
    found.where(pool == NO_ROW, lambda _: 'in which pool it lies is not known')
    found.where(~np.append(pools.known, True)[pool],
                lambda place: f'{pools.name[pool[place]]} could not be read in whole')
    found.where(~np.append(pools.up, True)[pool],
                lambda place: f'the volume service of {pools.name[pool[place]]} is down')


def _add_of_volumes(cluster: Cluster, rows: Ints, found: Reasons) -> None:
    volumes = cluster.storage.volumes
    size, snapshots = volumes.size[rows], volumes.snapshots[rows]
    journey, status = ([names[row] for row in rows.tolist()]
                       for names in (volumes.migration_status, volumes.status))
    found.where(~(volumes.known[rows] & (size > 0)), lambda _: 'its size is not known')
    found.unless(journey, LIES_STILL, lambda place: f'it is on its way: {journey[place]}')
    found.unless(status, MOVABLE, lambda place: f'Cinder moves no volume that is {status[place]}')
    found.where(np.isnan(snapshots), lambda _: 'whether it has snapshots is not known')
    found.where(snapshots != 0, lambda _: 'Cinder moves no volume that has snapshots')


def _add_of_users(cluster: Cluster, rows: list[int], found: Reasons) -> None:
    """What of the server that uses it keeps it; of one that isn't in the scope nothing is known."""
    volumes = cluster.storage.volumes
    users = [volumes.attached_to[row] for row in rows]
    held = _held(cluster.servers)
    found.unless(list(map(len, users)), (0, 1), lambda _: 'it is attached to several servers')
    found.of((place for place, servers in enumerate(users)
              if not servers and volumes.status[rows[place]] == 'in-use'),
             lambda _: 'it is in use, and by whom is not known')
    if held:
        found.of((place for place, servers in enumerate(users) if servers and servers[0] in held),
                 lambda place: f'it is attached to {held[users[place][0]]}')


def _held(servers: Servers) -> dict[str, str]:
    """The servers under which no volume is exchanged, by uuid: each with why."""
    found = Reasons(len(servers))
    found.where(servers.locked, lambda _: 'is locked')
    found.where(servers.excluded, lambda _: "the audit's scope excludes")
    found.unless(servers.task_state, IDLE, lambda row: f'is busy: {servers.task_state[row]}')
    found.unless(servers.state, SWAPPABLE, lambda row: (
        f'is {servers.state[row]}; Nova exchanges volumes under running servers only'))
    return {servers.uuid[row]: f'{servers.name[row] or servers.uuid[row]}, which {why}'
            for row, why in enumerate(found.texts) if why}
