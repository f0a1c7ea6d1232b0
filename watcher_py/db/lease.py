# SPDX-License-Identifier: Apache-2.0
"""Who works at an audit or a plan: a lease that its owner renews, and a number that rises with each owner.

The lease says when another may take the row over; the clocks of the services' hosts must agree to a few
seconds. The number, the fencing token, is a condition of everything that is stored under the lease: what an
owner that was replaced without knowing it tries to store is not stored. Before it changes the cloud it asks
`Hold.guard`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar
from uuid import uuid4

from oslo_db.exception import DBError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from watcher_py.core.errors import TakenOver, WatcherError
from watcher_py.db.columns import now
from watcher_py.db.insist import insist
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.store import Condition, Store

LOG = logging.getLogger(__name__)

Leased = TypeVar('Leased', Audit, ActionPlan)

SECONDS = 15.0
RENEWALS = 3        # in the time of a lease
LOOK = 0.2          # seconds between two looks at whether a late renewal has come through

FAILURES = (DBError, SQLAlchemyError, WatcherError)


@dataclass(frozen=True, eq=False)
class Hold(Generic[Leased]):
    """A row that this process works at."""

    row: Leased
    fence: int
    lost: Event = field(default_factory=Event)          # set once another owns the row, or may
    _is_sure: Callable[[], bool] = lambda: True

    @property
    def is_ours(self) -> Condition:
        """What a change of the row itself has to meet."""
        return type(self.row).fence == self.fence

    @property
    def covers(self) -> Condition:
        """What a change of the plan's actions has to meet."""
        plans = select(ActionPlan.id).where(ActionPlan.id == self.row.id, ActionPlan.fence == self.fence)
        return Action.action_plan_id.in_(plans)

    def check(self) -> None:
        """TakenOver if the row is known to be another's; for those who only read."""
        if self.lost.is_set():
            raise TakenOver(f'{self.row.noun()} {self.row.uuid} was taken over by another service')

    def guard(self) -> None:
        """To be called just before the cloud is changed: TakenOver if the row is another's.

        While it can't be known, for the database is away, it waits.
        """
        self.check()
        while not self._is_sure():
            self.lost.wait(LOOK)
            self.check()


