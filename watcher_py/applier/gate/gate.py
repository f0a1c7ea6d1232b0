# SPDX-License-Identifier: Apache-2.0
"""Whether an action may begin at this moment: windows, rates, and the circuit breaker."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Lock

from oslo_config.cfg import ConfigOpts

from watcher_py import calendars
from watcher_py.applier.gate.breaker import Breaker
from watcher_py.applier.gate.opening_hours import OpeningHours
from watcher_py.applier.gate.rates import Limits, Project, Rates
from watcher_py.core.breaker import Phase, Verdict, bounds_of
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.recent_moves import MOVES, RecentMoves
from watcher_py.db.store import Store

# Until what was admitted has begun in the database, or else hasn't.
ADMITTED = timedelta(seconds=10)


class Gate:
    """Asked again and again until an action may begin.

    Whoever is told that a move may begin begins it at once: it counts from then on.
    """

    def __init__(self, store: Store, conf: ConfigOpts, clock: Callable[[], datetime] = now):
        """Invalid when the windows or blackouts of [execution] can't be read."""
        options, moves = conf.execution, RecentMoves(store)
        self._hours = OpeningHours(calendars.read(options.windows, options.blackouts))
        self._breaker = Breaker(moves, bounds_of(options))
        self._rates = Rates(
            moves, Limits(options.migrations_per_hour, options.migrations_per_hour_per_project))
        self._clock, self._lock = clock, Lock()
        self._admitted: dict[int, tuple[datetime, Project]] = {}

    def why_wait(self, plan: ActionPlan, row: Action, project: str | None) -> str | None:
        """The sentence that tells the operator why the action waits; None when it may begin now.

        Unavailable when the database doesn't answer.
        """
        moment = self._clock()
        shut = self._hours.why_shut(plan.execution, moment)
        if shut or row.action_type not in MOVES:
            return shut
        # One at a time, so that threads side by side don't take the same room.
        with self._lock:
            others = self._others(row, moment)
            why = self._breaker.why_wait(others, moment) or self._rates.why_wait(project, others, moment)
            if why is None and (self._rates.are_set or self._breaker.verdict(moment).phase is Phase.PROBING):
                self._admitted[row.id] = moment, project
            return why

    def verdict(self) -> Verdict:
        """What the circuit breaker says, a second old at most."""
        with self._lock:
            return self._breaker.verdict(self._clock())

    def lines(self) -> Iterator[str]:
        """How it stands, for who looks at the service from outside."""
        yield self._hours.why_shut({}, self._clock()) or 'The windows of the service are open.'
        verdict = self.verdict()
        figures = f'{verdict.failed} of the last {verdict.ended} moves failed'
        yield verdict.sentence or f'Circuit breaker: closed; {figures}.'

    def _others(self, row: Action, moment: datetime) -> dict[int, Project]:
        """The other moves that were admitted a moment ago."""
        self._admitted = {number: each for number, each in self._admitted.items()
                          if number != row.id and timedelta(0) <= moment - each[0] < ADMITTED}
        return {number: project for number, (_, project) in self._admitted.items()}
