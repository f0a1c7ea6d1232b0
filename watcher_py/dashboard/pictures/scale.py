# SPDX-License-Identifier: Apache-2.0
"""Round figures along an axis, and moments along a time line."""

from datetime import UTC, datetime
from math import ceil, floor, log10

# Steps between two marks of an axis, of one power of ten.
ROUND = (1, 2, 2.5, 5, 10)
HOUR = 3600
# Seconds between two marks of a time line.
SPANS = (300, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR)


def ticks(most: float, count: int = 4) -> list[float]:
    """About so many round figures from 0 on, the last of them no less than `most`."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / count
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in ROUND if step * power >= rough * (1 - 1e-9))
    return [step * number for number in range(ceil(most / step - 1e-9) + 1)]


def moments(begin: float, end: float, count: int = 6) -> list[float]:
    """At most about so many full hours (or parts of one) between two moments, seconds since the epoch."""
    step = next((span for span in SPANS if (end - begin) / span <= count), SPANS[-1])
    return [step * number for number in range(ceil(begin / step), floor(end / step) + 1)]


def clock(moment: float) -> str:
    """The time of day, in UTC; the day at midnight."""
    at = datetime.fromtimestamp(moment, UTC)
    return f'{at:%H:%M}' if at.hour or at.minute else f'{at:%b} {at.day}'


def within(share: float) -> float:
    """A share of a picture, no further than its edges."""
    return min(max(share, 0.0), 1.0)
