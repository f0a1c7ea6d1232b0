# SPDX-License-Identifier: Apache-2.0
"""Shift single servers from hot nodes to cool ones."""

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.solve.weighing import Weighing

# Of one weighing, moves are made that gain at least this share of what the best one does: what is left
# out may gain more elsewhere once these are made.
_NEAR = 0.5


def shift(weighing: Weighing, hot: Ints, cool: Ints) -> int:
    """Make the moves that gain most, each node in one at most; how many were made."""
    servers, place = weighing.leavers(hot)
    if not len(servers) or not len(cool):
        return 0
    gain = _gains(weighing, servers, hot[place], cool)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    ends = np.append(starts[1:], len(servers))
    sources = hot[place[starts]]
    best = np.maximum.reduceat(gain, starts, axis=0)            # [sources, cool]
    least = max(weighing.aim.least_gain, _NEAR * float(best.max()))
    made = 0
    while not weighing.aim.is_content():
        giver, taker = divmod(int(best.argmax()), len(cool))
        if not best[giver, taker] > least:
            break
        rows = slice(starts[giver], ends[giver])
        row = int(starts[giver] + gain[rows, taker].argmax())
        if weighing.make([(int(servers[row]), int(cool[taker]))]):
            made += 1
            weighing.aim.refresh()
            for met in (sources[giver], cool[taker]):
                best[sources == met] = -np.inf
                best[:, cool == met] = -np.inf
        else:
            gain[row, taker] = -np.inf
            best[giver, taker] = gain[rows, taker].max()
    return made


def _gains(weighing: Weighing, servers: Ints, sources: Ints, cool: Ints) -> Floats:
    """[servers, cool] What each move gains, -inf where it can't be."""
    gain = weighing.aim.gains(weighing.levels.load[:, servers, None], sources[:, None], cool[None, :])
    gain -= weighing.cost(servers)[:, None]
    gain[~weighing.fits(servers, cool)] = -np.inf
    return gain
