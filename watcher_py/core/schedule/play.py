# SPDX-License-Identifier: Apache-2.0
"""Draw up one schedule by playing the moves through: what can start, starts; then time passes.

List scheduling over events (Graham 1969), with a move holding a lane and its room on both its nodes.
Moves off nodes whose arrivals need the room come first, then long moves and those that touch the node
with the most work left: a long one that starts last ends late. Moves that wait for each other in a
circle are found while others still run, and one of them makes a detour over a third node at once:
waiting until nothing else runs would cost the time.
"""

import heapq
from collections.abc import Mapping

from watcher_py.core.schedule.draft import Draft, Task
from watcher_py.core.schedule.moment import Moment
from watcher_py.core.schedule.parking import break_circles, park_marked

# Circles are looked for so often in a draft, and whenever nothing can start.
LOOKS = 40


def draw(task: Task, urgency: Mapping[int, float]) -> Draft:
    """`urgency` of a move counts as so many seconds of work on its nodes."""
    moment = Moment(task, urgency)
    pause = max(1, len(task.moves) // LOOKS)
    next_look = 0
    while True:
        _start_what_can(moment, task)
        if not moment.running or moment.ended >= next_look:
            next_look = moment.ended + pause
            if break_circles(moment, task):
                continue
        if not moment.running:
            return Draft(moment.steps, moment.left())
        moment.pass_time()


def _start_what_can(moment: Moment, task: Task) -> None:
    awake, lanes = moment.awake, moment.lanes
    while awake and lanes.in_all > 0:
        node = awake[0][1]
        if node in moment.marked and lanes.free[node]:
            park_marked(moment, task, node)
            if lanes.in_all <= 0:
                return
        move = _best_at(moment, node) if lanes.free[node] else None
        if move is None:
            heapq.heappop(awake)
        else:
            moment.start(move)


def _best_at(moment: Moment, node: int) -> int | None:
    """The first by rank of the moves from or to the node that can start now."""
    best, best_rank = None, -1.0
    lanes, work, weight, is_sure = moment.lanes.free, moment.work, moment.weight, moment.is_sure
    for move, other in moment.waiting[node].items():
        if lanes[other]:
            rank = work[other] + weight[move]
            if rank > best_rank and (is_sure[move] or moment.can_start(move)):
                best, best_rank = move, rank
    return best
