# SPDX-License-Identifier: Apache-2.0
"""How much may be moved at most, whatever is gained by it; and the account of what is moved."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Group
from watcher_py.core.problem import SLACK, Problem


@dataclass(frozen=True)
class Limits:
    """Caps on a plan; a server counts once, however often it was tried elsewhere."""

    servers: float = math.inf       # servers that move
    memory: float = math.inf        # MiB of their memory
    per_node: float = math.inf      # servers that leave or reach one node
    per_group: float = math.inf     # members of one server group that move


NO_LIMITS = Limits()


class MoveAccount:
    """What a trial placement moves, kept up to date move by move."""

    def __init__(self, problem: Problem, groups: Iterable[Group], limits: Limits):
        self.limits = limits
        self.servers, self.memory = 0, 0.0
        # Lists: one server at a time is noted, thousands of times.
        self._home, self._memory = problem.node.tolist(), problem.demand[:, MEMORY_MB].tolist()
        self._by_node = np.zeros(len(problem.room), dtype=np.int64)
        self._is_by_node = math.isfinite(limits.per_node)
        self._everywhere: Bools = np.ones(len(problem.room), dtype=bool)
        self._by_group: dict[str, int] = {}
        self._groups: dict[int, list[str]] = {}
        if math.isfinite(limits.per_group):
            for group in groups:
                for row in group.members.tolist():
                    self._groups.setdefault(row, []).append(group.uuid)

    def allows(self, server: int, now: int) -> Bools:
        """[N] The nodes to which a server that stands on `now` may go within the limits; read only."""
        home = self._home[server]
        if now == home and self._is_beyond(server, home):
            allowed = np.zeros(len(self._by_node), dtype=bool)
        elif self._is_by_node:
            allowed = self._by_node < self.limits.per_node
        else:
            return self._everywhere
        allowed[[home, now]] = True
        return allowed

    def _is_beyond(self, server: int, home: int) -> bool:
        """Whether a limit keeps a server that is at home from leaving, wherever it would go."""
        limits = self.limits
        return bool(self.servers + 1 > limits.servers
                    or self.memory + self._memory[server] > limits.memory + SLACK
                    or self._by_node[home] + 1 > limits.per_node
                    or any(self._by_group.get(group, 0) + 1 > limits.per_group
                           for group in self._groups.get(server, ())))

    def note(self, server: int, old: int, new: int) -> None:
        """A server went from one node to another."""
        home = self._home[server]
        step = (new != home) - (old != home)
        if step:
            self.servers += step
            self.memory += step * self._memory[server]
        if self._is_by_node:
            self._by_node[old] -= old != home
            self._by_node[new] += new != home
            self._by_node[home] += step
        for group in self._groups.get(server, ()) if self._groups else ():
            self._by_group[group] = self._by_group.get(group, 0) + step
