# SPDX-License-Identifier: Apache-2.0
"""How many living rows there are of each state, and plans that nobody looks after: one question each."""

from sqlalchemy import func, select

from watcher_py.core.states import PlanState
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.session import Sessions
from watcher_py.db.transaction import read

Stateful = type[Audit] | type[ActionPlan] | type[Action]


def by_state(sessions: Sessions, model: Stateful) -> dict[str, int]:
    """The states that occur, with their numbers of rows."""
    query = select(model.state, func.count()).where(model.deleted == 0).group_by(model.state)
    return dict(read(sessions, lambda session: [(state, number) for state, number in session.execute(query)]))


def abandoned_plans(sessions: Sessions) -> int:
    """Plans that are being carried out by their state, and by nobody by their lease."""
    query = select(func.count()).where(
        ActionPlan.deleted == 0, ActionPlan.state.in_((PlanState.ONGOING, PlanState.CANCELLING)),
        ActionPlan.leased_until.is_(None) | (ActionPlan.leased_until < now()))
    return read(sessions, lambda session: session.scalar(query)) or 0
