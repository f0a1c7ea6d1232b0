# SPDX-License-Identifier: Apache-2.0
"""Room on nodes while servers move: how much there is, and whose departure has made it.

What an arrival takes is free from the start, or was given back by departures that have ended. It
takes the oldest first and waits for those that gave it: whatever order keeps to these waits keeps
within the room, because no piece of it is given to two. Places that an anti-affinity group has on
a node are room as well.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Sequence

from watcher_py.core.cluster import Floats
from watcher_py.core.problem import SLACK, Problem

# What is taken of a room: its dimensions, each with an amount above 0.
Needs = Sequence[tuple[int, float]]
ONE: Needs = ((0, 1.0),)


class Room:
    """Room of one place; a step is whatever takes it and gives it back."""

    def __init__(self, free: list[float]):
        self.free = free                    # all there is now, by dimension; below 0 where overcommitted
        self._own = list(free)              # of it, what was free from the start and is not yet taken
        self._given: defaultdict[int, deque[tuple[int, float]]] = defaultdict(deque)
        # Departures that only pay back what was overcommitted: every arrival waits for them.
        self._paid: defaultdict[int, list[int]] = defaultdict(list)

    def fits(self, needs: Needs) -> bool:
        free = self.free
        for dimension, amount in needs:  # noqa: SIM110 - the hottest loop there is: half a generator's time
            if free[dimension] + SLACK < amount:
                return False
        return True

    def take(self, needs: Needs) -> set[int]:
        """Take what fits; the steps that have to end before."""
        givers: set[int] = set()
        for dimension, amount in needs:
            self.free[dimension] -= amount
            if self._paid:
                givers.update(self._paid.get(dimension, ()))
            own = self._own[dimension]
            if own >= amount:
                self._own[dimension] = own - amount
            else:
                if own > 0:
                    self._own[dimension] = 0.0
                    amount -= own
                self._take_given(dimension, amount, givers)
        return givers

    def give(self, needs: Needs, step: int) -> None:
        """A step that has ended leaves this room."""
        for dimension, amount in needs:
            self.free[dimension] += amount
            if self._own[dimension] < 0:
                debt = min(-self._own[dimension], amount)
                self._own[dimension] += debt
                self._paid[dimension].append(step)
                amount -= debt
            if amount > 0:
                self._given[dimension].append((step, amount))

    def _take_given(self, dimension: int, amount: float, givers: set[int]) -> None:
        given = self._given[dimension]
        while amount > SLACK and given:
            step, left = given.popleft()
            givers.add(step)
            if left > amount:
                given.appendleft((step, left - amount))
            amount -= left


class Rooms:
    """All the rooms that the servers of one problem fill."""

    def __init__(self, problem: Problem):
        self._node = problem.node
        self._free: Floats = problem.room - problem.used(problem.node)
        self._asked: dict[int, Room] = {}       # those that were asked about, by node
        # By node, what came and went since somebody asked: its needs, and the step that left, if any.
        self._unposted: defaultdict[int, list[tuple[Needs, int | None]]] = defaultdict(list)
        self._changed: set[int] = set()         # nodes whose rows of `_free` are of an earlier moment
        self._groups: dict[int, list[int]] = {}
        for number, group in enumerate(problem.rules.apart):
            for row in group.members.tolist():
                self._groups.setdefault(row, []).append(number)
        self._apart = problem.rules.apart
        self._places: dict[tuple[int, int], Room] = {}

    @property
    def free(self) -> Floats:
        """[N, D] Now; read only."""
        for node in list(self._unposted):
            self._at(node)
        for node in self._changed:
            self._free[node] = self._asked[node].free
        self._changed.clear()
        return self._free

    @property
    def grouped(self) -> Collection[int]:
        """The servers of which a group says where they find room."""
        return self._groups.keys()

    def fits(self, server: int, needs: Needs, node: int) -> bool:
        return self._at(node).fits(needs) and (server not in self._groups or all(
            self._place(group, node).fits(ONE) for group in self._groups[server]))

    def take(self, server: int, needs: Needs, node: int) -> set[int]:
        givers = self._at(node).take(needs)
        self._changed.add(node)
        for group in self._groups.get(server, ()):
            givers |= self._place(group, node).take(ONE)
        return givers

    def take_own(self, needs: Needs, node: int) -> None:
        """Take what was free from the start, for a server that no group has a say in: nobody had to leave."""
        self._unposted[node].append((needs, None))

    def give(self, server: int, needs: Needs, node: int, step: int) -> None:
        self._unposted[node].append((needs, step))
        for group in self._groups.get(server, ()):
            self._place(group, node).give(ONE, step)

    def _at(self, node: int) -> Room:
        room = self._asked.get(node)
        if room is None:
            room = self._asked[node] = Room(self._free[node].tolist())
        if node in self._unposted:
            self._changed.add(node)
            for needs, step in self._unposted.pop(node):
                if step is None:
                    room.take(needs)
                else:
                    room.give(needs, step)
        return room

    def _place(self, group: int, node: int) -> Room:
        key = group, node
        if key not in self._places:
            members = self._apart[group].members
            standing = int((self._node[members] == node).sum())
            self._places[key] = Room([float(self._apart[group].limit - standing)])
        return self._places[key]
