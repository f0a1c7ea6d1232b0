# SPDX-License-Identifier: Apache-2.0
"""Where everything stands at one moment of a draft: what waits, what runs, what is over."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Set

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.schedule.draft import Step, Task
from watcher_py.core.schedule.lanes import Lanes
from watcher_py.core.schedule.rooms import Needs, Rooms

# Ends that are closer together than this are one moment: seconds.
TOGETHER = 1e-6


class Moment:
    """Moves are started one by one, then time passes until the next of them ends."""

    def __init__(self, task: Task, urgency: Mapping[int, float]):
        moves, nodes = task.moves, len(task.problem.room)
        ends, seconds = moves.ends()
        self.server, self.seconds = moves.server.tolist(), moves.seconds.tolist()
        # Where a server is now and where its move ends; a parked one has another source than at first.
        self.source, self.target = moves.source.tolist(), moves.target.tolist()
        self.needs: list[Needs] = [
            [(dimension, amount) for dimension, amount in enumerate(row) if amount > 0]
            for row in moves.demand.tolist()]
        self.urgency = [urgency.get(move, 0.0) for move in range(len(moves))]
        self.rooms, self.lanes = Rooms(task.problem), Lanes(task.pace, nodes)
        self.work: list[float] = np.bincount(ends, weights=seconds, minlength=nodes).tolist()     # to start
        self.coming: Floats = np.zeros_like(task.problem.room)      # [N, D] what is still to arrive
        np.add.at(self.coming, moves.target, moves.demand)
        self.waiting: list[dict[int, None]] = [{} for _ in range(nodes)]    # moves, at both their nodes
        self.awake: list[tuple[float, int]] = []    # a heap of (-work, node): where something may start
        self.marked: defaultdict[int, list[int]] = defaultdict(list)        # moves to be parked, by node
        self.running: list[tuple[float, int]] = []  # a heap of (end, step)
        self.steps: list[Step] = []
        self._demand, self._now = moves.demand, 0.0
        self._queue: set[int] = set()               # all moves that wait
        self._parked: set[int] = set()              # moves that made their detour or are at it
        self._just_ended: set[int] = set()          # steps
        self._left_lane: dict[int, int] = {}        # the last of them on a node
        self._arrival: dict[int, int] = {}          # the step that brought a server where it is
        self._next = {before: move for move, before in moves.earlier().items()}
        for move in sorted(set(range(len(moves))).difference(self._next.values())):
            self._wait(move)

    @property
    def ended(self) -> int:
        """How many steps are over."""
        return len(self.steps) - len(self.running)

    def has_lane(self, move: int) -> bool:
        return self.lanes.in_all > 0 and self.lanes.free[self.source[move]] > 0

    def can_start(self, move: int) -> bool:
        """Whether there is room on its target; lanes are asked before."""
        return self.rooms.fits(self.server[move], self.needs[move], self.target[move])

    def start(self, move: int) -> None:
        self._leave_queue(move)
        self._begin(move, self.source[move], self.target[move])
        self.coming[self.target[move]] -= self._demand[move]

    def park(self, move: int, node: int) -> None:
        """Start the first leg of a detour: to the node, whence the server goes on when it can.

        It waits for what ended last, for only then was the detour found to be needed.
        """
        self._leave_queue(move)
        self._parked.add(move)
        self.work[node] += 2 * self.seconds[move]
        after = {max(self._just_ended)} if self._just_ended else set()
        self._begin(move, self.source[move], node, after, is_parking=True)

    def mark(self, move: int) -> None:
        """Have it parked as soon as its node has a lane free."""
        self.marked[self.source[move]].append(move)

    def may_park(self, move: int) -> bool:
        """Once is enough."""
        return move in self._queue and move not in self._parked

    def pass_time(self) -> None:
        """Until the next steps end; those that end at the same moment end together."""
        self._just_ended, self._left_lane = set(), {}
        moment = self.running[0][0] + TOGETHER
        while self.running and self.running[0][0] <= moment:
            self._now, step = heapq.heappop(self.running)
            self._end(step)

    def all_waiting(self) -> Ints:
        """Moves that could start as far as their servers are concerned, in their order."""
        return np.array(sorted(self._queue), dtype=np.int64)

    def left(self) -> list[int]:
        """Moves that are neither over nor running."""
        begun = {step.move for step in self.steps if not step.is_parking}
        return [move for move in range(len(self.server)) if move not in begun]

    def _wait(self, move: int) -> None:
        self._queue.add(move)
        for node in (self.source[move], self.target[move]):
            self.waiting[node][move] = None
            heapq.heappush(self.awake, (-self.work[node] - self.urgency[move], node))

    def _leave_queue(self, move: int) -> None:
        self._queue.remove(move)
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
        made_room = [step for step in parents if step in self._just_ended]
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
            heapq.heappush(self.awake, (-self.work[node], node))
        if step.is_parking:
            self.source[move] = step.target
            self._wait(move)
        elif move in self._next:
            self._wait(self._next[move])
