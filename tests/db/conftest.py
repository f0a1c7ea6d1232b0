# SPDX-License-Identifier: Apache-2.0
"""Rows to put into a store."""

from typing import Any

import pytest

from watcher_py.db.models import Action, ActionPlan, Audit, EfficacyIndicator, Goal, Strategy
from watcher_py.db.store import Store


class Seed:
    """Adds rows of each kind to a store, with all that such a row must have."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def goal(self, name: str = 'dummy', **values: Any) -> Goal:
        return self._added(Goal(name=name, display_name=name.title(), **values))

    def strategy(self, name: str = 'dummy', **values: Any) -> Strategy:
        goal = values.pop('goal', None) or self.goal(f'goal of {name}')
        return self._added(Strategy(name=name, display_name=name.title(), goal_id=goal.id, **values))

    def audit(self, name: str = 'nightly', **values: Any) -> Audit:
        goal_id = values.pop('goal_id', None) or self.goal(f'goal of {name}').id
        return self._added(Audit(name=name, audit_type='ONESHOT', goal_id=goal_id,
                                 **{'state': 'PENDING', **values}))

    def plan(self, actions: int = 2, **values: Any) -> ActionPlan:
        strategy, audit = self.strategy(), self.audit()
        plan = ActionPlan(audit_id=audit.id, strategy_id=strategy.id, **{'state': 'RECOMMENDED', **values})
        plan.indicators = [EfficacyIndicator(name='released', unit='hosts', data=3.25)]
        self.store.add(plan, *(Action(
            action_plan=plan, action_type='nop', state='PENDING', input_parameters={'message': str(number)})
            for number in range(actions)))
        return plan

    def _added(self, row: Any) -> Any:
        self.store.add(row)
        return row


@pytest.fixture
def seed(store: Store) -> Seed:
    return Seed(store)


@pytest.fixture
def any_seed(any_store: Store) -> Seed:
    return Seed(any_store)
