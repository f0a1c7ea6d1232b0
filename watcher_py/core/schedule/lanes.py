# SPDX-License-Identifier: Apache-2.0
"""How many moves go on at once: each takes a lane on both its nodes, and one of all."""

import math

from watcher_py.core.pace import Pace


class Lanes:
    """The lanes of N nodes that are free."""

    def __init__(self, pace: Pace, nodes: int):
        self.free = [pace.per_node] * nodes
        self.in_all: float = math.inf if pace.in_all is None else pace.in_all

    def take(self, source: int, target: int) -> None:
        self.in_all -= 1
        self.free[source] -= 1
        self.free[target] -= 1

    def give(self, source: int, target: int) -> None:
        self.in_all += 1
        self.free[source] += 1
        self.free[target] += 1
