# SPDX-License-Identifier: Apache-2.0
"""How far a plan has come: few small questions, whatever its size, for they are asked again and again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select

from watcher_py.core.errors import NotFound
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store

T = TypeVar('T')

RUNNING = (ActionState.ONGOING, ActionState.CANCELLING)


@dataclass(frozen=True)
class Progress:
    """A plan, and what has become of its actions so far."""

    plan_id: int
    state: str
    status_message: str | None
    by_state: dict[str, int]            # actions
    seconds: dict[str, float]           # predicted for those of a state together, as far as it is known
    makespan: float | None              # predicted
    begun_at: datetime | None           # the first action
    ended_at: datetime | None           # the last one so far
    updated_at: datetime | None         # whatever of it was changed last


def progress_of(store: Store, plan_uuid: str) -> Progress:
    """NotFound if there is no such plan."""
    # A plan's report may be a megabyte: it is left where it is.
    found = store.ask(select(
        ActionPlan.id, ActionPlan.state, ActionPlan.status_message, ActionPlan.updated_at)
        .where(ActionPlan.uuid == plan_uuid, ActionPlan.deleted == 0))
    if not found:
        raise NotFound(f'Action plan {plan_uuid!r} could not be found')
    number, state, message, updated_at = found[0]
    rows = store.ask(select(
        Action.state, func.count(), func.sum(Action.planned_seconds),
        func.max(Action.planned_begin_s + Action.planned_seconds), func.min(Action.begun_at),
        func.max(Action.ended_at), func.max(Action.updated_at))
        .where(Action.action_plan_id == number, Action.deleted == 0).group_by(Action.state))
    states, counts, seconds, ends, begun, ended, updated = zip(*rows, strict=True) if rows else ((),) * 7
    return Progress(
        number, state, message, dict(zip(states, counts, strict=True)),
        {name: total for name, total in zip(states, seconds, strict=True) if total is not None},
        _of_known(max, ends), _of_known(min, begun), _of_known(max, ended),
        _of_known(max, (updated_at, *updated)))


def actions_in(store: Store, progress: Progress, states: tuple[ActionState, ...], most: int) -> list[Action]:
    """The first ones of the plan that are in one of these states."""
    if not progress.by_state.keys() & set(states):
        return []
    return store.find(Action, Action.state.in_(states), action_plan_id=progress.plan_id, limit=most, depth=0)


def _of_known(choose: Callable[[Iterable[T]], T], values: Iterable[T | None]) -> T | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None
