# SPDX-License-Identifier: Apache-2.0
"""Where everything stands at one moment of a draft: what waits, what runs, what is over."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Set

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.columns import sums_of
from watcher_py.core.problem import SLACK
from watcher_py.core.schedule.draft import Step, Task
from watcher_py.core.schedule.lanes import Lanes
from watcher_py.core.schedule.rooms import Needs, Rooms

# Ends that are closer together than this are one moment: seconds.
TOGETHER = 1e-6
# More seconds of work than any node has.
FIRST = 1e7


class Moment:
    """Moves are started one by one, then time passes until the next of them ends."""

    def __init__(self, task: Task, urgency: Mapping[int, float]):
        moves, nodes = task.moves, len(task.problem.room)
        ends, seconds = moves.ends()
        self.server, self.seconds = moves.server.tolist(), moves.seconds.tolist()
        # Where a server is now and where its move ends; a parked one has another source than at first.
        self.source, self.target = moves.source.tolist(), moves.target.tolist()
        self.needs = _needs_of(moves.demand)
        self.rooms, self.lanes = Rooms(task.problem), Lanes(task.pace, nodes)
        # What a move counts besides the work of its nodes; those that make scarce room before all others.
        self._scarce: list[bool] = _scarce(task).tolist()
        self.urgency = [urgency.get(move, 0.0) for move in range(len(moves))]
        self.weight = [urgent + lasts + FIRST * self._scarce[source] for urgent, lasts, source in zip(
            self.urgency, self.seconds, self.source, strict=True)]
        # Who finds room whenever it starts need not ask for it, unless somebody is parked on its target.
        self._sure: Bools = np.array([not (self._scarce[target] or self.rooms.is_grouped(server))
                                      for server, target in zip(self.server, self.target, strict=True)], bool)
        self._is_sure: list[bool] = self._sure.tolist()
        self._parked_on: set[int] = set()           # nodes
        self.work: list[float] = np.bincount(ends, weights=seconds, minlength=nodes).tolist()     # to start
        # By node, moves that wait there, at both their nodes: each with the other one.
        self.waiting: list[dict[int, int]] = [{} for _ in range(nodes)]
        self.marked: defaultdict[int, list[int]] = defaultdict(list)        # moves to be parked, by node
        self.running: list[tuple[float, int]] = []  # a heap of (end, step)
        self.steps: list[Step] = []
        self._moves, self._now = moves, 0.0
        self._coming = sums_of(moves.demand, moves.target, nodes)
        self._came: list[int] = []                  # moves that started since that was counted
        self._waits: Bools = np.zeros(len(moves), dtype=bool)
        self._parked: set[int] = set()              # moves that made their detour or are at it
        self._just_ended: set[int] = set()          # steps
        self._left_lane: dict[int, int] = {}        # the last of them on a node
        self._arrival: dict[int, int] = {}          # the step that brought a server where it is
        self._next = {before: move for move, before in moves.earlier().items()}
        for move in sorted(set(range(len(moves))).difference(self._next.values())):
            self._queue(move)
        # A heap of (-work, node): where something may start.
        self.awake: list[tuple[float, int]] = [
            (-self.work[node] - max(map(self.urgency.__getitem__, waiting)), node)
            for node, waiting in enumerate(self.waiting) if waiting]
        heapq.heapify(self.awake)

    @property
    def ended(self) -> int:
        """How many steps are over."""
        return len(self.steps) - len(self.running)

    @property
    def coming(self) -> Floats:
        """[N, D] What is still to arrive."""
        came, moves = self._came, self._moves
        self._coming -= sums_of(moves.demand[came], moves.target[came], len(self._coming))
        self._came = []
        return self._coming

    def has_lane(self, move: int) -> bool:
        return self.lanes.in_all > 0 and self.lanes.free[self.source[move]] > 0

    def can_start(self, move: int) -> bool:
        """Whether there is room on its target; lanes are asked before."""
        target = self.target[move]
        if self._is_sure[move] and target not in self._parked_on:
            return True
        return self.rooms.fits(self.server[move], self.needs[move], target)

    def start(self, move: int) -> None:
        self._leave_queue(move)
        self._begin(move, self.source[move], self.target[move])
        self._came.append(move)

    def park(self, move: int, node: int) -> None:
        """Start the first leg of a detour: to the node, whence the server goes on when it can.

        It waits for what ended last, for only then was the detour found to be needed.
        """
        self._leave_queue(move)
        self._parked.add(move)
        self._parked_on.add(node)
        self.work[node] += 2 * self.seconds[move]
        after = {max(self._just_ended)} if self._just_ended else set()
        self._begin(move, self.source[move], node, after, is_parking=True)

    def mark(self, move: int) -> None:
        """Have it parked as soon as its node has a lane free."""
        self.marked[self.source[move]].append(move)

    def may_park(self, move: int) -> bool:
        """Once is enough."""
        return bool(self._waits[move]) and move not in self._parked

    def pass_time(self) -> None:
        """Until the next steps end; those that end at the same moment end together."""
        self._just_ended, self._left_lane = set(), {}
        moment = self.running[0][0] + TOGETHER
        while self.running and self.running[0][0] <= moment:
            self._now, step = heapq.heappop(self.running)
            self._end(step)

    def all_waiting(self) -> Ints:
        """Moves that could start as far as their servers are concerned, in their order."""
        return np.flatnonzero(self._waits)

    def sources(self) -> Ints:
        """[M] Where the servers are, or set out for their target from."""
        sources = self._moves.source.copy()
        for move in self._parked:
            sources[move] = self.source[move]
        return sources

    def is_sure(self, moves: Ints) -> Bools:
        """Whether each of the moves finds room whenever it starts."""
        sure, targets = self._sure[moves], self._moves.target[moves]
        return sure & ~np.isin(targets, list(self._parked_on)) if self._parked_on else sure

    def left(self) -> list[int]:
        """Moves that are neither over nor running."""
        begun = {step.move for step in self.steps if not step.is_parking}
        return [move for move in range(len(self.server)) if move not in begun]

    def _queue(self, move: int) -> None:
        source, target = self.source[move], self.target[move]
        self._waits[move] = True
        self.waiting[source][move], self.waiting[target][move] = target, source

    def _wait(self, move: int) -> None:
        self._queue(move)
        for node in (self.source[move], self.target[move]):
            heapq.heappush(self.awake, (-self.work[node] - self.urgency[move], node))

    def _leave_queue(self, move: int) -> None:
        self._waits[move] = False
        del self.waiting[self.source[move]][move], self.waiting[self.target[move]][move]

    def _begin(self, move: int, source: int, target: int, after: Set[int] = frozenset(),
               is_parking: bool = False) -> None:
        server, seconds = self.server[move], self.seconds[move]
        parents = self.rooms.take(server, self.needs[move], target) | after
        self.lanes.take(source, target)
        if server in self._arrival:
            parents.add(self._arrival[server])
        self.work[source] -= seconds
        self.work[target] -= seconds
        heapq.heappush(self.running, (self._now + seconds, len(self.steps)))
        self.steps.append(Step(move, source, target, self._now, seconds, frozenset(parents),
                               self._cause(parents, source, target), is_parking))

    def _cause(self, parents: set[int], source: int, target: int) -> int | None:
        """What has just ended and let a move start: its departure made room, or else it left a lane."""
        made_room = parents & self._just_ended
        return min(made_room) if made_room else self._left_lane.get(target, self._left_lane.get(source))

    def _end(self, number: int) -> None:
        step = self.steps[number]
        move, server = step.move, self.server[step.move]
        self._just_ended.add(number)
        self._arrival[server] = number
        self.rooms.give(server, self.needs[move], step.source, number)
        self.lanes.give(step.source, step.target)
        for node in (step.source, step.target):
            self._left_lane[node] = number
            if self.waiting[node]:
                heapq.heappush(self.awake, (-self.work[node], node))
        if step.is_parking:
            self.source[move] = step.target
            self.weight[move] = self.urgency[move] + step.seconds + FIRST * self._scarce[step.target]
            self._wait(move)
        elif move in self._next:
            self._wait(self._next[move])


def _needs_of(demand: Floats) -> list[Needs]:
    """[M] What each move takes of the room, for demands [M, D]."""
    known: dict[tuple[float, ...], Needs] = {}
    needs = []
    for row in map(tuple, demand.tolist()):
        if row not in known:
            known[row] = [(dimension, amount) for dimension, amount in enumerate(row) if amount > 0]
        needs.append(known[row])
    return needs


def _scarce(task: Task) -> Bools:
    """[N] The nodes whose arrivals need room that departures have to make."""
    free = task.problem.room - task.problem.used(task.problem.node)
    coming = sums_of(task.moves.demand, task.moves.target, len(free))
    return np.asarray(((coming > free + SLACK) & (coming > 0)).any(axis=1))
