# SPDX-License-Identifier: Apache-2.0
"""How many moves go on at once: each takes a lane on both its nodes, and one of all."""

import math

from watcher_py.core.pace import Pace
from watcher_py.core.schedule.rooms import ONE, Room


class Lanes:
    """The lanes of N nodes that are free."""

    def __init__(self, pace: Pace, nodes: int, are_kept: bool):
        """`are_kept`: the plan itself keeps to the lanes, by waits, however many an applier would allow."""
        self.free = [pace.per_node] * nodes
        self.in_all: float = math.inf if pace.in_all is None else pace.in_all
        self._kept: list[Room] = [Room([float(pace.per_node)]) for _ in range(nodes)] if are_kept else []
        self._kept_in_all = [Room([self.in_all])] if are_kept else []

    def take(self, source: int, target: int) -> set[int]:
        """The steps that have to end before."""
        self.in_all -= 1
        self.free[source] -= 1
        self.free[target] -= 1
        return {giver for room in self._rooms(source, target) for giver in room.take(ONE)}

    def give(self, source: int, target: int, step: int) -> None:
        self.in_all += 1
        self.free[source] += 1
        self.free[target] += 1
        for room in self._rooms(source, target):
            room.give(ONE, step)

    def _rooms(self, source: int, target: int) -> list[Room]:
        return [self._kept[source], self._kept[target], *self._kept_in_all] if self._kept else []
