# SPDX-License-Identifier: Apache-2.0
"""What a plan's owner writes down of it, as long as it is the owner; a database that is away is outlasted."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from sqlalchemy import select

from watcher_py.applier.memory import Memory
from watcher_py.core.errors import TakenOver, Unavailable
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.insist import insist, patiently
from watcher_py.db.lease import Hold
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Condition, Depth, Store

T = TypeVar('T')


class Ledger:
    """Each method returns once the database has it, and raises TakenOver when the plan is another's."""

    def __init__(self, store: Store, hold: Hold[ActionPlan]):
        self._store, self._hold = store, hold
        # Made once: each of thousands of actions is written several times.
        self._covers, self._is_ours = hold.covers, hold.is_ours
        self._goes_on = Action.action_plan_id.in_(select(ActionPlan.id).where(
            ActionPlan.id == hold.row.id, self._is_ours, ActionPlan.state == PlanState.ONGOING))

    def plan(self) -> ActionPlan:
        return self.ask(lambda: self._store.get(ActionPlan, self._hold.row.id, with_deleted=True))

    def actions(self, depth: Depth | None = 0) -> list[Action]:
        return self.ask(lambda: self._store.find(Action, action_plan_id=self._hold.row.id, depth=depth))

    def action(self, row: Action) -> Action:
        return self.ask(lambda: self._store.get(Action, row.id, with_deleted=True, depth=0))

    def begin(self, row: Action, to_state: str, **values: Any) -> bool:
        """Take an action that is pending; False when it is not, or the plan is to stop."""
        return self._claim(row, ActionState.PENDING, to_state, self._goes_on, **values)

    def end(self, row: Action, from_state: str, to_state: str, **values: Any) -> bool:
        """Take an action from one state to another; False when it isn't in the first."""
        return self._claim(row, from_state, to_state, self._covers, **values)

    def end_plan(self, from_state: str, to_state: str, message: str | None) -> bool:
        plan = self._hold.row

        def write() -> bool:
            return self._store.claim(plan, from_state, to_state, self._is_ours, status_message=message)

        return self._insist(write, lambda: bool(self._store.count(
            ActionPlan, ActionPlan.id == plan.id, self._is_ours, state=to_state)))

    def change(self, states: Collection[str], **values: Any) -> int:
        """All actions in these states; how many."""
        return self.ask(lambda: self._store.change_where(
            Action, Action.action_plan_id == self._hold.row.id, Action.state.in_(states), self._covers,
            **values))

    def keep(self, row: Action, **values: Any) -> None:
        """Of an action, whatever its state; nobody is told."""
        self._must(lambda: self._store.touch(Action, Action.id == row.id, self._covers, **values))

    def keep_plan(self, **values: Any) -> None:
        """Of the plan; nobody is told."""
        plan = self._hold.row
        self._must(lambda: self._store.touch(ActionPlan, ActionPlan.id == plan.id, self._is_ours,
                                             **values))

    def tell(self, row: Action, message: str) -> None:
        """What an operator reads of an action."""
        self.ask(lambda: self._store.change_where(Action, Action.id == row.id, self._covers,
                                                  status_message=message))

    def memory(self, row: Action) -> Memory:
        """The action's own, stored with each note."""
        return Memory(row.memory, lambda values: self.keep(row, memory=values))

    def ask(self, question: Callable[[], T]) -> T:
        """What may be asked twice."""
        try:
            return patiently(question, self._hold.lost)
        except Unavailable:
            raise self._taken_over() from None

    def _claim(self, row: Action, from_state: str, to_state: str, condition: Condition,
               **values: Any) -> bool:
        def write() -> bool:
            return self._store.claim(row, from_state, to_state, condition, **values)

        # Nobody else takes it to this state; the plan's own may have changed since.
        return self._insist(write, lambda: bool(self._store.count(
            Action, Action.id == row.id, self._covers, state=to_state)))

    def _insist(self, write: Callable[[], bool], is_written: Callable[[], bool]) -> bool:
        try:
            is_ours = insist(write, is_written, self._hold.lost)
        except Unavailable:
            raise self._taken_over() from None
        if not is_ours:
            self._check_hold()
        return is_ours

    def _must(self, write: Callable[[], int]) -> None:
        if not self.ask(write):
            raise self._taken_over()

    def _check_hold(self) -> None:
        """What was not written may have been in another state, or the plan is another's."""
        number = self._hold.row.id
        if not self.ask(lambda: self._store.count(ActionPlan, ActionPlan.id == number, self._is_ours)):
            raise self._taken_over()

    def _taken_over(self) -> TakenOver:
        # Whatever else goes on under this lease is to end as well.
        self._hold.lost.set()
        return TakenOver(f'action plan {self._hold.row.uuid} was taken over, or is gone')
