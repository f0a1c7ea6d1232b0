# SPDX-License-Identifier: Apache-2.0
"""Pack: empty as many nodes as can be, with as little memory moved as that takes."""

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import MEMORY_MB, Bools, Ints
from watcher_py.core.limits import NO_LIMITS
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.active import fewest_active_bound
from watcher_py.core.solve.choose import Choice, Chooser
from watcher_py.core.solve.clear import clear
from watcher_py.core.solve.improve import improve_packing
from watcher_py.core.solve.terms import Pack
from watcher_py.core.whatif import WhatIf

# Up to so many nodes, a plan is cheap enough to make two and keep the better one.
_FEW_NODES = 50
# As a share of a bound: a plan this near to it is near enough, and no better bound is looked for.
_NEAR = 0.01


def improve(trial: WhatIf, term: Pack, budget: Budget) -> Outcome:
    """Leave few nodes in use, and close all others."""
    start, mark, was_open = trial.node.copy(), trial.mark(), trial.open.copy()
    chooser = Chooser(trial, term.worth)
    before, fewest = _in_use(start), _in_use(start) - chooser.most_freed
    found = [start]
    for choose in (chooser.in_parts, chooser.whole):
        trial.undo_to(mark)
        trial.open[:] = was_open
        _follow(trial, choose(), fewest, budget)
        found.append(trial.node.copy())
        if len(was_open) > _FEW_NODES or budget.is_spent():
            break
    best = min(found, key=lambda node: _cost(trial, node))
    _settle(trial, best)
    trial.open[:] = was_open & (np.bincount(best, minlength=len(was_open)) > 0)
    after = _in_use(best)
    budget.tell(f'{after} active nodes', 1.0)
    # The relaxation proves it of what may move now; where it frees nothing, it may have found no solution.
    is_proven = fewest < before and _is_as_stated(trial, mark, was_open)
    is_near = after - fewest <= _NEAR * fewest
    return Outcome('active nodes', before, after,
                   min(after, fewest) if is_proven and is_near else fewest_active_bound(trial.problem))


def _is_as_stated(trial: WhatIf, mark: int, was_open: Bools) -> bool:
    """Whether all plans were open to the trial: no limits, nothing moved before, no node closed."""
    return trial.account.limits == NO_LIMITS and not mark and bool(was_open.all())


def _follow(trial: WhatIf, choice: Choice, fewest: int, budget: Budget) -> None:
    """Clear the nodes chosen, as far as that goes, then better what is reached, unless none can be better."""
    clear(trial, choice, budget)
    after = _in_use(trial.node)
    budget.tell(f'{after} active nodes', 0.5)
    if after > fewest:
        improve_packing(trial, budget, fewest)


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
