# SPDX-License-Identifier: Apache-2.0
"""What operators ask of a plan while it runs: to cancel it, to give up an action, to force one to its end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from types import TracebackType

from oslo_db.exception import DBError

from watcher_py.applier.actions.contract import Run
from watcher_py.bus.notifications import Announcer
from watcher_py.core.errors import NotFound, WatcherError
from watcher_py.core.states import ActionState, PlanState, Wish
from watcher_py.db.lease import Hold
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)


@dataclass
class Orders:
    """Inside its `with`, the plan's rows are looked at every `interval` seconds, and runs are told."""

    store: Store
    hold: Hold[ActionPlan]
    interval: float
    announcer: Announcer
    is_cancelled: Event = field(default_factory=Event)
    _runs: dict[int, Run] = field(default_factory=dict)         # by the ids of actions
    _over: Event = field(default_factory=Event)
    _looking: Lock = field(default_factory=Lock)
    _lock: Lock = field(default_factory=Lock)                   # of the runs

    def __enter__(self) -> 'Orders':
        self._thread = Thread(target=self._go_on, name=f'orders for {self.hold.row.uuid}', daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def told_to(self, row: Action, run: Run) -> Iterator[None]:
        """Inside, the run of the action hears what is asked of it."""
        with self._lock:
            self._runs[row.id] = run
            if self.is_cancelled.is_set():
                run.stop.set()
        try:
            yield
        finally:
            with self._lock:
                del self._runs[row.id]

    @property
    def running(self) -> int:
        return len(self._runs)

    def look(self) -> bool:
        """Whether the plan is to stop, by its row at this moment; what is wished of actions is passed on."""
        # Several look at once, and one tells.
        with self._looking:
            self._look_at_plan()
            self._look_at_actions()
            return self.is_cancelled.is_set()

    def _look_at_plan(self) -> None:
        try:
            plan = self.store.get(ActionPlan, self.hold.row.id, depth=0)
        except NotFound:
            LOG.warning('Action plan %s is gone; it is not carried out any further', self.hold.row.uuid)
            self.hold.lost.set()
            return
        if plan.fence != self.hold.fence:
            self.hold.lost.set()
        elif plan.state == PlanState.CANCELLING and not self.is_cancelled.is_set():
            self._cancel()

    def _cancel(self) -> None:
        LOG.info('Action plan %s: to be cancelled', self.hold.row.uuid)
        self.store.change_where(Action, Action.action_plan_id == self.hold.row.id,
                                Action.state == ActionState.ONGOING, self.hold.covers,
                                state=ActionState.CANCELLING)
        self._announce()
        with self._lock:
            self.is_cancelled.set()
            for run in self._runs.values():
                run.stop.set()

    def _announce(self) -> None:
        plan = self.store.get(ActionPlan, self.hold.row.id)
        actions = self.store.find(Action, action_plan_id=plan.id, state=ActionState.CANCELLING)
        for row in (plan, *actions):
            self.announcer.started(row, 'cancel')

    def _look_at_actions(self) -> None:
        with self._lock:
            runs = dict(self._runs)
        if not runs:
            return
        for row in self.store.find(Action, Action.id.in_(runs), Action.wish.is_not(None), depth=0):
            run = runs[row.id]
            event = run.stop if row.wish == Wish.ABORT else run.force
            if not event.is_set():
                LOG.info('Action %s: %s is asked for', row.uuid, row.wish)
                event.set()

    def _go_on(self) -> None:
        while not self._over.wait(self.interval) and not self.hold.lost.is_set():
            try:
                self.look()
            except (DBError, WatcherError) as error:
                LOG.warning('Action plan %s: what is asked of it? %s', self.hold.row.uuid, error)
