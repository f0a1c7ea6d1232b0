# SPDX-License-Identifier: Apache-2.0
"""The circuit breaker, as all appliers find it in the database."""

from collections.abc import Collection
from datetime import datetime, timedelta

from watcher_py.core.breaker import Bounds, Phase, Verdict, judge
from watcher_py.db.recent_moves import RecentMoves

LOOK = timedelta(seconds=1)


class Breaker:
    """Its answers are a second old at most; one thread at a time may ask."""

    def __init__(self, moves: RecentMoves, bounds: Bounds):
        self._moves, self._bounds = moves, bounds
        self._verdict, self._looked = Verdict(), datetime.min
        self._seen_moving = datetime.min

    def verdict(self, moment: datetime) -> Verdict:
        if self._bounds.are_set and not timedelta(0) <= moment - self._looked < LOOK:
            since = moment - timedelta(seconds=self._bounds.period)
            newest = self._moves.ended(since, self._bounds.sample)
            self._verdict, self._looked = judge(newest, self._bounds, moment), moment
        return self._verdict

    def why_wait(self, admitted: Collection[int], moment: datetime) -> str | None:
        """The sentence for a move, besides those that were admitted a moment ago; None when it may begin."""
        verdict = self.verdict(moment)
        if verdict.phase is Phase.PROBING and self._is_quiet(admitted, moment):
            return None
        return verdict.sentence

    def _is_quiet(self, admitted: Collection[int], moment: datetime) -> bool:
        """Whether nothing moves; that something does is believed for a second."""
        if timedelta(0) <= moment - self._seen_moving < LOOK:
            return False
        if self._moves.under_way(admitted):
            self._seen_moving = moment
            return False
        return True
