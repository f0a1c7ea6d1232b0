# SPDX-License-Identifier: Apache-2.0
"""How many moves may begin in an hour, in all and of one project, by all appliers together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher_py.core.moments import told
from watcher_py.db.recent_moves import RecentMoves

HOUR = timedelta(hours=1)
LOOK = timedelta(seconds=1)

Project = str | None


@dataclass(frozen=True)
class _Full:
    """There is no room until then; what is known from its begin to its end."""

    until: datetime
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Limits:
    """Moves an hour; 0 for any number."""

    in_all: int = 0
    per_project: int = 0


class Rates:
    """Asked before each move; where there is room the database is asked, so that all appliers count together.

    One thread at a time may ask.
    """

    def __init__(self, moves: RecentMoves, limits: Limits):
        self._moves, self._limits = moves, limits
        self._full: dict[Project, _Full] = {}       # None: in all

    @property
    def are_set(self) -> bool:
        return self._limits != Limits()

    def why_wait(self, project: Project, admitted: Mapping[int, Project], moment: datetime) -> str | None:
        """The sentence for a move, besides those that were admitted a moment ago; None when it may begin."""
        if self._limits.in_all and (until := self._until(None, self._limits.in_all, admitted, moment)):
            return f'Rate limit: {self._limits.in_all} migrations have begun within an hour; {_next(until)}.'
        if not project or not self._limits.per_project:
            return None
        theirs = {number: each for number, each in admitted.items() if each == project}
        if until := self._until(project, self._limits.per_project, theirs, moment, admitted):
            return (f'Rate limit: {self._limits.per_project} migrations of project {project} have begun '
                    f'within an hour; {_next(until)}.')
        return None

    def _until(self, project: Project, limit: int, counted: Mapping[int, Project], moment: datetime,
               besides: Mapping[int, Project] | None = None) -> datetime | None:
        """When there is room again; None when there is some."""
        known = self._full.pop(project, None)
        if known and known.begin <= moment < known.end:
            self._full[project] = known
            return known.until
        ids, since = list(besides or counted), moment - HOUR
        too_many = len(counted) + self._moves.begun(since, project, ids) - limit + 1
        if too_many <= 0:
            return None
        oldest = self._moves.oldest(since, too_many, project, ids)
        until = (oldest or moment) + HOUR
        # Of those that were admitted it is seen only later whether they begin.
        self._full[project] = _Full(until, moment, moment + LOOK if counted else until)
        return until


def _next(until: datetime) -> str:
    return f'the next may begin at {told(until)}'
