# SPDX-License-Identifier: Apache-2.0
"""Empty nodes one after the other, in an order that is given."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import Ints
from watcher_py.core.limits import Limits
from watcher_py.core.problem import SLACK, Problem
from watcher_py.core.solve.seat import seat_all
from watcher_py.core.whatif import WhatIf


def empty_in_turn(problem: Problem, limits: Limits, order: Ints, budget: Budget) -> Ints:
    """[S] Where the servers stand when each node of the order was emptied in whole, or left as it was."""
    trial = WhatIf(problem, limits)
    for node in order.tolist():
        servers, mark = np.array(trial.servers_on(node), dtype=np.int64), trial.mark()
        if budget.is_spent() or not problem.movable[servers].all():
            continue
        trial.open[node] = False
        if len(servers) and (len(seat_all(trial, servers, trial.open, budget)) or _is_beyond(trial)):
            trial.undo_to(mark)
            trial.open[node] = True
    return trial.node


def _is_beyond(trial: WhatIf) -> bool:
    account = trial.account
    return account.servers > account.limits.servers or account.memory > account.limits.memory + SLACK
