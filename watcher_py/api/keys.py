# SPDX-License-Identifier: Apache-2.0
"""By what requests name rows: conditions and checks for uuids and names."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from watcher_py.api.view import Filter
from watcher_py.core.errors import Invalid
from watcher_py.db.models import Model


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def require_uuid(text: str, what: str) -> str:
    """The uuid as the database writes it, or Invalid."""
    if not is_uuid(text):
        raise Invalid(f'Expected a UUID as {what} but received {text!r}')
    return str(UUID(text))


def refers_to(column: Any, model: type[Model]) -> Filter:
    """Rows whose column refers to the row of this uuid or name; none when there is no such row."""
    def condition(key: str) -> ColumnElement[bool]:
        columns = model.__mapper__.columns
        is_meant = (columns['uuid'] == str(UUID(key)) if is_uuid(key)
                    else func.lower(columns['name']) == key.lower())
        return _within(column, model, is_meant & (columns['deleted'] == 0))

    return condition


def refers_to_uuid(column: Any, model: type[Model], argument: str) -> Filter:
    """Rows whose column refers to the row of this uuid, even when that row is deleted."""
    def condition(key: str) -> ColumnElement[bool]:
        return _within(column, model, model.__mapper__.columns['uuid'] == require_uuid(key, argument))

    return condition


def _within(column: Any, model: type[Model], is_meant: ColumnElement[bool]) -> ColumnElement[bool]:
    return column.in_(select(model.id).where(is_meant))  # type: ignore[no-any-return]
