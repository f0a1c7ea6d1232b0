# SPDX-License-Identifier: Apache-2.0
"""What a plan gains with the best of its moves, and how many of them bring most of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher_py.dashboard.plan.objective import teller

Row = Mapping[str, Any]

MOST = 0.8          # the share of the gain that is called most of it


@dataclass(frozen=True)
class Point:
    """The objective after so many moves; less is better."""

    moves: int
    value: float


@dataclass(frozen=True)
class Gain:
    """How the objective falls with the moves, those of most worth first, from none to all of them."""

    objective: str
    points: Sequence[Point]
    bound: float | None

    @property
    def start(self) -> float:
        return self.points[0].value

    @property
    def end(self) -> float:
        return self.points[-1].value

    @property
    def moves(self) -> int:
        return self.points[-1].moves

    def tell(self, value: float | None) -> str:
        return teller(self.objective)(value)

    @property
    def most(self) -> Point | None:
        """The first point with most of the gain, if that is not the last one anyway."""
        enough = self.start - MOST * (self.start - self.end)
        point = next(point for point in self.points if point.value <= enough)
        return point if 0 < point.moves < self.moves else None


def gain_of(course: Row) -> Gain | None:
    """Of the course of a plan, by the worth of its moves; None where they gain nothing, or nobody knows."""
    start, end = course['start'], course['end']
    if course['objective'] is None or start is None or end is None or not end < start:
        return None
    after = [Point(count, move['value']) for count, move in enumerate(course['by_worth'], 1)
             if move['value'] is not None]
    return Gain(course['objective'], [Point(0, start), *after], course['bound']) if after else None
