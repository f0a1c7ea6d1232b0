# SPDX-License-Identifier: Apache-2.0
"""Delete for good what was deleted softly, and what hangs on it.

Nothing goes that a row which stays refers to, nothing that lives and whose parents live, nothing that runs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, null, or_, select
from sqlalchemy.orm import Session

from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.states import AUDIT_ENDED, PLAN_ENDED
from watcher_py.db.columns import now
from watcher_py.db.models import (
    Action,
    ActionPlan,
    Audit,
    AuditTemplate,
    EfficacyIndicator,
    Evidence,
    Goal,
    Model,
    ScoringEngine,
    Strategy,
)
from watcher_py.db.purge_choice import Row, choose, up_to
from watcher_py.db.session import Sessions
from watcher_py.db.transaction import read, write

# Parents first; what refers to a kind stands behind it.
KINDS: tuple[type[Model], ...] = (ScoringEngine, Goal, Strategy, AuditTemplate, Audit, ActionPlan, Action)
PARENTS: Mapping[type[Model], tuple[type[Model], str]] = {
    Strategy: (Goal, 'goal_id'), AuditTemplate: (Goal, 'goal_id'), Audit: (Goal, 'goal_id'),
    ActionPlan: (Audit, 'audit_id'), Action: (ActionPlan, 'action_plan_id')}
ENDED = {Audit: AUDIT_ENDED, ActionPlan: PLAN_ENDED}

ROWS_A_STATEMENT = 500

Counts = Mapping[type[Model], int]


@dataclass(frozen=True)
class Wish:
    """What is to go; `goal`, the uuid or name of a deleted one, limits it to what belongs to that goal."""

    older_than: timedelta | None = None     # since it was deleted
    most: int | None = None                 # rows, goal by goal
    goal: str | None = None
    with_orphans: bool = True               # what is not deleted itself, but whose parent is

    def __post_init__(self) -> None:
        if self.older_than is not None and self.older_than < timedelta():
            raise Invalid('an age in days is zero or more')
        if self.most is not None and self.most < 0:
            raise Invalid('a maximum of rows is zero or more')


def count(sessions: Sessions, wish: Wish) -> Counts:
    """How many rows of each kind would go."""
    return read(sessions, lambda session: _counts(_chosen(session, wish)))


def purge(sessions: Sessions, wish: Wish) -> Counts:
    """Delete them, all or none; how many rows of each kind went."""
    def work(session: Session) -> Counts:
        going = _chosen(session, wish)
        for kind in reversed(KINDS):
            numbers = sorted(number for found, number in going if found is kind)
            for part in (EfficacyIndicator, Evidence) if kind is ActionPlan else ():
                _delete(session, part, 'action_plan_id', numbers)
            _delete(session, kind, 'id', numbers)
        return _counts(going)

    return write(sessions, work, 'the purge')


def _chosen(session: Session, wish: Wish) -> list[tuple[type[Model], int]]:
    cutoff = None if wish.older_than is None else now() - wish.older_than
    goals = None if wish.goal is None else _goals(session, wish.goal)
    going = choose(list(_rows(session, cutoff)), wish.with_orphans, goals)
    return [row.key for row in (going if wish.most is None else up_to(going, wish.most))]


def _goals(session: Session, key: str) -> set[int]:
    """The deleted goals of this uuid or name: several may have had the name."""
    is_meant = or_(Goal.uuid == key, Goal.name == key)
    if found := set(session.scalars(select(Goal.id).where(is_meant, Goal.deleted != 0))):
        return found
    raise NotFound(f'no goal with the uuid or name {key!r} is deleted: there is nothing of it to purge')


def _rows(session: Session, cutoff: datetime | None) -> Iterator[Row]:
    """Every row that could go or could keep another from going, parents first."""
    goal_of: dict[Any, int | None] = {}
    for kind in KINDS:
        for number, deleted, deleted_at, parent_id, strategy_id, state in session.execute(_question(kind)):
            parent = (PARENTS[kind][0], parent_id) if kind in PARENTS else None
            strategy = (Strategy, strategy_id) if strategy_id else None
            key = (kind, number)
            goal_of[key] = number if kind is Goal else goal_of.get(parent)
            yield Row(
                key, parent, tuple(one for one in (parent, strategy) if one), is_deleted=bool(deleted),
                is_due=cutoff is None or (deleted_at is not None and deleted_at <= cutoff),
                is_at_rest=kind not in ENDED or state in ENDED[kind], goal=goal_of[key])


def _question(kind: type[Model]) -> Select[Any]:
    """id, deleted, deleted_at, id of the parent and of the strategy, state; null where there is none."""
    columns = kind.__mapper__.columns
    parent = columns[PARENTS[kind][1]] if kind in PARENTS else null()
    question = select(kind.id, kind.deleted, kind.deleted_at, parent,
                      columns.get('strategy_id', null()), columns.get('state', null()))
    return _not_of_the_living(question) if kind is Action else question


def _not_of_the_living(actions: Select[Any]) -> Select[Any]:
    """Without the actions that live in living plans: they are many, and can't go."""
    family = actions.join(ActionPlan, Action.action_plan_id == ActionPlan.id).join(
        Audit, ActionPlan.audit_id == Audit.id).join(Goal, Audit.goal_id == Goal.id)
    return family.where(or_(*(kind.deleted != 0 for kind in (Action, ActionPlan, Audit, Goal))))


def _delete(session: Session, kind: type[Model], column: str, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), ROWS_A_STATEMENT):
        some = kind.__mapper__.columns[column].in_(numbers[start:start + ROWS_A_STATEMENT])
        session.execute(delete(kind).where(some), execution_options={'synchronize_session': False})


def _counts(going: Sequence[tuple[type[Model], int]]) -> Counts:
    counted = Counter(kind for kind, _ in going)
    return {kind: counted[kind] for kind in KINDS}
