# SPDX-License-Identifier: Apache-2.0
"""When each action of a plan begins and ends: as it went, and for what is still to come as predicted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher_py.core.states import ActionState
from watcher_py.dashboard.plan.deed import Deed

# Without having begun, these never will.
NEVER = frozenset({ActionState.SKIPPED, ActionState.CANCELLED})


@dataclass(frozen=True)
class Span:
    """An action in seconds since the plan began."""

    deed: Deed
    begin: float
    end: float
    is_predicted: bool


def spans_of(deeds: Sequence[Deed], now: datetime) -> list[Span]:
    """By their begin; what has neither begun nor a prediction is left out.

    What is to come is predicted at the pace that the plan has shown so far, and begins no sooner than now.
    """
    begun = [(deed, moment) for deed in deeds if (moment := _moment(deed, 'begun_at'))]
    if not begun:
        return _in_order(_predicted(deed, 1.0, 0.0) for deed in deeds
                         if deed.state not in NEVER)
    origin = min(moment for _, moment in begun)
    real = [Span(deed, (moment - origin).total_seconds(),
                 ((_moment(deed, 'ended_at') or now) - origin).total_seconds(), False)
            for deed, moment in begun]
    pace = _pace(real)
    waiting = [span for deed in deeds if not deed.row.get('begun_at') and deed.state not in NEVER
               and (span := _predicted(deed, pace, 0.0))]
    late = max(0.0, (now - origin).total_seconds() - min((span.begin for span in waiting), default=0.0))
    return _in_order([*real, *(_predicted(span.deed, pace, late) for span in waiting)])


def _predicted(deed: Deed, pace: float, late: float) -> Span | None:
    begin, seconds = deed.row.get('planned_begin_s'), deed.row.get('planned_seconds')
    if begin is None or seconds is None:
        return None
    return Span(deed, begin * pace + late, (begin + seconds) * pace + late, True)


def _pace(real: Sequence[Span]) -> float:
    """Seconds that passed for each that was planned, of what has ended."""
    ended = [span for span in real if span.deed.row.get('ended_at') and span.deed.row.get('planned_seconds')]
    planned = sum(span.deed.row['planned_seconds'] for span in ended)
    return sum(span.end - span.begin for span in ended) / planned if planned else 1.0


def _in_order(spans: Iterable[Span | None]) -> list[Span]:
    return sorted((span for span in spans if span), key=lambda span: (span.begin, span.deed.number))


def _moment(deed: Deed, name: str) -> datetime | None:
    told = deed.row.get(name)
    return datetime.fromisoformat(told) if told else None
