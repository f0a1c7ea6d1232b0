# SPDX-License-Identifier: Apache-2.0
"""Pack: empty as many nodes as can be, with as little memory moved as that takes."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import MEMORY_MB, Ints
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.active import fewest_active_bound
from watcher_py.core.solve.choose import Choice, Chooser
from watcher_py.core.solve.clear import clear
from watcher_py.core.solve.improve import improve_packing
from watcher_py.core.whatif import WhatIf

# Up to so many nodes, a plan is cheap enough to make two and keep the better one.
_FEW_NODES = 100


def improve(trial: WhatIf, budget: Budget) -> Outcome:
    """Leave few nodes in use, and close all others."""
    start, mark, was_open = trial.node.copy(), trial.mark(), trial.open.copy()
    chooser = Chooser(trial)
    choices = [chooser.choose(chooser.most_freed)]
    if len(start) and len(trial.open) <= _FEW_NODES:
        choices.append(chooser.choose(chooser.most_freed, in_parts=True))
    found = [start]
    for choice in choices:
        trial.undo_to(mark)
        trial.open[:] = was_open
        _follow(trial, choice, chooser.most_freed, budget)
        found.append(trial.node.copy())
        if budget.is_spent():
            break
    best = min(found, key=lambda node: _cost(trial, node))
    _settle(trial, best)
    trial.open[:] = was_open & (np.bincount(best, minlength=len(was_open)) > 0)
    budget.tell(f'{_in_use(best)} active nodes', 1.0)
    return Outcome('active nodes', _in_use(start), _in_use(best), fewest_active_bound(trial.problem))


def _follow(trial: WhatIf, choice: Choice, most_freed: int, budget: Budget) -> None:
    """Clear the nodes chosen, as far as that goes, then better what is reached, unless none can be better."""
    before = _in_use(trial.node)
    clear(trial, choice, budget)
    after = _in_use(trial.node)
    budget.tell(f'{after} active nodes', 0.5)
    if before - after < most_freed:
        improve_packing(trial, budget)


def _settle(trial: WhatIf, node: Ints) -> None:
    """Bring all servers to these nodes."""
    for server in np.flatnonzero(trial.node != node).tolist():
        trial.move(server, int(node[server]))


def _cost(trial: WhatIf, node: Ints) -> tuple[int, float]:
    """Nodes in use, then memory moved."""
    moved = node != trial.problem.node
    return _in_use(node), float(trial.problem.demand[moved, MEMORY_MB].sum())


def _in_use(node: Ints) -> int:
    return int(np.count_nonzero(np.bincount(node)))
