# SPDX-License-Identifier: Apache-2.0
"""Choose which nodes to empty, and which empty ones to take into use for that."""

from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Floats
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.freeing import Freed, Freeing, emptiable
from watcher_py.core.whatif import WhatIf

# A share of a node this close to a whole is a whole.
_CLOSE = 1e-6
# What all memory is worth, in nodes freed: between ways that free as many, and hardly more, it decides.
_THRIFT = 0.01
# What all nodes together are worth more than those that are worth least, in nodes freed: it decides likewise.
_WORTH = 0.01


@dataclass(frozen=True, eq=False)
class Choice:
    """[N] The nodes to empty, and those to fill though they are empty now."""

    emptied: Bools
    opened: Bools


class Chooser:
    """The choices for a trial as it is now; closed nodes stay as they are.

    Of ways that free as many nodes it takes the one that frees those worth most, [N].
    """

    def __init__(self, trial: WhatIf, worth: Floats | None = None):
        self._trial, self._limits = trial, _limits_left(trial)
        rules = replace(trial.problem.rules, takes=trial.problem.rules.takes & trial.open)
        problem = replace(trial.problem, rules=rules)
        sources = emptiable(problem, trial.node)
        sources &= np.bincount(trial.node, minlength=len(sources)) <= trial.account.limits.per_node
        self._freeing = Freeing(problem, trial.node, sources)
        besides = None if worth is None else _besides(worth, sources)
        self._most = self._freeing.most(self._limits, _THRIFT, besides)
        self.most_freed = int(self._most.nodes + _THRIFT + (0.0 if worth is None else _WORTH) + _CLOSE)

    def in_parts(self) -> Choice:
        """As many as can be freed if they may be emptied in parts; rounded, which may cost one or two."""
        return self._rounded(self._most)

    def whole(self) -> Choice:
        """As many nodes in whole, with the least memory moved."""
        freed = int(self._most.nodes + _CLOSE)
        return self._rounded(self._freeing.least_memory(freed, self._limits, whole=True))

    def _rounded(self, freed: Freed) -> Choice:
        """Nodes in part become whole: the fullest shares first, as long as the limits allow."""
        opened = freed.opened > _CLOSE
        cost = _standing_costs(self._trial)
        count = int(freed.nodes + _CLOSE) + int(opened.sum())
        wanted = np.argsort(-np.round(freed.emptied, 6), kind='stable')[:count]
        wanted = wanted[freed.emptied[wanted] > _CLOSE]
        spent = np.cumsum(cost[wanted], axis=0)
        within = (spent <= np.array([self._limits.servers, self._limits.memory]) + SLACK).all(axis=1)
        emptied = np.zeros(len(opened), dtype=bool)
        emptied[wanted[within]] = True
        return Choice(emptied, opened)


def _besides(worth: Floats, sources: Bools) -> Floats:
    """[N] What each of the nodes is worth more than the one that is worth least."""
    more = np.where(sources, worth - worth[sources].min(initial=np.inf), 0.0)
    return np.asarray(_WORTH * more / max(more.sum(), SLACK))


def _limits_left(trial: WhatIf) -> Limits:
    account = trial.account
    if account.limits == NO_LIMITS:
        return NO_LIMITS
    return Limits(account.limits.servers - account.servers, account.limits.memory - account.memory)


def _standing_costs(trial: WhatIf) -> Floats:
    """[N, 2] Servers and their memory in MiB that move when a node is emptied."""
    at_home = trial.node == trial.problem.node
    memory, count = at_home * trial.problem.demand[:, MEMORY_MB], len(trial.open)
    return np.column_stack([np.bincount(trial.node, weights, count) for weights in (at_home, memory)])
