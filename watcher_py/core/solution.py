# SPDX-License-Identifier: Apache-2.0
"""What a strategy decided: changes, each with its reason, and how good they are together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher_py.core.changes import Change
from watcher_py.core.pace import NO_LIMIT, AtOnce


@dataclass(frozen=True)
class Proposal:
    """A change and the reason of it."""

    change: Change
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a plan does to the quantity it minimises; `bound` is proven: no plan ends below it."""

    objective: str
    before: float
    after: float
    bound: float

    @property
    def gap(self) -> float:
        """By how much the outcome may be above the best there is, as a share of the bound."""
        return (self.after - self.bound) / self.bound if self.bound else float(self.after > 0)


@dataclass(frozen=True)
class Solution:
    """Changes in an order that can be executed, what they promise, and what stayed and why."""

    proposals: tuple[Proposal, ...] = ()
    indicators: Mapping[str, float] = field(default_factory=dict)
    outcome: Outcome | None = None
    # Why servers and nodes stayed that a plan might have touched: uuid -> reason.
    stayed: Mapping[str, str] = field(default_factory=dict)
    # Why nothing is done though something could be; '' where that is not so.
    refrained: str = ''
    # How many moves may go on at once, where the strategy limits that.
    at_once: AtOnce = NO_LIMIT
