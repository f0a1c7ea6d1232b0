# SPDX-License-Identifier: Apache-2.0
"""What plans promised and what came of them, an indicator at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# A promise counts as kept when what came is this near to it.
NEAR = 0.05


@dataclass(frozen=True)
class Outcome:
    """Of one plan. None is not known."""

    plan: str
    made_at: str | None
    state: str
    promised: float | None
    measured: float | None

    @property
    def is_kept(self) -> bool | None:
        """Whether what came is near what was promised; None when one of them is not known."""
        if self.promised is None or self.measured is None:
            return None
        return abs(self.measured - self.promised) <= NEAR * max(abs(self.promised), abs(self.measured))


@dataclass(frozen=True)
class Series:
    """An indicator over time, the oldest plan first."""

    name: str
    title: str
    unit: str
    outcomes: tuple[Outcome, ...]

    @property
    def measured(self) -> int:
        return sum(each.measured is not None for each in self.outcomes)

    @property
    def kept(self) -> int:
        return sum(each.is_kept is True for each in self.outcomes)

    @property
    def compared(self) -> int:
        return sum(each.is_kept is not None for each in self.outcomes)


def series(plans: Iterable[Mapping[str, Any]]) -> list[Series]:
    """By indicator, those that were measured most often first; `plans` come newest first."""
    found: dict[str, list[Outcome]] = {}
    about: dict[str, Mapping[str, Any]] = {}
    for plan in reversed(list(plans)):
        for each in plan['efficacy']:
            about[each['name']] = each
            found.setdefault(each['name'], []).append(Outcome(
                plan['uuid'], plan['created_at'], plan['state'], each['predicted'], each['measured']))
    every = [Series(name, about[name]['description'] or name, about[name]['unit'] or '', tuple(outcomes))
             for name, outcomes in found.items()]
    return sorted(every, key=lambda each: -each.compared)