class Leases:
    """The leases of one process, renewed from a thread."""

    name = 'leases'

    def __init__(self, store: Store, host: str, seconds: float = SECONDS,
                 clock: Callable[[], datetime] = now):
        self.owner = f'{host}/{uuid4().hex[:12]}'
        self.taken_over = 0                         # rows, from others
        self.busy_since: float | None = None        # by time.monotonic(); None while no renewal goes on
        self._store, self._seconds, self._clock = store, seconds, clock
        self._sure: dict[Hold[Any], float] = {}     # since when, by time.monotonic()
        self._renewed = time.monotonic()
        self._lock, self._stopped = Lock(), Event()
        self._thread = Thread(target=self._go_on, name=self.name, daemon=True)

    def start(self) -> None:
        self._renewed = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Claim and renew no more; what is still held is given back, for another to take over at once."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        for hold in self.holds:
            self.give_back(hold)

    @property
    def holds(self) -> list[Hold[Any]]:
        """What is held at this moment."""
        with self._lock:
            return list(self._sure)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def renewed_ago(self) -> float:
        """Seconds since a renewal came through."""
        return time.monotonic() - self._renewed

    def claim(self, row: Leased, from_states: Any, to_state: str, *conditions: Condition,
              **values: Any) -> Hold[Leased] | None:
        """The row, taken from one state to another by this call and leased; None when it could not be."""
        hold = self._hold(row)

        def write() -> bool:
            return self._store.claim(row, from_states, to_state, type(row).fence == row.fence, *conditions,
                                     **self._leased(hold), takeovers=0, **values)

        return hold if self._keep(hold, write) else None

    def expired(self, model: type[Leased], *conditions: Condition, **columns: Any) -> list[Leased]:
        """The rows whose owner has not renewed its lease in time; those that never had one too."""
        mine = [hold.row.id for hold in self.holds if type(hold.row) is model]
        return self._store.find(model, self._is_over(model), model.id.not_in(mine), *conditions, **columns)

    def take_over(self, row: Leased, **values: Any) -> Hold[Leased] | None:
        """The row, leased in its state; None when another was quicker, or its owner is back."""
        hold, model = self._hold(row), type(row)
        same = (model.id == row.id, model.fence == row.fence, model.state == row.state, self._is_over(model))
        # Who stops gives its rows back, and has no owner put down: that counts against nobody.
        takeovers = row.takeovers + (row.owner is not None)

        def write() -> bool:
            return self._store.touch(model, *same, **self._leased(hold), takeovers=takeovers, **values) == 1

        if not self._keep(hold, write):
            return None
        with self._lock:
            self.taken_over += 1
        LOG.info('%s %s is taken over from %s', row.noun(), row.uuid, row.owner or 'who gave it back')
        return hold

    def release(self, hold: Hold[Any]) -> None:
        """The row needs no owner any more; if it does, another is one once the lease is over."""
        with self._lock:
            self._sure.pop(hold, None)

    def give_back(self, hold: Hold[Any]) -> None:
        """It is not over: whoever looks next may take it over."""
        hold.lost.set()
        self.release(hold)
        try:
            self._store.touch(type(hold.row), type(hold.row).id == hold.row.id, hold.is_ours, owner=None,
                              leased_until=None)
        except FAILURES as error:
            LOG.warning('%s %s is another\'s only when its lease is over: %s', hold.row.noun(), hold.row.uuid,
                        error)

    def _hold(self, row: Leased) -> Hold[Leased]:
        hold: Hold[Leased] = Hold(row, row.fence + 1, _is_sure=lambda: self._is_sure(hold))
        return hold

    def _leased(self, hold: Hold[Any]) -> dict[str, Any]:
        return {'owner': self.owner, 'fence': hold.fence, 'leased_until': self._end()}

    def _end(self) -> datetime:
        return self._clock() + timedelta(seconds=self._seconds)

    def _is_over(self, model: type[Leased]) -> Condition:
        return model.leased_until.is_(None) | (model.leased_until < self._clock())

    def _keep(self, hold: Hold[Any], write: Callable[[], bool]) -> bool:
        """Whether the write made the row ours; the lease is as old as the first try of it."""
        model, begun = type(hold.row), time.monotonic()

        def is_written() -> bool:
            return bool(self._store.count(model, model.id == hold.row.id, owner=self.owner, fence=hold.fence))

        if self._stopped.is_set() or not insist(write, is_written, self._stopped):
            return False
        with self._lock:
            self._sure[hold] = begun
        return True

    def _is_sure(self, hold: Hold[Any]) -> bool:
        """Whether the lease is so young that nobody can have taken the row over; of what is over, too."""
        with self._lock:
            begun = self._sure.get(hold)
        return begun is None or time.monotonic() - begun < self._seconds * (RENEWALS - 1) / RENEWALS

    def _go_on(self) -> None:
        while not self._stopped.wait(self._seconds / RENEWALS):
            self.busy_since = time.monotonic()
            try:
                self.renew()
            except FAILURES as error:
                LOG.warning('Leases are not renewed: %s', error)
            self.busy_since = None

    def renew(self) -> None:
        """Renew what is held; what turns out to be another's by now is lost."""
        begun = time.monotonic()
        for model in (Audit, ActionPlan):
            holds = [hold for hold in self.holds if type(hold.row) is model]
            if holds:
                self._renew_those(model, holds, begun)
        self._renewed = begun

    def _renew_those(self, model: Any, holds: list[Hold[Any]], begun: float) -> None:
        numbers = [hold.row.id for hold in holds]
        self._store.touch(model, model.id.in_(numbers), model.owner == self.owner, leased_until=self._end())
        ours = {row.id: row.fence for row in self._store.find(
            model, model.id.in_(numbers), depth=0, owner=self.owner)}
        for hold in holds:
            self._settle(hold, begun, is_kept=ours.get(hold.row.id) == hold.fence)

    def _settle(self, hold: Hold[Any], begun: float, is_kept: bool) -> None:
        with self._lock:
            if hold not in self._sure:
                return          # it was put down meanwhile
            if is_kept:
                self._sure[hold] = begun
                return
            del self._sure[hold]
            hold.lost.set()
        LOG.warning('%s %s was taken over by another service', hold.row.noun(), hold.row.uuid)
