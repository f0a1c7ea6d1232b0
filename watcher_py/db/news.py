# SPDX-License-Identifier: Apache-2.0
"""What a transaction did to audits, plans and actions, told to a listener once it is committed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from watcher_py.db.models import Model, WithState

Condition = ColumnElement[bool]

ROWS_A_QUESTION = 500


class Listener(Protocol):
    """Who is told; each row comes as it is after the transaction, with all that it refers to."""

    def added(self, row: Model) -> None: ...
    def changed(self, row: Model, before: str) -> None: ...
    def removed(self, row: Model) -> None: ...


class News:
    """The news of one try of a transaction: gathered with a few questions, however many rows there are."""

    def __init__(self, listener: Listener | None):
        self._listener = listener
        self._added: list[Model] = []
        self._changed: list[tuple[Model, str]] = []
        self._removed: list[Model] = []

    def add(self, rows: Collection[Model]) -> None:
        self._added += [row for row in rows if self._is_news(type(row))]

    @contextmanager
    def changing(self, session: Session, model: type[Model], *conditions: Condition) -> Iterator[None]:
        """Around a change of the rows that meet the conditions."""
        before = self._held(session, model, conditions)
        yield
        self._changed += [(row, before[row.id]) for row in _as_they_are(session, model, before)]

    @contextmanager
    def removing(self, session: Session, model: type[Model], *conditions: Condition) -> Iterator[None]:
        """Around a removal of the rows that meet the conditions."""
        before = self._held(session, model, conditions)
        yield
        self._removed += _as_they_are(session, model, before)

    def tell(self) -> None:
        """What is new comes first: whoever hears of an audit's success knows its plan."""
        if self._listener is None:
            return
        for row in self._added:
            self._listener.added(row)
        for row, before in self._changed:
            self._listener.changed(row, before)
        for row in self._removed:
            self._listener.removed(row)

    def _held(self, session: Session, model: Any, conditions: Collection[Condition]) -> dict[int, str]:
        """The states of the rows by their ids, held as they are until the transaction ends."""
        if not self._is_news(model):
            return {}
        # A change of nothing holds a row on every kind of database; SELECT FOR UPDATE does not on SQLite.
        hold = update(model).where(*conditions).values(state=model.state, updated_at=model.updated_at)
        session.execute(hold, execution_options={'synchronize_session': False})
        states = select(model.id, model.state).where(*conditions)
        return {row.id: row.state for row in session.execute(states)}

    def _is_news(self, model: type[Model]) -> bool:
        return self._listener is not None and issubclass(model, WithState)


def _as_they_are(session: Session, model: type[Model], numbers: Collection[int]) -> Iterator[Model]:
    wanted = sorted(numbers)
    for start in range(0, len(wanted), ROWS_A_QUESTION):
        query = select(model).where(model.id.in_(wanted[start:start + ROWS_A_QUESTION])).order_by(model.id)
        yield from session.scalars(query.execution_options(populate_existing=True))
