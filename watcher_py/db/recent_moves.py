# SPDX-License-Identifier: Apache-2.0
"""What moved lately, by all appliers together: for rates and the circuit breaker."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from watcher_py.core.breaker import Ended
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action
from watcher_py.db.store import Condition, Store

# The actions that carry servers or volumes from one place to another.
MOVES = ('migrate', 'resize', 'volume_migrate', 'shelve')
# A volume takes as long as it is large: only these tell how the network fares.
TIMED = ('migrate',)
RUNNING = (ActionState.ONGOING, ActionState.CANCELLING)
# What was cancelled or skipped says nothing of the cloud.
TELLING = (ActionState.SUCCEEDED, ActionState.FAILED)


class RecentMoves:
    def __init__(self, store: Store):
        self._store = store

    def ended(self, since: datetime, most: int) -> list[Ended]:
        """Those that succeeded or failed, the newest first."""
        rows = self._store.find(Action, _moves(), Action.state.in_(TELLING), Action.ended_at >= since,
                                sort_key='ended_at', descending=True, limit=most, depth=0)
        return [_ended(row) for row in rows]

    def under_way(self, admitted: Collection[int] = ()) -> int:
        """How many go on now, or are about to: the actions of these ids."""
        is_about_to = Action.id.in_(admitted) & (Action.state == ActionState.PENDING)
        return self._store.count(Action, _moves(), Action.state.in_(RUNNING) | is_about_to)

    def begun(self, since: datetime, project: str | None = None, besides: Collection[int] = ()) -> int:
        """How many have begun, of one project or of all, without the actions of these ids."""
        return self._store.count(Action, *_begun(since, project, besides), with_deleted=True)

    def oldest(self, since: datetime, number: int, project: str | None = None,
               besides: Collection[int] = ()) -> datetime | None:
        """When so many of those had begun; None if they are fewer."""
        rows = self._store.find(Action, *_begun(since, project, besides), sort_key='begun_at', limit=number,
                                with_deleted=True, depth=0)
        return rows[-1].begun_at if len(rows) == number else None

    def by_project(self, since: datetime) -> dict[str, int]:
        """How many have begun, of each project that is known."""
        rows = self._store.find(Action, *_begun(since), Action.project.is_not(None), with_deleted=True,
                                depth=0)
        return dict(Counter(row.project for row in rows if row.project))


def _moves() -> Condition:
    return Action.action_type.in_(MOVES)


def _begun(since: datetime, project: str | None = None, besides: Collection[int] = ()) -> list[Condition]:
    theirs = [] if project is None else [Action.project == project]
    return [_moves(), Action.begun_at > since, *theirs, *_not(besides)]


def _not(numbers: Collection[int]) -> list[Any]:
    return [Action.id.not_in(numbers)] if numbers else []


def _ended(row: Action) -> Ended:
    assert row.ended_at is not None     # noqa: S101 - for the type checker
    is_timed = row.begun_at is not None and row.action_type in TIMED
    seconds = (row.ended_at - row.begun_at).total_seconds() if row.begun_at and is_timed else None
    return Ended(row.ended_at, row.state == ActionState.FAILED, seconds)
