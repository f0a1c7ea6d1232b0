# SPDX-License-Identifier: Apache-2.0
"""A detour over a third node for a server that others wait for, while its own target has no room yet."""

import numpy as np

from watcher_py.core.cluster import Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK
from watcher_py.core.schedule.circles import in_circles, may_be_in_circles
from watcher_py.core.schedule.draft import Task
from watcher_py.core.schedule.moment import Moment

# Detours that are tried in vain before the others are left for the next look.
TRIES = 50


def break_circles(moment: Moment, task: Task) -> bool:
    """Start the detours that let the others move; whether any starts.

    While something runs: one in each circle, marked for later where its node has no lane free. When
    nothing does, whatever waits is blocked, by groups or by arrivals that came first, and any
    detour is good enough to go on.
    """
    if not moment.running:
        return _get_going(moment, task)
    return not task.in_turn and _break_one_by_one(moment, task)


def _break_one_by_one(moment: Moment, task: Task) -> bool:
    waiting = moment.all_waiting()
    is_sure, moves, source = moment.are_sure(waiting), task.moves, moment.sources()
    if not len(may_be_in_circles(waiting[~is_sure], source, moves.target, len(task.problem.room))):
        return False
    running = [moment.steps[step] for _, step in moment.running]
    leaving = np.append(waiting[is_sure], np.array([step.move for step in running], dtype=np.int64))
    left = np.append(source[waiting[is_sure]], np.array([step.source for step in running], dtype=np.int64))
    room = moment.rooms.free + sums_of(moves.demand[leaving], left, len(task.problem.room))
    blocked = in_circles(waiting[~is_sure], source, moves.target, moves.demand, room)
    if not len(blocked):
        return False
    still, vain, is_any = set(blocked.tolist()), 0, False
    for move in detours(moment, task, blocked).tolist():
        if move not in still or vain == TRIES:
            continue
        if moment.has_lane(move):
            if not park(moment, task, move):
                vain += 1
                continue
            is_any = True
        else:
            moment.mark(move)
        room[source[move]] += moves.demand[move]
        blocked = in_circles(blocked[blocked != move], source, moves.target, moves.demand, room)
        still = set(blocked.tolist())
    return is_any


def _get_going(moment: Moment, task: Task) -> bool:
    waiting = moment.all_waiting()
    tried: list[int] = detours(moment, task, waiting).tolist()
    if task.in_turn:
        # Once a node is empty its circle is open: what was begun there is gone on with.
        origin = task.moves.source
        begun = {origin[move] for move in waiting.tolist() if moment.source[move] != origin[move]}
        tried.sort(key=lambda move: origin[move] not in begun)
    return any(park(moment, task, move) for move in tried)


def park_marked(moment: Moment, task: Task, node: int) -> None:
    """Now that the node has a lane: start the detours marked there, as far as they are still needed."""
    for move in moment.marked.pop(node):
        if moment.has_lane(move) and moment.may_park(move) and not moment.can_start(move):
            park(moment, task, move)


def detours(moment: Moment, task: Task, blocked: Ints) -> Ints:
    """Blocked moves that a detour may help, in the order in which they should be tried.

    First those that let an arrival in, the shortest before the others.
    """
    moves, work = task.moves, np.array(moment.work)
    blocked = np.array([move for move in blocked.tolist() if moment.may_park(move)], dtype=np.int64)
    sources, targets = moves.source[blocked], moves.target[blocked]
    awaited = np.isin(sources, targets)
    lets_in = np.zeros(len(blocked), dtype=bool)
    for place in np.flatnonzero(awaited).tolist():
        arriving = moves.demand[blocked[targets == sources[place]]]
        room = moment.rooms.free[sources[place]] + moves.demand[blocked[place]]
        lets_in[place] = ((arriving <= room + SLACK) | (arriving == 0)).all(axis=1).any()
    return blocked[np.lexsort((blocked, -work[sources], moves.seconds[blocked], ~lets_in, ~awaited))]


def park(moment: Moment, task: Task, move: int) -> bool:
    """Start a detour, if a third node can take the server now."""
    server, needs = moment.server[move], moment.needs[move]
    node = next((node for node in third_nodes(moment, task, move).tolist()
                 if moment.rooms.fits(server, needs, node)), None)
    if node is not None:
        moment.park(move, node)
    return node is not None


def third_nodes(moment: Moment, task: Task, move: int) -> Ints:
    """The nodes that have room for the server now and may take it, best first; groups are not asked.

    Best is where it is in nobody's way, because there is room for all that is still to come as
    well; then where the least work waits.
    """
    problem, free = task.problem, moment.rooms.free
    rules, server = problem.rules, moment.server[move]
    demand, ends = problem.demand[server], [moment.source[move], moment.target[move]]
    fits = rules.takes[rules.class_of[server]] & task.open_nodes & (np.array(moment.lanes.free) > 0)
    fits &= np.isin(rules.kind, rules.kind[ends])       # or it might not get on from there
    fits[ends] = False
    for dimension in np.flatnonzero(demand).tolist():
        room = np.minimum(free[:, dimension], problem.most[:, dimension])
        fits &= room + SLACK >= demand[dimension]
    nodes = np.flatnonzero(fits)
    lacking = (moment.coming[nodes] + demand - free[nodes]) / np.maximum(problem.room[nodes], SLACK)
    in_the_way = np.maximum(lacking, 0.0).max(axis=1, initial=0.0)
    return nodes[np.lexsort((nodes, np.array(moment.work)[nodes], in_the_way))]
