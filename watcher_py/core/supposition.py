# SPDX-License-Identifier: Apache-2.0
"""What would become of a cluster if nodes were lost or emptied, and more servers came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.capacity import Size, seats_of
from watcher_py.core.cluster import Bools, Cluster, Floats, Ints, Policy
from watcher_py.core.columns import rows_of
from watcher_py.core.problem import Problem
from watcher_py.core.rules import takes_new
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solve import drain
from watcher_py.core.solve.seating import seat_all
from watcher_py.core.solve.terms import Drain
from watcher_py.core.whatif import WhatIf


@dataclass(frozen=True)
class Addition:
    """So many new servers of one size, that nothing binds."""

    count: int
    size: Size


@dataclass(frozen=True, eq=False)
class Supposition:
    """The servers of nodes that are lost start anew elsewhere; those of nodes to be emptied move."""

    lost: Bools                     # [N]
    emptied: Bools                  # [N]
    added: tuple[Addition, ...] = ()


@dataclass(frozen=True, eq=False)
class Consequence:
    """Where all servers would stand."""

    node: Ints                      # [S]
    unplaced: dict[int, str]        # servers that find no other node, and why
    added: list[Ints]               # [N] how many of each addition each node takes
    free: Floats                    # [N, R] of what can be given out


def suppose(snapshot: Snapshot, supposed: Supposition, budget: Budget = UNLIMITED) -> Consequence:
    """Lost servers find their places first, then those that move, then those that are added."""
    cluster = snapshot.cluster
    is_lost = supposed.lost[cluster.servers.node]
    trial = WhatIf(_with_lost(cluster, snapshot.problem, np.flatnonzero(is_lost)))
    trial.open &= ~(supposed.lost | supposed.emptied)
    seat_all(trial, np.flatnonzero(is_lost), trial.open, budget)
    if (supposed.emptied & ~supposed.lost).any():
        drain.improve(trial, Drain(supposed.emptied & ~supposed.lost), budget)
    unplaced = {row: _why_not(cluster, trial, row, bool(is_lost[row]))
                for row in np.flatnonzero((supposed.lost | supposed.emptied)[trial.node]).tolist()}
    return Consequence(trial.node, unplaced, _add(cluster, trial, supposed.added), trial.free)


def _with_lost(cluster: Cluster, problem: Problem, lost: Ints) -> Problem:
    """The problem in which these servers come to a node as new ones do, wherever they come from."""
    if not len(lost):
        return problem
    takes = takes_new(replace(cluster, servers=rows_of(cluster.servers, lost), groups=()))
    for place, row in enumerate(lost.tolist()):
        takes[place] &= _near_mates(cluster, row)
    masks, number = np.unique(takes, axis=0, return_inverse=True)
    class_of = problem.rules.class_of.copy()
    class_of[lost] = len(problem.rules.takes) + number.reshape(-1)
    rules = replace(problem.rules, class_of=class_of, takes=np.vstack([problem.rules.takes, masks]))
    return replace(problem, rules=rules)


def _near_mates(cluster: Cluster, server: int) -> Bools:
    """[N] The nodes on which the affinity groups of the server let it start: where their others stand."""
    near = np.ones(len(cluster.nodes), dtype=bool)
    for group in cluster.groups:
        if group.policy is Policy.AFFINITY and len(group.members) > 1 and server in group.members:
            mates = cluster.servers.node[group.members[group.members != server]]
            near &= np.bincount(mates, minlength=len(near)) > 0
    return near


def _why_not(cluster: Cluster, trial: WhatIf, server: int, is_lost: bool) -> str:
    stuck = trial.problem.rules.stuck[server]
    if stuck and not is_lost:
        return stuck
    nodes = int(trial.welcomes(server).sum())
    if not nodes and is_lost and not (_near_mates(cluster, server) & trial.open).any():
        return 'its affinity group lets it start only beside members that have no host either'
    if not nodes:
        return 'the rules let it stand on none of the other hosts'
    if trial.fits(server).any():
        return 'the time for the search was over before a place was found for it'
    return f'none of the {nodes} hosts that may take it has room for it'


def _add(cluster: Cluster, trial: WhatIf, added: Sequence[Addition]) -> list[Ints]:
    """How many of each addition each node takes: the largest sizes first, and in proportion to the room."""
    taken = [np.zeros(len(cluster.nodes), dtype=np.int64) for _ in added]
    for place, each in sorted(enumerate(added), key=lambda one: (-one[1].size.memory_mb, -one[1].size.vcpus)):
        for seats in seats_of(cluster, trial.problem, trial.free, [each.size]):
            taken[place] = _shared(np.where(trial.open, seats.count, 0), each.count)
            trial.free -= taken[place][:, None] * seats.demand
    return taken


def _shared(seats: Ints, count: int) -> Ints:
    """[N] So many, or as many as there are seats, in proportion to the seats of each node."""
    if count >= seats.sum():
        return seats
    taken = seats * count // seats.sum()
    taken[np.argsort(taken - seats, kind='stable')[:count - taken.sum()]] += 1
    return np.asarray(taken)
