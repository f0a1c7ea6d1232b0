# SPDX-License-Identifier: Apache-2.0
"""Try moves on a problem, ask what fits, take moves back."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import chain

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Group, Ints, Policy
from watcher_py.core.limits import NO_LIMITS, Limits, MoveAccount
from watcher_py.core.problem import SLACK, Problem


class WhatIf:
    """A trial placement; what `fits` keeps the rules, the room and the limits.

    A node that is not open takes no servers in this trial, whatever the rules say: a solver closes
    what it has emptied, so that what is solved after it leaves it empty.
    """

    def __init__(self, problem: Problem, limits: Limits = NO_LIMITS):
        groups = (*problem.rules.apart, *problem.rules.wishes)
        self.problem = problem
        self.open: Bools = np.ones(len(problem.room), dtype=bool)
        self.account = MoveAccount(problem, groups, limits)
        self._is_limited = limits != NO_LIMITS
        self.node: Ints = problem.node.copy()
        # A column a dimension in one piece: whole columns are compared far more often than rows change.
        self.free: Floats = np.asfortranarray(problem.room - problem.used(problem.node))
        self._free_on: list[Floats] = list(self.free)       # the same, for changes of a single node
        self.scale: Floats = np.maximum(problem.room, SLACK)        # [N, D] shares are measured by it
        # [S, D] So much of each dimension is room enough: any, of what a server needs nothing of.
        self._enough: Floats = np.where(problem.demand == 0, -np.inf, problem.demand - SLACK)
        self._is_large = (self._enough > problem.most.min(axis=0, initial=np.inf)).any(axis=1).tolist()
        self._apart = _by_member(problem.rules.apart)
        self._wishes = _by_member(problem.rules.wishes)
        self._counts = {group.uuid: Counter(problem.node[group.members].tolist()) for group in groups}
        # In which of them each member is counted.
        self._counted = {row: [self._counts[group.uuid] for group in mine]
                         for row, mine in _by_member(groups).items()}
        self._standing: list[set[int]] = [set() for _ in range(len(problem.room))]
        for server, node in enumerate(problem.node.tolist()):
            self._standing[node].add(server)
        self._journal: list[tuple[int, int]] = []

    @cached_property
    def grouped(self) -> Bools:
        """[S] The servers of which a group says where they stand or should stand."""
        grouped = np.zeros(len(self.node), dtype=bool)
        grouped[list(self._counted)] = True
        return grouped

    def servers_on(self, node: int) -> list[int]:
        """Largest first: what is hard to seat is seated while there is room; then by row."""
        return sorted(self._standing[node], key=self._by_size.__getitem__)

    def all_on(self, nodes: Ints) -> tuple[Ints, Ints]:
        """The servers on these nodes, in no particular order, and the place of each one's node among them."""
        standing = [self._standing[node] for node in nodes.tolist()]
        counts = np.fromiter(map(len, standing), np.int64, len(standing))
        rows = np.fromiter(chain.from_iterable(standing), np.int64, int(counts.sum()))
        return rows, np.repeat(np.arange(len(nodes)), counts)

    def welcomes(self, server: int) -> Bools:
        """[N] The open nodes on which the rules let the server stand, its own too, whatever their room."""
        rules, own = self.problem.rules, int(self.node[server])
        welcome: Bools = rules.takes[rules.class_of[server]] & self.open
        for group in self._apart.get(server, ()):
            crowded = [node for node, count in self._counts[group.uuid].items()
                       if count - (node == own) >= group.limit]
            welcome[crowded] = False
        return welcome

    def fits(self, server: int) -> Bools:
        """[N] The nodes that would take the server now, its own left out."""
        enough = self._enough[server]
        fits = self.welcomes(server)
        fits &= (enough[:, None] <= self.free.T).all(axis=0)
        if self._is_large[server]:
            fits &= (self.problem.most >= enough).all(axis=1)
        if self._is_limited:
            fits &= self.account.allows(server, int(self.node[server]))
        fits[self.node[server]] = False
        return fits

    def can_take(self, server: int, node: int) -> bool:
        """What `fits` says of a single node, for less."""
        room = np.minimum(self.free[node], self.problem.most[node])
        return bool(node != self.node[server] and self._is_welcome(server, node)
                    and (room >= self._enough[server]).all() and self._is_allowed(server, node))

    def regrets(self, server: int, nodes: Ints) -> Ints:
        """How many soft group mates are in the wrong place for the server on each of the nodes."""
        regrets = np.zeros(len(nodes), dtype=np.int64)
        for group in self._wishes.get(server, ()):
            counts, own = self._counts[group.uuid], self.node[server]
            together = np.array([counts[node] - (node == own) for node in nodes.tolist()], dtype=np.int64)
            is_apart = group.policy is Policy.SOFT_ANTI_AFFINITY
            regrets += together if is_apart else len(group.members) - 1 - together
        return regrets

    def move(self, server: int, node: int) -> None:
        self._journal.append((server, int(self.node[server])))
        self._put(server, node)

    def move_each(self, servers: Ints, nodes: Ints) -> None:
        """The same of many servers, none of which is in a group; no two go to the same node."""
        demand, before = self.problem.demand[servers], self.node[servers]
        np.add.at(self.free, before, demand)
        self.free[nodes] -= demand
        self.node[servers] = nodes
        for server, old, node in zip(servers.tolist(), before.tolist(), nodes.tolist(), strict=True):
            self._journal.append((server, old))
            self.account.note(server, old, node)
            self._standing[old].remove(server)
            self._standing[node].add(server)

    def move_all(self, moves: Iterable[tuple[int, int]]) -> bool:
        """Make these moves together, or none if where they end a rule, a room or a limit would not hold."""
        mark, moved = self.mark(), []
        for server, node in moves:
            if not self._is_allowed(server, node):
                break
            self.move(server, node)
            moved.append(server)
        else:
            if all(self._is_rightful(server) for server in moved):
                return True
        self.undo_to(mark)
        return False

    def mark(self) -> int:
        """A point to go back to."""
        return len(self._journal)

    def undo_to(self, mark: int) -> None:
        while len(self._journal) > mark:
            self._put(*self._journal.pop())

    @cached_property
    def _by_size(self) -> list[int]:
        """The place of each server when all are sorted, largest first; then by row."""
        room = np.maximum(self.problem.room.mean(axis=0), SLACK)
        size = (self.problem.demand / room).max(axis=1, initial=0.0)
        place = np.empty(len(size), dtype=np.int64)
        place[np.argsort(-size, kind='stable')] = np.arange(len(size))
        return place.tolist()

    def _is_welcome(self, server: int, node: int) -> bool:
        """What `welcomes` says of a single node."""
        rules, own = self.problem.rules, self.node[server]
        return bool(self.open[node] and rules.takes[rules.class_of[server], node]) and all(
            self._counts[group.uuid][node] - int(node == own) < group.limit
            for group in self._apart.get(server, ()))

    def _is_allowed(self, server: int, node: int) -> bool:
        return not self._is_limited or bool(self.account.allows(server, int(self.node[server]))[node])

    def _is_rightful(self, server: int) -> bool:
        """Whether the server could have come to where it stands, were it the last to come."""
        node = int(self.node[server])
        has_room = (self._free_on[node] >= -SLACK) | (self.problem.demand[server] == 0)
        is_small = not self._is_large[server] or (self.problem.most[node] >= self._enough[server]).all()
        return bool(has_room.all() and is_small) and self._is_welcome(server, node)

    def _put(self, server: int, node: int) -> None:
        old = int(self.node[server])
        demand = self.problem.demand[server]
        self._free_on[old] += demand
        self._free_on[node] -= demand
        for counts in self._counted.get(server, ()):
            counts[node] += 1
            counts[old] -= 1
            if not counts[old]:
                del counts[old]
        self.account.note(server, old, node)
        self._standing[old].remove(server)
        self._standing[node].add(server)
        self.node[server] = node


def _by_member(groups: tuple[Group, ...]) -> dict[int, tuple[Group, ...]]:
    found: dict[int, tuple[Group, ...]] = {}
    for group in groups:
        for row in group.members.tolist():
            found[row] = (*found.get(row, ()), group)
    return found
