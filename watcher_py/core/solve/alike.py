# SPDX-License-Identifier: Apache-2.0
"""Nodes alike and servers alike: what relaxations and batches count instead of single ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK, Problem

# So many classes of servers tell masks of nodes apart, the most frequent; the others' are blurred.
_CLASSES = 64
_LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Kinds:
    """K kinds of movable servers: the same rules, the same demand of every resource class."""

    of_server: Ints         # [S] -1 for a server that can't move
    first: Ints             # [K] a server of each
    count: Ints             # [K]
    demand: Floats          # [K, R]


def kinds_of(problem: Problem) -> Kinds:
    movers = np.flatnonzero(problem.movable)
    demand = problem.demand[movers, :problem.resources]
    of_mover = number_alike(problem.rules.class_of[movers], *demand.T)
    _, first, count = np.unique(of_mover, return_index=True, return_counts=True)
    of_server = np.full(len(problem.node), -1, dtype=np.int64)
    of_server[movers] = of_mover
    return Kinds(of_server, movers[first], count, demand[first])


def mask_of_nodes(problem: Problem) -> Ints:
    """[N] Nodes of the same number take the same servers.

    Rare classes of servers do not count: what stands on one node of a number may be refused by
    another, so a relaxation lets such a server go to all nodes of a number that has one for it.
    """
    takes = problem.rules.takes
    servers = np.bincount(problem.rules.class_of, minlength=len(takes))
    telling = np.argsort(-servers, kind='stable')[:_CLASSES]
    return number_alike(np.zeros(takes.shape[1]), *np.packbits(takes[telling], axis=0))


def number_alike(*columns: NDArray[np.generic]) -> Ints:
    """[rows] The same number from 0 on for rows that are the same in every column."""
    number, most = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        values, value = np.unique(column, return_inverse=True)
        if most * len(values) > _LARGEST:
            numbers, number = np.unique(number, return_inverse=True)
            most = len(numbers)
        number, most = number * len(values) + value, most * len(values)
    return np.unique(number, return_inverse=True)[1]


def takes_of(problem: Problem, kinds: Kinds, groups: Ints) -> Bools:
    """[K, G] Whether a node of the group takes a server of the kind and is large enough for one."""
    room = np.minimum(np.maximum(problem.room, 0), problem.most)[:, :problem.resources] + SLACK
    largest = np.zeros((int(groups.max(initial=-1)) + 1, room.shape[1]))
    np.maximum.at(largest, groups, room)
    takes = np.zeros((len(kinds.first), len(largest)), dtype=bool)
    classes, of_kind = np.unique(problem.rules.class_of[kinds.first], return_inverse=True)
    for place, number in enumerate(classes.tolist()):
        takes[of_kind == place] = np.bincount(groups, problem.rules.takes[number], len(largest)) > 0
    return takes & (kinds.demand[:, None] <= largest).all(axis=2)
