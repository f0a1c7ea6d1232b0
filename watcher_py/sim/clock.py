# SPDX-License-Identifier: Apache-2.0
"""The simulated time: seconds since the epoch that pass faster, slower, or only when told."""

import time
from datetime import UTC, datetime


class Clock:
    """Simulated seconds since the epoch, `speed` of them in each real second.

    With speed 0 the time stands still until `advance` is called.
    """

    def __init__(self, speed: float = 1.0, start: float | None = None):
        self.speed = speed
        self._start = time.time() if start is None else start
        self._began = time.monotonic()

    def now(self) -> float:
        return self._start + (time.monotonic() - self._began) * self.speed

    def advance(self, seconds: float) -> None:
        self._start += seconds


def iso(moment: float) -> str:
    """As Nova writes the times of servers."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec='seconds')[:19] + 'Z'


def iso_micro(moment: float) -> str:
    """As Nova writes the times of migrations, services and actions."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec='microseconds')[:26]


def moment_of(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 text; UTC where it names no zone."""
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
