# SPDX-License-Identifier: Apache-2.0
"""Which compute nodes to switch off: those that are free already, and those that can be emptied for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import SERVICE_DISABLED_REASON, SetPower, SetService
from watcher_py.core.cluster import MEMORY_MB, Bools, Cluster, Floats, Ints
from watcher_py.core.difference import migrations
from watcher_py.core.energy.fleet import Fleet, drawn_after, load_of
from watcher_py.core.energy.spare import cheapest
from watcher_py.core.energy.switches import Switches
from watcher_py.core.explain.explanation import counted
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import worth_it
from watcher_py.core.solution import Outcome, Proposal
from watcher_py.core.solve.bounds import most_worth_emptied
from watcher_py.core.solve.in_turn import empty_in_turn
from watcher_py.core.solve.solver import Answer, solve
from watcher_py.core.strategy import Params, Stated

# What is guessed of a machine that shuts down.
SHUT_DOWN = 60.0            # seconds
# Up to so many nodes, it is cheap enough to look for two ways and keep the better one.
_FEW_NODES = 50
WATTS, NODES = 'W that the compute nodes draw', 'compute nodes that are on'


@dataclass(frozen=True, eq=False)
class Way:
    """Where the servers stand in the end, what is switched off then, and what is drawn."""

    placed: Ints                    # [S]
    off: Bools                      # [N]
    drawn: float                    # W, or how many nodes are on


class Saving:
    """The ways to switch nodes off, for a problem in which only servers of such nodes can move."""

    def __init__(self, fleet: Fleet, asked: Stated, budget: Budget):
        self._fleet, self._asked, self._budget = fleet, asked, budget
        self._home = asked.problem.node
        self._before = fleet.active(self._home)
        self._is_measured = fleet.is_measured
        self._cores = load_of(asked.problem)
        self._costs = fleet.costs()

    def best(self, params: Params) -> tuple[Way, Outcome, str]:
        """The way to draw least, what it does, and why nothing is done where that is not worth it."""
        stay = self._way(self._home)
        # The first of ways that are as good: nobody is to move for nothing.
        best = min((stay, *map(self._without_vain, self._emptied())), key=self._rank)
        if reason := self._why_not_move(stay, best, params):
            best = stay
        outcome, least = self._outcome(best), params['minimum_gain']
        if best.off.any() and outcome.before - outcome.after < least:
            reason = (f'switching {counted(int(best.off.sum()), "node")} off would bring {outcome.objective} '
                      f'from {outcome.before:g} to {outcome.after:g}; worth it is {least:g} or more')
            best = Way(self._home, np.zeros_like(best.off), outcome.before)
            outcome = self._outcome(best)
        return best, outcome, '' if best.off.any() else reason

    def _why_not_move(self, stay: Way, best: Way, params: Params) -> str:
        """Why moving does not make up for what it costs; what goes off without it is none of its gain."""
        gained = Outcome(self._objective, stay.drawn, best.drawn, self._bound)
        price = {**params, 'minimum_gain': 0}
        _, reason = worth_it(self._asked.problem, Answer(best.placed, (gained,)), price)
        return reason

    def _emptied(self) -> Iterator[Ints]:
        """Placements with emptied nodes.

        As many as can be, and of ways to do that the one that empties those that draw most; of few nodes
        also one after the other, those first that draw most for their size.
        """
        if not self._asked.problem.movable.any():
            return
        problem, limits = self._asked.problem, self._asked.limits
        yield self._packed.node
        if len(self._costs) > _FEW_NODES:
            return
        size = np.maximum(self._fleet.cluster.cores(), 1.0)
        order = np.argsort(-self._costs / size, kind='stable')
        yield empty_in_turn(problem, limits, order[(self._fleet.switches.free & self._before)[order]],
                            self._budget)

    @cached_property
    def _packed(self) -> Answer:
        asked = self._asked
        return solve(asked.problem, asked.terms, asked.limits, self._budget)

    def _way(self, placed: Ints) -> Way:
        fleet, active = self._fleet, self._fleet.active(placed)
        ready = fleet.ready(active)
        could = fleet.switches.free & fleet.switches.on & ~active
        kept = cheapest(could & ready, self._costs_when(placed), fleet.spare.members,
                        fleet.spare.needed(active) - fleet.spare.count(ready & ~could))
        off = np.asarray(could & ~kept)
        if not off.any():
            # Whatever moved moved for nothing.
            placed = self._home
        return Way(placed, off, self._drawn(placed, off))

    def _without_vain(self, placed: Ints) -> Way:
        """Without emptying what stays on for all that, unless less could be switched off then."""
        way = self._way(placed)
        vain = self._before & ~self._fleet.active(way.placed) & ~way.off
        for node in np.flatnonzero(vain).tolist():
            other = self._way(np.where(self._home == node, node, way.placed))
            if other.drawn <= way.drawn:
                way = other
        return way

    def _costs_when(self, placed: Ints) -> Floats:
        """[N] W that each node goes on to draw, or what others like it do where that is not known."""
        drawn = drawn_after(self._fleet, self._cores, placed, *np.zeros((2, len(self._before)), dtype=bool))
        return np.where(drawn > 0, drawn, self._costs)

    def _drawn(self, placed: Ints, off: Bools) -> float:
        if not self._is_measured:
            return float((self._fleet.switches.on & ~off).sum())
        return float(drawn_after(self._fleet, self._cores, placed, off, np.zeros_like(off)).sum())

    def _rank(self, way: Way) -> tuple[float, float]:
        """What is drawn, then the memory moved."""
        moved = way.placed != self._home
        return round(way.drawn, 6), float(self._asked.problem.demand[moved, MEMORY_MB].sum())

    def _outcome(self, way: Way) -> Outcome:
        before = self._drawn(self._home, np.zeros_like(way.off))
        # Sums of floats differ in their last digits.
        after = min(way.drawn, before)
        return Outcome(self._objective, before, after, min(self._bound, after))

    @property
    def _objective(self) -> str:
        return WATTS if self._is_measured else NODES

    @cached_property
    def _bound(self) -> float:
        """What no plan goes below.

        Nodes stay on that must not be switched or that hold a server that can't move. Of the others as many
        as the servers need besides and the spare takes, at best those that draw least; or, where that is
        more, those that the servers need wherever they go.
        """
        fleet, problem, spare = self._fleet, self._asked.problem, self._fleet.spare
        least, carried = self._least()
        stuck = np.bincount(problem.node, ~problem.movable, len(least)) > 0
        free = fleet.switches.free & fleet.switches.on & ~stuck
        active = int(self._packed.outcomes[0].bound)
        ready = int((fleet.ready(self._before) & ~free).sum())
        lacking = max(0, int(max(active * spare.share, spare.least)) - ready)
        besides, others = max(0, active - int(stuck.sum()) + lacking), np.sort(least[free])
        by_number = others[:besides].sum() + np.minimum(others[besides:], 0.0).sum()
        in_use = free & self._before
        emptied = most_worth_emptied(problem, in_use, least, int(self._before.sum()) - active)
        by_place = np.maximum(least[in_use], 0.0).sum() - emptied + np.minimum(others, 0.0).sum()
        return float(carried + least[~free].sum() + max(by_number, by_place))

    def _least(self) -> tuple[Floats, float]:
        """[N] What each node draws without the servers that can move; and what those draw, wherever they are.

        At best that is where a core draws least.
        """
        fleet, problem, on = self._fleet, self._asked.problem, self._fleet.switches.on
        if not self._is_measured:
            return on.astype(float), 0.0
        leaving = np.bincount(problem.node, self._cores * problem.movable, len(on))
        if not leaving.any():
            return np.where(on, fleet.power.watts, 0.0), 0.0
        per_core = np.where(on & self._before, fleet.power.per_core, 0.0)
        least = np.where(on, fleet.power.watts - per_core * leaving, 0.0)
        return least, float(leaving.sum() * per_core[on & self._before].min())


def switchable_only(problem: Problem, cluster: Cluster, switches: Switches, may_move: bool) -> Problem:
    """The problem in which servers move off nodes that can be switched, onto nodes in use, and nothing else.

    Free nodes take nobody: they are spare, or switched off.
    """
    names, why = cluster.nodes.name, switches.why_fixed
    stuck = tuple(reason or (f'{names[node]} is not switched off: {why[node]}' if why[node] else
                             '' if may_move else 'the audit asks for no server to be moved')
                  for reason, node in zip(problem.rules.stuck, problem.node.tolist(), strict=True))
    takes = problem.rules.takes & cluster.active()
    return replace(problem, rules=replace(problem.rules, stuck=stuck, takes=takes))


def shutdowns(fleet: Fleet, way: Way) -> Iterator[Proposal]:
    """What it takes: nothing new lands on the nodes, what stands on them leaves, and they go off."""
    nodes, standing = fleet.cluster.nodes, np.bincount(fleet.cluster.servers.node, minlength=len(way.off))
    for node in np.flatnonzero(way.off & nodes.enabled).tolist():
        change = SetService(nodes.uuid[node], nodes.name[node], False, SERVICE_DISABLED_REASON, True)
        why = f'it is emptied of {counted(int(standing[node]))}' if standing[node] else 'it is free'
        yield Proposal(change, f'{why}, and is switched off; nothing new is to land on it')
    yield from _moves(fleet, way)
    ready = int((fleet.ready(fleet.active(way.placed)) & ~way.off).sum())
    for node in np.flatnonzero(way.off).tolist():
        machine, watts = fleet.switches.machine[node], fleet.power.watts[node]
        draws = f'it draws {watts:.0f} W now' if np.isfinite(watts) else 'what it draws is not known'
        yield Proposal(SetPower(fleet.cluster.machines.uuid[machine], nodes.name[node], False, SHUT_DOWN),
                       f'nobody needs it, with {counted(ready, "free node")} beside it at hand; {draws}')


def _moves(fleet: Fleet, way: Way) -> Iterator[Proposal]:
    names, off = fleet.cluster.nodes.name, way.off.tolist()
    emptied = (fleet.in_use & ~fleet.active(way.placed)).tolist()
    for source, target, change in migrations(fleet.cluster, way.placed):
        if off[source]:
            why = f'empties {names[source]}, which is switched off then; {names[target]} has room for it'
        elif emptied[source]:
            why = (f'empties {names[source]}, which stays on as spare in place of another; '
                   f'{names[target]} has room for it')
        else:
            why = f'makes room of the right shape on {names[source]} for servers of nodes that go off'
        yield Proposal(change, why)
