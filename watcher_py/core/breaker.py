# SPDX-License-Identifier: Apache-2.0
"""The circuit breaker: whether the moves that ended lately were so bad that no more may begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from watcher_py.core.moments import told


@dataclass(frozen=True)
class Bounds:
    """The options breaker_* of [execution], by their names."""

    sample: int         # moves that are looked at
    period: int         # seconds that they may be old
    minimum: int        # moves below which nothing is said
    failures: float     # share of them that may not fail; 0 for any
    seconds: float      # that half of the migrations may not exceed; 0 for any
    pause: int          # seconds after the last bad one

    @property
    def are_set(self) -> bool:
        return bool(self.failures or self.seconds)


@dataclass(frozen=True)
class Ended:
    """A move that came to an end."""

    at: datetime
    has_failed: bool
    seconds: float | None = None    # that it took, where that tells of the network


class Phase(StrEnum):
    CLOSED = 'closed'       # as in a circuit: all flows
    OPEN = 'open'           # nothing moves
    PROBING = 'probing'     # one move at a time is tried


@dataclass(frozen=True)
class Verdict:
    """The phase, with the figures that it follows from."""

    phase: Phase = Phase.CLOSED
    ended: int = 0
    failed: int = 0
    median_seconds: float | None = None
    until: datetime | None = None       # the end of an open phase
    trouble: str = ''

    @property
    def sentence(self) -> str | None:
        """Why a move waits; None while all flows."""
        if self.phase is Phase.CLOSED:
            return None
        goes_on = f'at {told(self.until)} one is tried' if self.until else 'one at a time is tried'
        return f'Circuit breaker: {self.trouble}; {goes_on}.'


def bounds_of(options: Mapping[str, Any]) -> Bounds:
    """Those that the options of [execution] name."""
    return Bounds(**{name: options[f'breaker_{name}'] for name in Bounds.__dataclass_fields__})


def judge(newest: Sequence[Ended], bounds: Bounds, moment: datetime) -> Verdict:
    """The verdict on the moves that ended last: no more than the sample, none that is too old."""
    failed = sum(each.has_failed for each in newest)
    seconds = [each.seconds for each in newest if each.seconds is not None]
    middle = median(seconds) if seconds else None
    figures = Verdict(Phase.CLOSED, len(newest), failed, middle)
    trouble = _trouble(figures, len(seconds), bounds)
    if not trouble:
        return figures
    until = max(each.at for each in newest if _is_bad(each, bounds)) + timedelta(seconds=bounds.pause)
    is_open = moment < until
    return Verdict(Phase.OPEN if is_open else Phase.PROBING, len(newest), failed, middle,
                   until if is_open else None, trouble)


def _trouble(figures: Verdict, timed: int, bounds: Bounds) -> str:
    is_enough = bounds.failures and figures.ended >= bounds.minimum
    if is_enough and figures.failed / figures.ended >= bounds.failures:
        return f'{figures.failed} of the last {figures.ended} moves failed'
    middle = figures.median_seconds
    if bounds.seconds and middle is not None and timed >= bounds.minimum and middle > bounds.seconds:
        return f'half of the last {timed} migrations took {middle:.0f} s or more, beyond {bounds.seconds:g} s'
    return ''


def _is_bad(move: Ended, bounds: Bounds) -> bool:
    return move.has_failed or bool(bounds.seconds and (move.seconds or 0) > bounds.seconds)
