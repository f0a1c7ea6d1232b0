# SPDX-License-Identifier: Apache-2.0
"""Put moves in order: one draft after the other, each putting first what came last in the one before."""

from collections import defaultdict
from dataclasses import replace

from watcher_py.core.schedule.draft import Draft, Task
from watcher_py.core.schedule.play import draw

# A draft this much above the bound is good enough, as a share of the bound.
ENOUGH = 0.03
# Drafts of one plan, and moves of all its drafts together.
DRAFTS, MOVES = 12, 120_000
# Of a draft, so many moves that end late are traced back to what made them late.
TRACED = 20


def best_order(task: Task, bound: float) -> Draft:
    """The shortest draft found; fewest moves left out before all else.

    Squeaky wheel optimisation (Joslin and Clements 1999): a move that ended after the bound, and
    all that it waited for in turn, are the more urgent in the next draft the later it was.
    """
    urgency: defaultdict[int, float] = defaultdict(float)
    best = draft = draw(task, urgency)
    for _ in range(min(DRAFTS, MOVES // max(len(task.moves), 1)) - 1):
        if best.makespan <= bound * (1 + ENOUGH) and not best.left:
            break
        _blame(draft, bound * (1 + ENOUGH), urgency)
        draft = draw(task, urgency)
        best = min(best, draft, key=_cost)
    if best.left:
        # Side by side, circles may each take a part of the room without which none of them gets through.
        best = min(best, draw(replace(task, in_turn=True), urgency), key=_cost)
    return best


def _cost(draft: Draft) -> tuple[int, float]:
    return len(draft.left), draft.makespan


def _blame(draft: Draft, deadline: float, urgency: dict[int, float]) -> None:
    steps, seen = draft.steps, set[int]()
    for move in draft.left:
        urgency[move] += deadline
    late = [(step.start + step.seconds, number) for number, step in enumerate(steps)
            if step.start + step.seconds > deadline]
    for end, last in sorted(late, reverse=True)[:TRACED]:
        number: int | None = last
        while number is not None and number not in seen:
            seen.add(number)
            urgency[steps[number].move] += end - deadline
            number = steps[number].cause
