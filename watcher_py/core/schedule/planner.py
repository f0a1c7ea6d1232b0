# SPDX-License-Identifier: Apache-2.0
"""A solution becomes a plan: actions, and which waits for which, so that each has room when it starts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from watcher_py.core.changes import Migrate, MoveVolume, SetPower, SetService, Sleep, Stop
from watcher_py.core.cluster import Bools, Cluster
from watcher_py.core.pace import USUAL, Pace
from watcher_py.core.schedule.bound import shortest_makespan
from watcher_py.core.schedule.draft import Draft, Step, Task
from watcher_py.core.schedule.moves import moves_of
from watcher_py.core.schedule.order import best_order
from watcher_py.core.schedule.plan import Plan, PlannedAction
from watcher_py.core.schedule.stranded import without_stranded
from watcher_py.core.schedule.volumes import weave
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution


def schedule(snapshot: Snapshot, solution: Solution, pace: Pace = USUAL) -> Plan:
    """Order a solution's changes, at the given pace but with no more moves at once than it allows.

    Nodes are switched on and services set first, then servers move or stop, and last of all nodes are
    switched off, each once it is closed and everything has left it; other changes follow one another in
    the solution's order. Volumes move beside all that. Whatever order keeps to the actions' parents keeps
    every node and pool within its room and every group apart, however long the actions take. A move that
    no order makes possible, not even with a detour over a third node, is left out, and so is what would
    need its room; a node that was to be switched off and keeps a server for that stays on and enabled.
    """
    pace = pace.within(solution.at_once)
    moves = [proposal for proposal in solution.proposals if isinstance(proposal.change, Migrate)]
    changes = [proposal.change for proposal in moves if isinstance(proposal.change, Migrate)]
    cluster = snapshot.cluster
    draft, bound = _drafted(snapshot, solution, changes, pace) if changes else (Draft((), ()), 0.0)
    proposals, given_up = without_stranded(cluster, changes, draft, solution.proposals)
    actions = _Actions(cluster)
    actions.add_power(proposals, is_on=True)
    actions.add_services(proposals)
    actions.add_moves(moves, draft.steps)
    actions.add_others(proposals)
    actions.add_power(proposals, is_on=False)
    left_out = (*_left_out(moves, draft), *given_up)
    return weave(Plan(tuple(actions.all), actions.makespan, bound, left_out), solution, cluster.storage, pace)


def _drafted(snapshot: Snapshot, solution: Solution, changes: Sequence[Migrate],
             pace: Pace) -> tuple[Draft, float]:
    """The moves in order, and how soon they could be done at best."""
    moves = moves_of(snapshot.cluster, changes, pace)
    task = Task(snapshot.problem, moves, pace, _stays_open(snapshot.cluster, solution))
    bound = shortest_makespan(moves, snapshot.problem, pace)
    return best_order(task, bound), bound


def _stays_open(cluster: Cluster, solution: Solution) -> Bools:
    """[N] The nodes that the solution does not disable."""
    closed = {proposal.change.node_name for proposal in solution.proposals
              if isinstance(proposal.change, SetService) and not proposal.change.is_enabled}
    return np.array([name not in closed for name in cluster.nodes.name], dtype=bool)


class _Actions:
    """The actions so far."""

    def __init__(self, cluster: Cluster):
        self._nodes = cluster.nodes.name
        # By the name of a node, what is set of it, and what leaves it.
        self._settings: defaultdict[str, list[int]] = defaultdict(list)
        self._departures: defaultdict[str, list[int]] = defaultdict(list)
        self._ends: list[float] = []            # of all actions: seconds after the plan's start
        self.all: list[PlannedAction] = []

    @property
    def makespan(self) -> float:
        return max(self._ends, default=0.0)

    def add_power(self, proposals: Iterable[Proposal], is_on: bool) -> None:
        for proposal in proposals:
            change = proposal.change
            if isinstance(change, SetPower) and change.is_on == is_on:
                self._set(change.node_name, proposal, change.seconds, self._departures[change.node_name])

    def add_services(self, proposals: Iterable[Proposal]) -> None:
        for proposal in proposals:
            if isinstance(proposal.change, SetService):
                self._set(proposal.change.node_name, proposal)

    def add_moves(self, moves: Sequence[Proposal], steps: Sequence[Step]) -> None:
        before, names, settings = len(self.all), self._nodes, self._settings
        for place, step in enumerate(steps, before):
            source, target = names[step.source], names[step.target]
            parents = {before + parent for parent in step.parents}
            parents.update(settings.get(source, ()), settings.get(target, ()))
            # A draft knows nothing of machines that have to come up first.
            start = max(step.start, *map(self._ends.__getitem__, parents)) if parents else step.start
            self._departures[source].append(place)
            move = self._leg(moves[step.move], source, target, step.is_parking)
            self._add(move, parents, start, step.seconds, step.is_parking)

    def add_others(self, proposals: Iterable[Proposal]) -> None:
        tail: tuple[int, ...] = ()
        for proposal in proposals:
            change = proposal.change
            if isinstance(change, Stop):
                self._departures[change.node].append(len(self.all))
                self._add(proposal, self._settings.get(change.node, ()), 0.0)
            elif not isinstance(change, Migrate | MoveVolume | SetService | SetPower):
                seconds = change.seconds if isinstance(change, Sleep) else 0.0
                self._add(proposal, tail, self._end(tail), seconds)
                tail = (len(self.all) - 1,)

    def _set(self, node: str, proposal: Proposal, seconds: float = 0.0, after: Iterable[int] = ()) -> None:
        """After all that was set of the node before."""
        parents = {*self._settings[node], *after}
        self._settings[node].append(len(self.all))
        self._add(proposal, parents, self._end(parents), seconds)

    def _add(self, proposal: Proposal, parents: Iterable[int], start: float, seconds: float = 0.0,
             is_parking: bool = False) -> None:
        self._ends.append(start + seconds)
        self.all.append(PlannedAction(proposal.change, proposal.reason, tuple(sorted(parents)),
                                      start, seconds, is_parking))

    def _end(self, places: Iterable[int]) -> float:
        """When all of these actions have ended."""
        return max(map(self._ends.__getitem__, places), default=0.0)

    def _leg(self, move: Proposal, source: str, target: str, is_parking: bool) -> Proposal:
        """The part of the move between these nodes; nearly always the whole."""
        change = move.change
        assert isinstance(change, Migrate)  # noqa: S101 - the caller sorts by type
        if change.target == target and change.source == source:
            return move
        why = (f'parked, for others need its room on {source} before {change.target} has room for it'
               if is_parking else f'goes on from {source}, where it was parked')
        return Proposal(replace(change, source=source, target=target), f'{move.reason}; {why}')


def _left_out(moves: Sequence[Proposal], draft: Draft) -> list[Proposal]:
    parked = {step.move for step in draft.steps if step.is_parking}
    why = ('left out: the moves that would make room for it wait for it in turn, '
           'and no third node can take one of the servers meanwhile')
    return [Proposal(moves[move].change, why + ('; it stays parked' if move in parked else ''))
            for move in draft.left]
