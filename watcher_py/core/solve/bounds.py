# SPDX-License-Identifier: Apache-2.0
"""Proven bounds: no plan does better, so the distance to one is the most that a plan leaves undone."""

import math

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, Bools, Floats
from watcher_py.core.limits import Limits
from watcher_py.core.problem import Problem
from watcher_py.core.solve.active import fewest_active_bound
from watcher_py.core.solve.freeing import Freeing, emptiable

__all__ = ['fewest_active_bound', 'least_memory_moved', 'most_freed', 'most_worth_emptied']

# HiGHS solves to about 1e-6; rounding must not lift a bound over the truth.
_TOLERANCE = 1e-4
# Up to so many nodes, it is cheap enough to ask for whole ones.
_FEW_NODES = 50


def least_memory_moved(problem: Problem, freed: int) -> float:
    """MiB of memory that every plan moves that frees so many nodes; infinite where none can."""
    least = Freeing(problem, problem.node, emptiable(problem, problem.node)).least_memory(freed)
    return least.memory * (1 - _TOLERANCE) if least.nodes > freed - _TOLERANCE else math.inf


def most_freed(problem: Problem, share: float) -> int:
    """How many nodes a plan frees at most that moves this share of the memory of all servers."""
    limits = Limits(memory=share * float(problem.demand[:, MEMORY_MB].sum()))
    most = Freeing(problem, problem.node, emptiable(problem, problem.node)).most(limits)
    return math.floor(most.nodes + _TOLERANCE)


def most_worth_emptied(problem: Problem, sources: Bools, worth: Floats, count: int) -> float:
    """What the `sources` [N] that a plan empties, which leaves so many fewer in use, are worth at most."""
    worth = np.where(sources & emptiable(problem, problem.node), np.maximum(worth, 0.0), 0.0)
    most = Freeing(problem, problem.node, worth > 0).dearest(worth, count, whole=len(worth) <= _FEW_NODES)
    return float(min(most * (1 + _TOLERANCE), worth.sum()))
