# SPDX-License-Identifier: Apache-2.0
"""Every legal placement of a small problem, by trying them all; and the law that solvers keep."""

import itertools

import numpy as np

from watcher_py.core.problem import SLACK


def legal_placements(problem):
    nodes = range(len(problem.room))
    choices = [nodes if movable else [home]
               for movable, home in zip(problem.movable, problem.node.tolist(), strict=True)]
    for placement in itertools.product(*choices):
        node = np.array(placement, dtype=np.int64)
        if is_legal(problem, node):
            yield node


def is_legal(problem, node):
    """Who moved may be where it is; no node is fuller, and no group more crowded, than may be or was."""
    rules, moved = problem.rules, np.flatnonzero(node != problem.node)
    demand, most = problem.demand[moved], problem.most[node[moved]]
    if not (problem.movable[moved] & rules.takes[rules.class_of[moved], node[moved]]
            & ((demand <= most + SLACK) | (demand == 0)).all(axis=1)).all():
        return False
    before, after = problem.used(problem.node), problem.used(node)
    if (after > np.maximum(problem.room, before) + SLACK).any():
        return False
    for group in rules.apart:
        was, now = (np.bincount(at[group.members], minlength=len(problem.room))
                    for at in (problem.node, node))
        if (now > np.maximum(was, group.limit)).any():
            return False
    return True
