# SPDX-License-Identifier: Apache-2.0
"""Whether a plan is to stop: its row is looked at while it runs."""

import logging
from threading import Event, Lock, Thread
from types import TracebackType

from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)


class Cancellation:
    """Inside its `with`, `event` is set within `interval` seconds of a user's word."""

    def __init__(self, store: Store, plan: ActionPlan, interval: float, announcer: Announcer = SILENT):
        self.event = Event()
        self._store, self._plan, self._interval, self._announcer = store, plan, interval, announcer
        self._over, self._lock = Event(), Lock()
        self._thread = Thread(target=self._go_on, name=f'cancellation of {plan.uuid}', daemon=True)

    def __enter__(self) -> 'Cancellation':
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def look(self) -> bool:
        """Whether the plan is to stop, by its row at this moment."""
        # Several look at once, and one tells.
        with self._lock:
            return self.event.is_set() or self._is_told()

    def _is_told(self) -> bool:
        plan = self._store.get(ActionPlan, self._plan.id)
        if plan.state != PlanState.CANCELLING:
            return False
        LOG.info('Action plan %s: to be cancelled', self._plan.uuid)
        ongoing = (Action.action_plan_id == self._plan.id, Action.state == ActionState.ONGOING)
        self._store.change_where(Action, *ongoing, state=ActionState.CANCELLING)
        self._announce(plan)
        self.event.set()
        return True

    def _announce(self, plan: ActionPlan) -> None:
        actions = self._store.find(Action, action_plan_id=plan.id, state=ActionState.CANCELLING)
        for row in (plan, *actions):
            self._announcer.started(row, 'cancel')

    def _go_on(self) -> None:
        while not self._over.wait(self._interval):
            try:
                if self.look():
                    return
            except WatcherError as error:
                LOG.warning('Action plan %s: is it cancelled? %s', self._plan.uuid, error)
