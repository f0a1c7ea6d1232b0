# SPDX-License-Identifier: Apache-2.0
"""Storage as a plan will leave it."""

from dataclasses import replace

import numpy as np

from watcher_py.core.changes import MoveVolume
from watcher_py.core.schedule import Plan
from watcher_py.core.storage import Storage
from watcher_py.core.volumes.levels import share_written


def storage_after(storage: Storage, plan: Plan) -> Storage:
    moves = {action.change.volume: action.change for action in plan.actions
             if isinstance(action.change, MoveVolume)}
    pools, volumes = storage.pools, storage.volumes
    rows = {name: row for row, name in enumerate(pools.name)}
    pool, types = volumes.pool.copy(), list(volumes.type)
    gone, come = np.zeros(len(pools)), np.zeros(len(pools))
    for row, move in ((row, moves[uuid]) for row, uuid in enumerate(volumes.uuid) if uuid in moves):
        size, target = float(np.nan_to_num(volumes.size[row])), rows[move.target]
        gone[pool[row]] += size
        come[target] += size
        pool[row], types[row] = target, move.target_type or types[row]
    freed = np.where(gone > 0, gone * share_written(pools), 0.0)
    return replace(
        storage, volumes=replace(volumes, pool=pool, type=tuple(types)),
        pools=replace(pools, free=pools.free + freed - come, provisioned=pools.provisioned - gone + come,
                      allocated=pools.allocated - gone + come))
