# SPDX-License-Identifier: Apache-2.0
"""Solve a stated problem: one term after the other, none at the cost of those before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Ints
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import Problem
from watcher_py.core.solution import Outcome
from watcher_py.core.solve import balance, drain, make_room, pack, repair
from watcher_py.core.solve.terms import Balance, Drain, MakeRoom, Pack, Repair, Term
from watcher_py.core.whatif import WhatIf


@dataclass(frozen=True, eq=False)
class Answer:
    """A legal placement [S], and what it does to each term, in the order they were stated."""

    node: Ints
    outcomes: tuple[Outcome, ...]


def solve(problem: Problem, terms: Sequence[Term], limits: Limits = NO_LIMITS,
          budget: Budget = UNLIMITED) -> Answer:
    """The best placement found until the budget is spent; never worse than leaving all as it is."""
    trial = WhatIf(problem, limits)
    outcomes = tuple(_improve(trial, term, budget) for term in terms)
    return Answer(trial.node, outcomes)


def _improve(trial: WhatIf, term: Term, budget: Budget) -> Outcome:
    """Each solver betters the trial by its term alone, and closes the nodes that it emptied."""
    match term:
        case Pack():
            return pack.improve(trial, term, budget)
        case Balance():
            return balance.improve(trial, term, budget)
        case Drain():
            return drain.improve(trial, term, budget)
        case MakeRoom():
            return make_room.improve(trial, term, budget)
        case Repair():
            return repair.improve(trial, term, budget)
