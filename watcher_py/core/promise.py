# SPDX-License-Identifier: Apache-2.0
"""What a plan promises, by what is really in it: an order is not found for all moves of a solution."""

from dataclasses import replace

from watcher_py.core.budget import Budget
from watcher_py.core.efficacy import Deed, Done
from watcher_py.core.foresight import foreseen
from watcher_py.core.schedule import Plan
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Solution
from watcher_py.core.strategy import Params, Strategy


def as_planned(strategy: Strategy, snapshot: Snapshot, params: Params, solution: Solution,
               plan: Plan) -> Solution:
    """The solution, with the figures of the plan where that lacks some of its moves.

    They are measured as those of a plan that was carried out, in the snapshot that is foreseen after it; what
    the strategy can't measure is not promised.
    """
    if not plan.left_out:
        return solution
    after = foreseen(snapshot, plan)
    indicators = strategy.measure(snapshot, after, params, deeds_of(plan)) if strategy.measure else {}
    return replace(solution, indicators=indicators,
                   outcome=_outcome(strategy, after, params, solution.outcome))


def deeds_of(plan: Plan) -> Done:
    """What the plan will have done."""
    return Done(tuple(Deed(action.change.action_type, action.change.parameters(), action.seconds)
                      for action in plan.actions))


def _outcome(strategy: Strategy, after: Snapshot, params: Params, promised: Outcome | None) -> Outcome | None:
    """Where the plan leads is where the strategy would begin then; None when it would go by another aim."""
    if promised is None:
        return None
    spent = Budget(lambda: True)
    begun = strategy.decide(after, params, spent).outcome
    if begun is None or begun.objective != promised.objective:
        return None
    return replace(promised, after=begun.before)
