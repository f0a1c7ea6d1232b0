# SPDX-License-Identifier: Apache-2.0
"""When actions can be skipped, and what is said of them then."""

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.core.states import PlanState
from watcher_py.db.columns import MESSAGE_LENGTH
from watcher_py.db.models import ActionPlan

SKIPPED = 'Action skipped by user.'
WAITING = (PlanState.RECOMMENDED, PlanState.PENDING)


def require_waiting(plan: ActionPlan) -> None:
    if plan.state not in WAITING:
        raise Conflict(f'An action can be skipped before its plan runs; the plan is {plan.state}')


def message(reason: str | None) -> str:
    if reason is None:
        return SKIPPED
    told = f'{SKIPPED} Reason: {reason}'
    if len(told) > MESSAGE_LENGTH:
        raise Invalid(f'The reason is too long by {len(told) - MESSAGE_LENGTH} characters')
    return told
