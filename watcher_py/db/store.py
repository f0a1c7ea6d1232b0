# SPDX-License-Identifier: Apache-2.0
"""The one store of every kind of row; each method is a transaction of its own.

Rows come back detached and loaded, with all that they refer to: any thread may read them, and only the
methods here store a change. Who needs less gives a `depth`: 1 for what they refer to themselves, 0 for none;
the rest can't be read then.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Executable, Select, delete, func, select, update
from sqlalchemy.orm import Session, defaultload, raiseload

from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.states import AuditState
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan, Audit, EfficacyIndicator, Model, WithState
from watcher_py.db.news import ROWS_A_QUESTION, Listener, News
from watcher_py.db.paging import page
from watcher_py.db.session import Sessions
from watcher_py.db.transaction import read, write

M = TypeVar('M', bound=Model)
T = TypeVar('T')
Condition = ColumnElement[bool]
Depth = Literal[0, 1]

ID_DIGITS = 9       # a longer number is no id: the columns hold 32 bits
DELETED = AuditState.DELETED        # the word is the same for audits, plans and actions


@dataclass(frozen=True)
class Change:
    """Of all living rows that meet the conditions."""

    model: type[Model]
    conditions: Collection[Condition]
    values: dict[str, Any]


class Store:
    """The rows of one database; what becomes of audits, plans and actions is told to the listener."""

    def __init__(self, sessions: Sessions, listener: Listener | None = None) -> None:
        self._sessions = sessions
        self._listener = listener

    def get(self, model: type[M], key: int | str, *, with_deleted: bool = False,
            depth: Depth | None = None) -> M:
        """The row of this id, uuid or name, whichever the key looks like; NotFound if there is none.

        A name that differs in case only is found where no other fits.
        """
        def ask(session: Session) -> list[M]:
            query = _rows(model, with_deleted, depth)
            for condition in _fits(model, str(key)):
                # Deleted rows may share a name: the living one first, then the newest.
                order = (model.deleted != 0, model.id.desc())
                if found := session.scalars(query.where(condition).order_by(*order).limit(2)).all():
                    return list(found)
            return []

        return _only(model, repr(key), read(self._sessions, ask))

    def get_by(self, model: type[M], **columns: Any) -> M:
        """The one living row with these values; NotFound if there is none, Conflict if there are more."""
        meant = ', '.join(f'of {name} {value!r}' for name, value in columns.items())
        found: list[M] = self.find(model, limit=2, **columns)
        return _only(model, meant, found)

    def find(self, model: type[M], *conditions: Condition, with_deleted: bool = False, sort_key: str = 'id',
             descending: bool = False, limit: int | None = None, marker: M | None = None,
             depth: Depth | None = None, **columns: Any) -> list[M]:
        """The rows that meet all conditions and have these values, in order, from behind the marker."""
        query = _rows(model, with_deleted, depth).where(*conditions, *_equal(model, columns))
        query = page(query, model, sort_key, descending, marker).limit(limit)
        return read(self._sessions, lambda session: list(session.scalars(query)))

    def count(self, model: type[Model], *conditions: Condition, with_deleted: bool = False,
              **columns: Any) -> int:
        """How many rows `find` would find."""
        query = _rows(model, with_deleted).where(*conditions, *_equal(model, columns))
        number = query.with_only_columns(func.count(), maintain_column_froms=True)
        return read(self._sessions, lambda session: session.scalar(number)) or 0

    def ask(self, query: Executable) -> list[Any]:
        """What a question about columns, not about rows, is answered with: tuples."""
        return read(self._sessions, lambda session: list(session.execute(query)))

    def add(self, *rows: Model) -> None:
        """Store new rows, all or none, in this order; Conflict if a name is taken."""
        if rows:
            self._write(lambda session, news: _insert(session, rows, news), _title(rows[0]))

    def change(self, row: M, **values: Any) -> M:
        """The row as it is with these values; the given one stays as it was."""
        model: type[M] = type(row)

        def work(session: Session, news: News) -> M | None:
            with news.changing(session, model, model.id == row.id):
                _affected(session, update(model).where(model.id == row.id).values(**values))
            return session.get(model, row.id)

        changed = self._write(work, _title(row, values))
        return _only(type(row), repr(row.id), [changed] if changed else [])

    def change_where(self, model: type[M], *conditions: Condition, **values: Any) -> int:
        """Change all living rows that meet the conditions; how many."""
        change = Change(model, conditions, values)
        return self._write(lambda session, news: _change(session, news, change), model.noun())

    def touch(self, model: type[Model], *conditions: Condition, **values: Any) -> int:
        """Change what services keep for themselves: nobody is told, and `updated_at` stays; how many."""
        statement = update(model).where(model.deleted == 0, *conditions).values(
            updated_at=model.updated_at, **values)
        return write(self._sessions, lambda session: _affected(session, statement), model.noun())

    def claim(self, row: Audit | ActionPlan | Action, from_states: str | Collection[str], to_state: str,
              *conditions: Condition, changing: Collection[Change] = (), adding: Collection[Model] = (),
              **values: Any) -> bool:
        """Whether it was this call that took the row, meeting all conditions, from one state to the other.

        Only then are others changed and the new rows of `adding` stored, in the same transaction.
        """
        model, states = type(row), [from_states] if isinstance(from_states, str) else list(from_states)
        is_claimable = (model.id == row.id, model.deleted == 0, model.state.in_(states), *conditions)
        statement = update(model).where(*is_claimable).values(state=to_state, **values)

        def work(session: Session, news: News) -> bool:
            with news.changing(session, model, *is_claimable):
                is_ours = _affected(session, statement) == 1
            for change in changing if is_ours else ():
                _change(session, news, change)
            if is_ours and adding:
                _insert(session, adding, news)
            return is_ours

        return self._write(work, _title(row))

    def remove(self, row: Model) -> None:
        """Delete softly, with its parts: the rows stay, marked, and their names are free again."""
        def work(session: Session, news: News) -> int:
            if isinstance(row, ActionPlan):
                _mark(session, news, Action, Action.action_plan_id == row.id)
                _mark(session, news, EfficacyIndicator, EfficacyIndicator.action_plan_id == row.id)
            return _mark(session, news, type(row), type(row).id == row.id)

        if not self._write(work, _title(row)):
            raise NotFound(f'{_title(row)} is deleted already')

    def keep_newest(self, model: type[Model], most: int, *conditions: Condition) -> int:
        """Delete for good the rows that meet the conditions, but none of so many newest; how many went."""
        def work(session: Session) -> int:
            newest_to_go = select(model.id).order_by(model.id.desc()).offset(most).limit(1)
            number = session.scalar(newest_to_go)
            if number is None:
                return 0
            return _affected(session, delete(model).where(model.id <= number, *conditions))

        return write(self._sessions, work, model.noun())

    def _write(self, work: Callable[[Session, News], T], about: str) -> T:
        """What the work returns once it is stored; then its news is told."""
        def attempt(session: Session) -> tuple[T, News]:
            news = News(self._listener)
            return work(session, news), news

        result, news = write(self._sessions, attempt, about)
        news.tell()
        return result


def _rows(model: type[M], with_deleted: bool = False, depth: Depth | None = None) -> Select[Any]:
    query = select(model) if with_deleted else select(model).where(model.deleted == 0)
    if depth == 0:
        return query.options(raiseload('*'))
    if depth == 1:
        links = model.__mapper__.relationships.keys()
        return query.options(*(defaultload(getattr(model, link)).raiseload('*') for link in links))
    return query


def _fits(model: type[Model], key: str) -> list[Condition]:
    """The conditions under which a row may be meant by the key, the surest first."""
    columns = model.__mapper__.columns
    if key.isascii() and key.isdigit():
        return [model.id == int(key)] if len(key) <= ID_DIGITS else []
    if 'uuid' in columns and (uuid := _as_uuid(key)):
        return [columns['uuid'] == uuid]
    if 'name' in columns:
        return [columns['name'] == key, func.lower(columns['name']) == key.lower()]
    return []


def _as_uuid(key: str) -> str | None:
    try:
        return str(UUID(key))
    except ValueError:
        return None


def _equal(model: type[Model], columns: dict[str, Any]) -> list[Condition]:
    return [getattr(model, name) == value for name, value in columns.items()]


def _only(model: type[M], meant: str, found: list[M]) -> M:
    """The one that was meant; a deleted row is no rival of a living one."""
    if not found:
        raise NotFound(f'{model.noun().capitalize()} {meant} could not be found')
    if len(found) > 1 and found[1].is_live:
        raise Conflict(f'more than one {model.noun()} is {meant}: ask by id')
    return found[0]


def _change(session: Session, news: News, change: Change) -> int:
    is_meant = (change.model.deleted == 0, *change.conditions)
    with news.changing(session, change.model, *is_meant):
        return _affected(session, update(change.model).where(*is_meant).values(**change.values))


def _insert(session: Session, rows: Collection[Model], news: News) -> None:
    session.add_all(rows)
    session.flush()
    _reload(session, rows)
    news.add(rows)


def _reload(session: Session, rows: Collection[Model]) -> None:
    """Read what the database filled in, and all that the rows refer to."""
    for model in {type(row) for row in rows}:
        numbers = [row.id for row in rows if type(row) is model]
        for start in range(0, len(numbers), ROWS_A_QUESTION):
            query = select(model).where(model.id.in_(numbers[start:start + ROWS_A_QUESTION]))
            session.scalars(query.execution_options(populate_existing=True)).all()


def _mark(session: Session, news: News, model: type[Model], condition: Condition) -> int:
    values: dict[str, Any] = {'deleted': model.id, 'deleted_at': now()}
    if issubclass(model, WithState):
        values['state'] = DELETED
    is_meant = (condition, model.deleted == 0)
    with news.removing(session, model, *is_meant):
        return _affected(session, update(model).where(*is_meant).values(**values))


def _affected(session: Session, statement: Executable) -> int:
    # Not by the session, which would look for rows in its own memory to change with these.
    result = session.connection().execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
    return int(result.rowcount)


def _title(row: Model, values: dict[str, Any] | None = None) -> str:
    """What the row is called in a message: 'audit nightly'."""
    name = (values or {}).get('name') or getattr(row, 'name', None) or getattr(row, 'uuid', None)
    return f'{row.noun()} {name}' if name else row.noun()
