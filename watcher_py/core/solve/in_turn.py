# SPDX-License-Identifier: Apache-2.0
"""Empty nodes one after the other, in an order that is given."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Ints
from watcher_py.core.limits import Limits
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.solve.seat import most_alike
from watcher_py.core.whatif import WhatIf


def empty_in_turn(problem: Problem, limits: Limits, order: Ints, budget: Budget) -> Ints:
    """[S] Where the servers stand when each node of the order was emptied in whole, or left as it was."""
    trial = WhatIf(problem, limits)
    for node in order.tolist():
        servers, mark = trial.servers_on(node), trial.mark()
        if budget.is_spent() or not problem.movable[servers].all():
            continue
        trial.open[node] = False
        if servers and not (_might_take(trial, node) and _seat(trial, servers) and _is_within(trial)):
            trial.undo_to(mark)
            trial.open[node] = True
    return trial.node


def _might_take(trial: WhatIf, node: int) -> bool:
    """Whether the open nodes had room for all of the closed node, if servers were fine as sand."""
    load = trial.problem.room[node] - trial.free[node]
    return bool((load <= np.maximum(trial.free[trial.open], 0).sum(axis=0) + SLACK).all())


def _seat(trial: WhatIf, servers: list[int]) -> bool:
    """Seat the servers one by one, until one finds no room."""
    for server in servers:
        target = most_alike(trial, server, trial.open)
        if target is None:
            return False
        trial.move(server, target)
    return True


def _is_within(trial: WhatIf) -> bool:
    account = trial.account
    return account.servers <= account.limits.servers and account.memory <= account.limits.memory + SLACK
