# SPDX-License-Identifier: Apache-2.0
"""Where everything stands at one moment of a draft: what waits, what runs, what is over."""

import heapq
from collections import defaultdict
from collections.abc import Mapping

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
        is_scarce = _scarce(task)
        self._scarce: list[bool] = is_scarce.tolist()
        self.urgency = [urgency.get(move, 0.0) for move in range(len(moves))]
        self.weight = [urgent + lasts + FIRST * self._scarce[source] for urgent, lasts, source in zip(
            self.urgency, self.seconds, self.source, strict=True)]
        # Who finds room whenever it starts, and need not ask: single ones are looked at, or all at once.
        self.is_sure = bytearray(~is_scarce[moves.target])
        self._sure: Bools = np.frombuffer(self.is_sure, dtype=bool)
        self._sure[[server in self.rooms.grouped for server in self.server]] = False
        self.work: list[float] = np.bincount(ends, weights=seconds, minlength=nodes).tolist()     # to start
        # By node, moves that wait there, at both their nodes: each with the other one.
        self.waiting: list[dict[int, int]] = [{} for _ in range(nodes)]
        self.marked: defaultdict[int, list[int]] = defaultdict(list)        # moves to be parked, by node
        self.running: list[tuple[float, int]] = []  # a heap of (end, step)
        self.steps: list[Step] = []
        self._moves, self._now = moves, 0.0
        self._coming = sums_of(moves.demand, moves.target, nodes)
        self._came: list[int] = []                  # moves that started since that was counted
        self._is_waiting = bytearray(len(moves))
        self._parked: set[int] = set()              # moves that made their detour or are at it
        self._just_ended: set[int] = set()          # steps
        self._left_lane: dict[int, int] = {}        # the last of them on a node
        self._arrival: dict[int, int] = {}          # the step that brought a server where it goes on from
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
        return bool(self.is_sure[move]) or self.rooms.fits(
            self.server[move], self.needs[move], self.target[move])

    def start(self, move: int) -> None:
        target, needs = self.target[move], self.needs[move]
        parents = set[int]()
        if self.is_sure[move]:
            self.rooms.take_own(needs, target)
        else:
            parents = self.rooms.take(self.server[move], needs, target)
        self._begin(move, target, parents)
        self._came.append(move)

    def park(self, move: int, node: int) -> None:
        """Start the first leg of a detour: to the node, whence the server goes on when it can.

        It waits for what ended last, for only then was the detour found to be needed.
        """
        self._parked.add(move)
        # Whoever was sure of room there reckoned with nobody else.
        self._sure[self._moves.target == node] = False
        self.work[node] += 2 * self.seconds[move]
        parents = self.rooms.take(self.server[move], self.needs[move], node)
        if self._just_ended:
            parents.add(max(self._just_ended))
        self._begin(move, node, parents, is_parking=True)

    def mark(self, move: int) -> None:
        """Have it parked as soon as its node has a lane free."""
        self.marked[self.source[move]].append(move)

    def may_park(self, move: int) -> bool:
        """Once is enough."""
        return bool(self._is_waiting[move]) and move not in self._parked

    def pass_time(self) -> None:
        """Until the next steps end; those that end at the same moment end together."""
        self._just_ended, self._left_lane = set(), {}
        moment = self.running[0][0] + TOGETHER
        while self.running and self.running[0][0] <= moment:
            self._now, step = heapq.heappop(self.running)
            self._end(step)

    def all_waiting(self) -> Ints:
        """Moves that could start as far as their servers are concerned, in their order."""
        return np.flatnonzero(np.frombuffer(self._is_waiting, dtype=bool))

    def sources(self) -> Ints:
        """[M] Where the servers are, or set out for their target from."""
        sources = self._moves.source.copy()
        for move in self._parked:
            sources[move] = self.source[move]
        return sources

    def are_sure(self, moves: Ints) -> Bools:
        """Whether each of the moves finds room whenever it starts."""
        return self._sure[moves]

    def left(self) -> list[int]:
        """Moves that are neither over nor running."""
        begun = {step.move for step in self.steps if not step.is_parking}
        return [move for move in range(len(self.server)) if move not in begun]

    def _queue(self, move: int) -> None:
        source, target = self.source[move], self.target[move]
        self._is_waiting[move] = True
        self.waiting[source][move], self.waiting[target][move] = target, source

    def _wait(self, move: int) -> None:
        self._queue(move)
        for node in (self.source[move], self.target[move]):
            heapq.heappush(self.awake, (-self.work[node] - self.urgency[move], node))

    def _begin(self, move: int, node: int, parents: set[int], is_parking: bool = False) -> None:
        """It leaves the queue and sets out for the node, where room is taken for it."""
        server, seconds, source = self.server[move], self.seconds[move], self.source[move]
        self._is_waiting[move] = False
        del self.waiting[source][move], self.waiting[self.target[move]][move]
        self.lanes.take(source, node)
        self.work[source] -= seconds
        self.work[node] -= seconds
        if server in self._arrival:
            parents.add(self._arrival[server])
        heapq.heappush(self.running, (self._now + seconds, len(self.steps)))
        self.steps.append(Step(move, source, node, self._now, seconds, frozenset(parents),
                               self._cause(parents, source, node), is_parking))

    def _cause(self, parents: set[int], source: int, target: int) -> int | None:
        """What has just ended and let a move start: its departure made room, or else it left a lane."""
        made_room = parents & self._just_ended if parents else parents
        return min(made_room) if made_room else self._left_lane.get(target, self._left_lane.get(source))

    def _end(self, number: int) -> None:
        step = self.steps[number]
        move, source, target = step.move, step.source, step.target
        self._just_ended.add(number)
        self.rooms.give(self.server[move], self.needs[move], source, number)
        self.lanes.give(source, target)
        self._left_lane[source] = self._left_lane[target] = number
        for node in (source, target):
            if self.waiting[node]:
                heapq.heappush(self.awake, (-self.work[node], node))
        if step.is_parking:
            self.source[move] = target
            self.weight[move] = self.urgency[move] + step.seconds + FIRST * self._scarce[target]
            self._go_on(move, number)
        elif move in self._next:
            self._go_on(self._next[move], number)

    def _go_on(self, move: int, arrival: int) -> None:
        """A server waits to move again, from where this step has brought it."""
        self._arrival[self.server[move]] = arrival
        self._wait(move)


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
