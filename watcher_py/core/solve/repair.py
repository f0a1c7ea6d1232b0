# SPDX-License-Identifier: Apache-2.0
"""Repair: bring servers where they may be, part crowded groups, relieve nodes beyond their room; no more."""

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import MEMORY_MB, Bools
from watcher_py.core.problem import SLACK
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.faults import Crowd, beyond_room, faults_of, lasting_faults
from watcher_py.core.solve.make_way import by_memory, seat_by_force
from watcher_py.core.solve.spread import seat_alike, spread
from watcher_py.core.solve.terms import Repair
from watcher_py.core.whatif import WhatIf


def improve(trial: WhatIf, term: Repair, budget: Budget = UNLIMITED) -> Outcome:
    """Repair fault after fault; a server whose leaving repairs two faults moves once."""
    problem = trial.problem
    faults = faults_of(problem, term.misplaced, trial.node)
    misplaced = faults.misplaced[problem.movable[faults.misplaced]]
    seat_by_force(trial, spread(trial, misplaced.tolist(), budget), budget)
    for crowd in faults_of(problem, term.misplaced, trial.node).crowds:
        if not budget.is_spent():
            _part(trial, crowd)
    for node in np.flatnonzero(faults_of(problem, term.misplaced, trial.node).beyond.any(axis=1)).tolist():
        if not budget.is_spent():
            _relieve(trial, node)
    after = faults_of(problem, term.misplaced, trial.node).count()
    budget.tell(f'{after} faults are left', 1.0)
    at_first = faults_of(problem, term.misplaced, problem.node)
    return Outcome('violations', faults.count(), after, lasting_faults(problem, at_first))


def _part(trial: WhatIf, crowd: Crowd) -> None:
    """Send members away until no more are left than may be, those with the least memory first."""
    members = crowd.members[trial.problem.movable[crowd.members]]
    while (trial.node[crowd.members] == crowd.node).sum() > crowd.group.limit:
        if not _send_one(trial, by_memory(trial, members[trial.node[members] == crowd.node].tolist())):
            break


def _relieve(trial: WhatIf, node: int) -> None:
    """Send servers away until the node is within its room; all stay if that helps in no dimension."""
    mark, beyond = trial.mark(), _beyond(trial, node)
    while (over := _beyond(trial, node)).any():
        if not _send_one(trial, _relief(trial, node, over)):
            break
    if _beyond(trial, node).sum() == beyond.sum():
        trial.undo_to(mark)


def _send_one(trial: WhatIf, servers: list[int]) -> bool:
    """Send the first of the servers away that can go; others make way only if none finds room."""
    for send in (seat_alike, seat_by_force):
        for server in servers:
            node = trial.node[server]
            send(trial, [server])
            if trial.node[server] != node:
                return True
    return False


def _relief(trial: WhatIf, node: int, over: Bools) -> list[int]:
    """The servers of the node whose leaving helps, in the order in which they should be asked to.

    First those whose leaving is enough, by memory; then those that bring the node nearest to that.
    """
    problem, missing = trial.problem, -trial.free[node][over]
    rows = np.array([server for server in trial.servers_on(node) if problem.movable[server]], dtype=np.int64)
    relief = np.minimum(problem.demand[rows][:, over], missing) / missing
    is_enough, helps = (relief >= 1 - SLACK).all(axis=1), relief.any(axis=1)
    cost = np.where(is_enough, problem.demand[rows, MEMORY_MB], -relief.sum(axis=1))
    order = np.lexsort((cost, ~is_enough))
    return [int(row) for row in rows[order][helps[order]]]


def _beyond(trial: WhatIf, node: int) -> Bools:
    """[D]."""
    room = trial.problem.room[node]
    return beyond_room(room, room - trial.free[node])
