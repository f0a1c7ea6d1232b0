# SPDX-License-Identifier: Apache-2.0
"""One run of a plan: what it is carried out with, and what is known of it so far."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from watcher_py.applier.lanes import Lanes
from watcher_py.applier.ledger import Ledger
from watcher_py.applier.orders import Orders
from watcher_py.applier.tools import Tools
from watcher_py.core.execution import OnFailure
from watcher_py.core.states import ActionState
from watcher_py.db.columns import now, short
from watcher_py.db.lease import Hold
from watcher_py.db.models import Action, ActionPlan

NOT_DONE = (ActionState.FAILED, ActionState.CANCELLED)
# In the memory of a move that was left out: why its server still stands where it was.
STAYS = 'stays'
RENEWED_AFTER = 5.0     # seconds until another reason to wait replaces the one that is shown


class Waiting:
    """Which actions may not begin yet, and why; the plan's message tells of it."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        self._why: dict[str, str] = {}
        self._shown: str | None = None
        self._shown_at = 0.0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._why)

    def put_off(self, row: Action, why: str) -> None:
        with self._lock:
            self._why[row.uuid] = why
        self._show()

    def over(self, row: Action) -> None:
        with self._lock:
            was_there = self._why.pop(row.uuid, None)
        if was_there:
            self._show()

    def _show(self) -> None:
        with self._lock:
            why = next(iter(self._why.values()), None)
            message = short(f'Waits: {why}') if why else None
            is_young = time.monotonic() - self._shown_at < RENEWED_AFTER
            if message == self._shown or (message and self._shown and is_young):
                return
            self._shown, self._shown_at = message, time.monotonic()
            self._ledger.keep_plan(status_message=message)


@dataclass(eq=False)
class PlanRun:
    """Shared by the threads that carry out the plan's actions."""

    tools: Tools
    hold: Hold[ActionPlan]
    plan: ActionPlan
    rows: Mapping[str, Action]          # by uuid, as they were when the run began
    ledger: Ledger
    orders: Orders
    waiting: Waiting
    first_failure: Action | None = None
    stays: dict[str, str] = field(default_factory=dict)         # by uuid: see STAYS
    projects: dict[str, str | None] = field(default_factory=dict)   # by uuid, as far as they are known
    not_done: dict[str, ActionState] = field(default_factory=dict)  # by uuid
    begun: datetime = field(default_factory=now)                    # this run, not the first
    turned: Counter[str] = field(default_factory=Counter)           # by uuid: how often it went elsewhere
    silent_since: dict[str, float] = field(default_factory=dict)    # by uuid: the cloud has not answered

    @property
    def on_failure(self) -> OnFailure:
        return OnFailure(self.plan.execution.get('on_failure', self.tools.on_failure))

    @property
    def lanes(self) -> Lanes:
        usual, own = self.tools.lanes, self.plan.execution
        return Lanes(own.get('parallel', usual.in_all), own.get('parallel_per_host', usual.per_host),
                     own.get('parallel_per_link', usual.per_link),
                     own.get('parallel_per_pool', usual.per_pool))

    @property
    def is_halted(self) -> bool:
        """Whether a failure keeps all the rest from being begun."""
        if self.plan.roll_back is not None:
            return True
        return self.first_failure is not None and self.on_failure in (OnFailure.STOP_ALL, OnFailure.ROLL_BACK)

    @property
    def actions_running(self) -> int:
        return self.orders.running

    @property
    def actions_waiting(self) -> int:
        return len(self.waiting)

    def may_begin(self) -> bool:
        return not (self.is_halted or self.tools.stopping.is_set() or self.hold.lost.is_set()
                    or self.orders.is_cancelled.is_set())
