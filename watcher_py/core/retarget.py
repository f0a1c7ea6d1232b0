# SPDX-License-Identifier: Apache-2.0
"""Another target for a server of a plan that is under way: by the strategy's terms, or the emptiest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Cluster
from watcher_py.core.problem import Problem, allocation_problem
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.spread import fullest
from watcher_py.core.solve.terms import Drain
from watcher_py.core.strategy import Stated
from watcher_py.core.whatif import WhatIf


@dataclass(frozen=True)
class Move:
    """Another move of the plan: a server by uuid, nodes by name."""

    server: str
    source: str
    target: str
    is_under_way: bool = False          # or made, though the cluster may not show it yet


@dataclass(frozen=True)
class Ahead:
    """What a plan has yet to do besides, or has done a moment ago; nodes by name."""

    moves: Sequence[Move] = ()          # of other servers, in the plan's order
    closing: Collection[str] = ()       # nodes that it disables or switches off
    sources: Collection[str] = ()       # nodes from which it moves servers away


@dataclass(frozen=True)
class Target:
    """A node by name, and what speaks for it; without one, why there is none."""

    node: str | None
    why: str


def another_target(cluster: Cluster, server: str, planned: str | None, besides: Collection[str], ahead: Ahead,
                   stated: Stated | None = None, budget: Budget = UNLIMITED) -> Target:
    """Where the server may go instead of to the planned node, and to none of those besides.

    It is legal there now, and once the plan's other moves are made. `stated` is of the same cluster; without
    it, nothing is known of what the plan is good for. Every other server stays where it is.
    """
    rows = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    if server not in rows:
        return Target(None, 'the server is not known in the scope of the audit')
    problem = allocation_problem(cluster)
    if reason := problem.rules.stuck[rows[server]]:
        return Target(None, f'the server has to stay: {reason}')
    return _Choice(cluster, problem, rows, rows[server], ahead).answer(planned, besides, stated, budget)


class _Choice:
    """The server's possible nodes, now and at the end of the plan."""

    def __init__(self, cluster: Cluster, problem: Problem, rows: Mapping[str, int], server: int,
                 ahead: Ahead):
        self._cluster, self._server, self._ahead = cluster, server, ahead
        self._source = int(cluster.servers.node[server])
        self._moves = _moves(cluster, rows, server, ahead)
        self._now = WhatIf(problem)
        self._then = self._projected(problem)

    def answer(self, planned: str | None, besides: Collection[str], stated: Stated | None,
               budget: Budget) -> Target:
        emptied = self._emptied(stated)
        closed = emptied | self._named(besides)
        possible = self._now.fits(self._server) & self._then.fits(self._server) & ~closed
        zone = self._of_zone(planned)
        if stated is not None:
            for nodes in (possible & zone, possible):
                if nodes.any():
                    return self._by_terms(stated, nodes, bool(emptied[self._source]), budget)
        else:
            possible &= zone & ~self._named(self._ahead.sources)
            if possible.any():
                return Target(self._emptiest(possible), 'it is the emptiest that may take it')
        return Target(None, self._why_none(closed, possible))

    def _by_terms(self, stated: Stated, possible: Bools, must_leave: bool, budget: Budget) -> Target:
        """Solve for this server alone; it has to leave a node that is to end empty, come what may."""
        source = np.arange(len(possible)) == self._source
        toward = next((term.toward for term in stated.terms if isinstance(term, Drain)), None)
        terms = [term for term in stated.terms if not isinstance(term, Drain)]
        problem = self._alone(stated.problem, possible)
        answer = solve(problem, [Drain(source, toward), *terms] if must_leave else terms, budget=budget)
        node = int(answer.node[self._server])
        if node != self._source and possible[node]:
            return Target(self._cluster.nodes.name[node], "it is best by the strategy's terms")
        if must_leave:
            return Target(self._emptiest(possible), 'it is the emptiest that may take it')
        return Target(None, "by the strategy's terms the server is now best left where it is")

    def _alone(self, problem: Problem, possible: Bools) -> Problem:
        """The strategy's problem at the end of the plan; this server alone can move, and only there."""
        rules, server = problem.rules, self._server
        stuck = ['another server is asked about'] * len(rules.stuck)
        stuck[server] = ''
        class_of = rules.class_of.copy()
        class_of[server] = len(rules.takes)
        return replace(self._eased(problem), node=self._then.node.copy(), rules=replace(
            rules, stuck=tuple(stuck), class_of=class_of, takes=np.vstack([rules.takes, possible])))

    def _emptiest(self, possible: Bools) -> str:
        """The node with most room left, of those with the fewest mates that it should not stand with."""
        nodes = np.flatnonzero(possible)
        cost = fullest(self._then, nodes, self._then.problem.demand[self._server])
        regrets = self._then.regrets(self._server, nodes)
        names = self._cluster.nodes.name
        return min(zip(regrets.tolist(), cost.tolist(), (names[node] for node in nodes), strict=True))[-1]

    def _projected(self, problem: Problem) -> WhatIf:
        """The plan's other moves are made as far as they are legal, some of them after others."""
        trial = WhatIf(self._eased(problem))
        waiting = self._moves
        while waiting:
            left = [move for move in waiting if not _make(trial, *move)]
            if len(left) == len(waiting):
                break
            waiting = left
        return trial

    def _eased(self, problem: Problem) -> Problem:
        """What is held on a node for a server on its way to it counts once, with the server."""
        servers, held = self._cluster.servers, self._cluster.nodes.held.copy()
        for row, source, target, is_under_way in self._moves:
            if is_under_way and servers.node[row] == source:
                held[target] -= np.minimum(held[target], servers.demand[row])
        room = problem.room.copy()
        room[:, :held.shape[1]] += self._cluster.nodes.held - held
        return replace(problem, room=room)

    def _emptied(self, stated: Stated | None) -> Bools:
        """[N] The nodes that the plan takes out of use, drains, or leaves without a server but this one."""
        others = np.delete(self._then.node, self._server)
        standing = np.bincount(others, minlength=len(self._cluster.nodes))
        emptied = self._named(self._ahead.closing) | (self._named(self._ahead.sources) & (standing == 0))
        for term in stated.terms if stated else ():
            if isinstance(term, Drain):
                emptied |= term.nodes
        return np.asarray(emptied)

    def _of_zone(self, planned: str | None) -> Bools:
        """[N] The nodes of the zone in which the server was to stand; of its own where that isn't known."""
        nodes = self._cluster.nodes
        node = nodes.name.index(planned) if planned in nodes.name else self._source
        return np.array([zone == nodes.zone[node] for zone in nodes.zone], dtype=bool)

    def _named(self, names: Collection[str]) -> Bools:
        return np.array([name in names for name in self._cluster.nodes.name], dtype=bool)

    def _why_none(self, closed: Bools, possible: Bools) -> str:
        left = np.arange(len(closed)) != self._source
        reasons = []
        for why, nodes in (('to be emptied, or found unfit', closed),
                           ('not allowed to take the server', ~self._now.welcomes(self._server)),
                           ('without room for it', ~self._now.fits(self._server)),
                           ('whose room other moves of the plan take', ~self._then.fits(self._server)),
                           ('in other zones, or emptied in part', ~possible)):
            if (left & nodes).any():
                reasons.append(f'{int((left & nodes).sum())} {why}')
            left &= ~nodes
        return f'of the other nodes {", ".join(reasons)}' if reasons else 'there is no other node'


def _make(trial: WhatIf, row: int, source: int, target: int, is_under_way: bool) -> bool:
    """Make the move, if the server stands at its source and is taken, or was already; tell whether it was."""
    is_due = bool(trial.node[row] == source) and (
        is_under_way or (bool(trial.problem.movable[row]) and trial.can_take(row, target)))
    if is_due:
        trial.move(row, target)
    return is_due


def _moves(cluster: Cluster, rows: Mapping[str, int], server: int,
           ahead: Ahead) -> list[tuple[int, int, int, bool]]:
    """The other servers' moves: the row of each server, of its source, of its target; is it under way."""
    nodes = {name: row for row, name in enumerate(cluster.nodes.name)}
    return [(rows[move.server], nodes[move.source], nodes[move.target], move.is_under_way)
            for move in ahead.moves
            if move.server in rows and rows[move.server] != server and move.source != move.target
            and move.source in nodes and move.target in nodes]
