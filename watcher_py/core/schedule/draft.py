# SPDX-License-Identifier: Apache-2.0
"""What a schedule is drawn up for, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from watcher_py.core.cluster import Bools
from watcher_py.core.pace import Pace
from watcher_py.core.problem import Problem
from watcher_py.core.schedule.moves import Moves


@dataclass(frozen=True, eq=False)
class Task:
    """Moves to be put in order."""

    problem: Problem
    moves: Moves
    pace: Pace
    open_nodes: Bools               # [N] which may be third nodes
    in_turn: bool = False           # whether circles are broken one after the other, not side by side


class Step(NamedTuple):
    """A move as it is carried out, or one of the two legs of its detour."""

    move: int
    source: int
    target: int
    start: float
    seconds: float
    parents: frozenset[int]         # steps that have to end before, whatever time they take
    cause: int | None               # the step whose end let it start; None: it starts at once
    is_parking: bool


@dataclass(frozen=True)
class Draft:
    """Steps in the order of their starts, and moves that no order makes possible."""

    steps: Sequence[Step]
    left: Sequence[int]

    @property
    def makespan(self) -> float:
        return max((step.start + step.seconds for step in self.steps), default=0.0)
