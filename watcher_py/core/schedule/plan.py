# SPDX-License-Identifier: Apache-2.0
"""A plan: actions, which waits for which, and how long they are likely to take."""

from dataclasses import dataclass
from typing import NamedTuple

from watcher_py.core.changes import Change
from watcher_py.core.solution import Proposal


class PlannedAction(NamedTuple):
    """A change, why, and the earlier actions (their places in the plan) that it waits for."""

    change: Change
    reason: str
    parents: tuple[int, ...] = ()
    start: float = 0.0              # predicted: seconds after the plan's start
    seconds: float = 0.0            # predicted: how long it takes
    is_parking: bool = False        # the server goes on from its target in a later action


@dataclass(frozen=True)
class Plan:
    """Actions; carried out one by one in their order, or side by side along their parents."""

    actions: tuple[PlannedAction, ...] = ()
    makespan: float = 0.0           # predicted seconds until all is done
    bound: float = 0.0              # seconds; no order of the same moves at the same pace is done before
    left_out: tuple[Proposal, ...] = ()     # moves that no order makes possible, each with the reason

    @property
    def parkings(self) -> int:
        return sum(action.is_parking for action in self.actions)
