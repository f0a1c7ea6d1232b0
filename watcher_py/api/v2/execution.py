# SPDX-License-Identifier: Apache-2.0
"""/v2/execution: whether plans may go on at this moment, and what restrains them."""

from datetime import datetime, timedelta
from typing import Any

import falcon

from watcher_py import calendars
from watcher_py.api.bodies import OBJECT, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, FLAG, NUMBER_OR_NULL, shape
from watcher_py.api.view import TEXT_OR_NULL, aware
from watcher_py.core.breaker import Phase, Verdict, bounds_of, judge
from watcher_py.db.columns import now
from watcher_py.db.recent_moves import RecentMoves

HOUR = timedelta(hours=1)
EXECUTION = shape(
    options=OBJECT,
    calendar=shape(is_open=FLAG, next_opening=TEXT_OR_NULL),
    breaker=shape(phase={'enum': [phase.value for phase in Phase]}, ended=COUNT, failed=COUNT,
                  median_seconds=NUMBER_OR_NULL, until=TEXT_OR_NULL, why=TEXT_OR_NULL),
    begun_within_an_hour=shape(in_all=COUNT, by_project={'type': 'object', 'additionalProperties': COUNT}),
    seen_at=TEXT)


class Execution:
    """As the options of the API say: the appliers' are to be the same."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self._calendar = calendars.read(desk.execution['windows'], desk.execution['blackouts'])
        self._bounds = bounds_of(desk.execution)
        self._moves = RecentMoves(desk.store)

    @operation(gives=EXECUTION)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'execution:get')
        arguments(req, ())
        moment = now()
        since = moment - HOUR
        resp.media = {
            'options': dict(self.desk.execution), 'calendar': self._opening(moment),
            'breaker': _told(self._verdict(moment)),
            'begun_within_an_hour': {
                'in_all': self._moves.begun(since), 'by_project': self._moves.by_project(since)},
            'seen_at': aware(moment)}

    def _opening(self, moment: datetime) -> dict[str, Any]:
        is_open = calendars.is_open(self._calendar, moment)
        opening = moment if is_open else calendars.next_opening([self._calendar], moment)
        return {'is_open': is_open, 'next_opening': aware(opening)}

    def _verdict(self, moment: datetime) -> Verdict:
        newest = self._moves.ended(moment - timedelta(seconds=self._bounds.period), self._bounds.sample)
        return judge(newest, self._bounds, moment)


def _told(verdict: Verdict) -> dict[str, Any]:
    return {'phase': verdict.phase.value, 'ended': verdict.ended, 'failed': verdict.failed,
            'median_seconds': verdict.median_seconds, 'until': aware(verdict.until),
            'why': verdict.sentence}
