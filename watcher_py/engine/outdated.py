# SPDX-License-Identifier: Apache-2.0
"""Recommended plans that nobody should launch any more: a newer one replaces them, or they are too old."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.store import Change, Condition, Store

LOG = logging.getLogger(__name__)

REPLACED = 'A newer run of the audit replaces it.'


def replaced(audit: Audit) -> tuple[Change, Change]:
    """What earlier runs of the audit recommended is cancelled; what they started, too, until it begins."""
    # Else the plans would pile up while no applier is there, and be carried out one by one when they are old.
    states = (PlanState.RECOMMENDED, PlanState.PENDING) if audit.auto_trigger else (PlanState.RECOMMENDED,)
    return _closed(PlanState.CANCELLED, REPLACED, ActionPlan.audit_id == audit.id, states)


def supersede_aged(store: Store, hours: int, moment: datetime) -> None:
    """Supersede plans that are older; zero hours are for ever."""
    if not hours:
        return
    is_aged = ActionPlan.created_at < moment - timedelta(hours=hours)
    for plan in store.find(ActionPlan, is_aged, state=PlanState.RECOMMENDED, depth=0):
        message = f'Not launched within {hours} hours.'
        _, actions = _closed(PlanState.SUPERSEDED, message, ActionPlan.id == plan.id)
        if store.claim(plan, PlanState.RECOMMENDED, PlanState.SUPERSEDED, changing=[actions],
                       status_message=message):
            LOG.info('Action plan %s: superseded. %s', plan.uuid, message)


def _closed(state: PlanState, message: str, is_meant: Condition,
            states: Collection[PlanState] = (PlanState.RECOMMENDED,)) -> tuple[Change, Change]:
    """The plans, and then their actions: a plan that is launched in between keeps its actions."""
    open_ones = (is_meant, ActionPlan.state.in_(states))
    closed = select(ActionPlan.id).where(is_meant, ActionPlan.state == state)
    waiting = (Action.action_plan_id.in_(closed), Action.state == ActionState.PENDING)
    return (Change(ActionPlan, open_ones, {'state': state, 'status_message': message}),
            Change(Action, waiting, {'state': ActionState.CANCELLED, 'status_message': message}))
