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
    """Who moved may be where it is; a node that is beyond its room, or a group's limit, takes nobody more."""
    rules, moved = problem.rules, np.flatnonzero(node != problem.node)
    demand, most = problem.demand[moved], problem.most[node[moved]]
    if not (problem.movable[moved] & rules.takes[rules.class_of[moved], node[moved]]
            & ((demand <= most + SLACK) | (demand == 0)).all(axis=1)).all():
        return False
    came = np.zeros_like(problem.room)
    np.add.at(came, node[moved], demand)
    if ((problem.used(node) > problem.room + SLACK) & (came > 0)).any():
        return False
    for group in rules.apart:
        members = group.members[node[group.members] != problem.node[group.members]]
        now = np.bincount(node[group.members], minlength=len(problem.room))
        if (now[node[members]] > group.limit).any():
            return False
    return True
