# SPDX-License-Identifier: Apache-2.0
"""A period that comes once."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Span:
    """From its begin on, up to its end."""

    begin: datetime
    end: datetime

    def end_at(self, moment: datetime) -> datetime | None:
        """When the period ends that the moment is in; None when it is in none."""
        return self.end if self.begin <= moment < self.end else None

    def next_start(self, moment: datetime, horizon: timedelta) -> datetime | None:
        """The first start behind the moment, up to the horizon."""
        return self.begin if moment < self.begin <= moment + horizon else None
