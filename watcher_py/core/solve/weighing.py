# SPDX-License-Identifier: Apache-2.0
"""What a balance is weighed by: who may leave a node, where there is room, what a change gains and costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.deviation import Deviation
from watcher_py.core.solve.levels import Levels
from watcher_py.core.solve.peak import Peak
from watcher_py.core.whatif import WhatIf

_MIB_A_GIB = 1024


@dataclass(frozen=True, eq=False)
class Weighing:
    """A trial, the levels of its nodes, what is aimed at, and what a GiB moved has to gain."""

    trial: WhatIf
    levels: Levels
    aim: Deviation | Peak
    price: float                    # in the unit of the aim's value

    def leavers(self, nodes: Ints) -> tuple[Ints, Ints]:
        """The servers that may leave these nodes, and for each the place of its node; in order."""
        servers, place = self.trial.all_on(nodes)
        order = np.lexsort((servers, place))
        servers, place = servers[order], place[order]
        may = self.trial.problem.movable[servers] & (self._is_away(servers) | self._within_limits(servers))
        return servers[may], place[may]

    def fits(self, servers: Ints, nodes: Ints) -> Bools:
        """[servers, nodes] Where rules of its own and room let each server stand; groups come on top."""
        trial, problem = self.trial, self.trial.problem
        fits = problem.rules.takes[problem.rules.class_of[servers]][:, nodes]
        for dimension, demand in enumerate(problem.demand[servers].T):
            need = np.where(demand > 0, demand - SLACK, -np.inf)
            fits &= need[:, None] <= trial.free[nodes, dimension]
        return fits

    def cost(self, servers: Ints) -> Floats:
        """[...] What moving the servers has to gain, in units of gains; one that is away is paid for."""
        memory = self.trial.problem.demand[servers, MEMORY_MB] / _MIB_A_GIB
        return np.where(self._is_away(servers), 0.0, self.aim.price(self.price) * memory)

    def make(self, moves: Sequence[tuple[int, int]]) -> bool:
        """Make these moves together, or none if it is not legal or parts what should stand together."""
        trial = self.trial
        sources = [int(trial.node[server]) for server, _ in moves]
        if any(_is_regretted(trial, *move) for move in moves) or not trial.move_all(moves):
            return False
        for (server, target), source in zip(moves, sources, strict=True):
            self.levels.note(server, source, target)
        return True

    def _is_away(self, servers: Ints) -> Bools:
        return np.asarray(self.trial.node[servers] != self.trial.problem.node[servers])

    def _within_limits(self, servers: Ints) -> Bools:
        """Who may leave home by the limits on all moves together; the others are asked about one by one."""
        account, memory = self.trial.account, self.trial.problem.demand[servers, MEMORY_MB]
        left = account.limits.memory - account.memory
        return np.asarray((memory <= left + SLACK) & (account.servers + 1 <= account.limits.servers))


def _is_regretted(trial: WhatIf, server: int, node: int) -> bool:
    """Whether more soft group mates would be in the wrong place than are now."""
    if not trial.grouped[server]:
        return False
    now, then = trial.regrets(server, np.array([trial.node[server], node])).tolist()
    return bool(then > now)
