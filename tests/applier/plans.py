# SPDX-License-Identifier: Apache-2.0
"""Plans to carry out, and what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

from tests.applier.site import PATIENCE
from watcher_py.applier.run_plan import run_plan
from watcher_py.applier.tools import Tools
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.store import Store

Step = tuple[str, dict[str, Any], Sequence[int]]       # type, parameters, places of its parents


@dataclass
class Running:
    """A plan that is carried out while the test looks on."""

    thread: Thread

    def finish(self) -> None:
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@dataclass
class Plans:
    """Stores plans, has them carried out, and tells what became of them."""

    store: Store
    tools: Tools

    def add(self, *steps: Step, state: str = 'PENDING', **values: Any) -> ActionPlan:
        plan = ActionPlan(audit_id=self._audit().id, strategy_id=self._strategy().id, state=state, **values)
        self.store.add(plan)
        uuids: list[str] = []
        for action_type, parameters, parents in steps:
            row = Action(action_plan_id=plan.id, action_type=action_type, input_parameters=parameters,
                         state='PENDING', parents=[uuids[place] for place in parents])
            self.store.add(row)
            uuids.append(row.uuid)
        return plan

    def run(self, *steps: Step) -> ActionPlan:
        plan = self.add(*steps)
        run_plan(self.tools, plan.uuid)
        return self.now(plan)

    def start(self, plan: ActionPlan) -> Running:
        return self.spawn(run_plan, self.tools, plan.uuid)

    def spawn(self, deed: Callable[..., None], *arguments: Any) -> Running:
        thread = Thread(target=deed, args=arguments, daemon=True)
        thread.start()
        return Running(thread)

    def now(self, plan: ActionPlan) -> ActionPlan:
        return self.store.get(ActionPlan, plan.id)

    def actions(self, plan: ActionPlan) -> list[Action]:
        return self.store.find(Action, action_plan_id=plan.id)

    def states(self, plan: ActionPlan) -> list[str]:
        return [row.state for row in self.actions(plan)]

    def messages(self, plan: ActionPlan) -> list[str | None]:
        return [row.status_message for row in self.actions(plan)]

    def wish(self, plan: ActionPlan, place: int, what: str) -> None:
        """As the API does it."""
        self.store.change(self.actions(plan)[place], wish=what)

    def cancel(self, plan: ActionPlan) -> None:
        """As the API does it."""
        assert self.store.claim(self.now(plan), 'ONGOING', 'CANCELLING')

    def _strategy(self) -> Strategy:
        found = self.store.find(Strategy)
        if not found:
            goal = Goal(name='dummy', display_name='Dummy')
            self.store.add(goal)
            self.store.add(Strategy(name='dummy', display_name='Dummy', goal_id=goal.id))
            found = self.store.find(Strategy)
        return found[0]

    def _audit(self) -> Audit:
        found = self.store.find(Audit)
        if not found:
            self.store.add(Audit(name='nightly', audit_type='ONESHOT', state='SUCCEEDED',
                                 goal_id=self._strategy().goal_id))
            found = self.store.find(Audit)
        return found[0]
