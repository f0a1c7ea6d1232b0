# SPDX-License-Identifier: Apache-2.0
"""How far a plan is that is carried out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher_py.core.states import PLAN_ENDED, ActionState
from watcher_py.dashboard.plan.deed import Deed
from watcher_py.dashboard.plan.request import Request, asked, possible

Row = Mapping[str, Any]

# From left to right in the bar.
ORDER = (ActionState.SUCCEEDED, ActionState.FAILED, ActionState.ONGOING, ActionState.CANCELLING,
         ActionState.PENDING, ActionState.SKIPPED, ActionState.CANCELLED)
ENDED = frozenset({ActionState.SUCCEEDED, ActionState.FAILED, ActionState.SKIPPED, ActionState.CANCELLED})


@dataclass(frozen=True)
class Running:
    deed: Deed
    seconds: float | None           # so far
    requests: Sequence[Request]     # what this user may ask of it

    @property
    def asked(self) -> str:
        return asked(self.deed)


@dataclass(frozen=True)
class Progress:
    """`counts` are numbers of actions by state, in the order in which they are drawn."""

    row: Row
    counts: Sequence[tuple[str, int]]
    running: Sequence[Running]
    failed: Sequence[Deed]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)

    @property
    def ended(self) -> int:
        return sum(count for state, count in self.counts if state in ENDED)

    @property
    def has_ended(self) -> bool:
        return self.row['state'] in PLAN_ENDED


def progress_of(row: Row, now: datetime, may: Callable[[str], bool]) -> Progress:
    by_state: Mapping[str, int] = row['by_state']
    return Progress(row, [(state, by_state[state]) for state in ORDER if by_state.get(state)],
                    [Running(deed, _since(deed.row.get('begun_at'), now), possible(deed, may))
                     for deed in _deeds(row['running'], ActionState.ONGOING)],
                    _deeds(row['failed'], ActionState.FAILED))


def _deeds(rows: Iterable[Row], state: str) -> list[Deed]:
    return [Deed(0, {'state': state, **row}) for row in rows]


def _since(told: str | None, now: datetime) -> float | None:
    return None if told is None else max(0.0, (now - datetime.fromisoformat(told)).total_seconds())
