# SPDX-License-Identifier: Apache-2.0
"""Order over a whole collection, and the page behind a row; a missing value is the smallest, everywhere."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from watcher_py.core.errors import Invalid
from watcher_py.db.models import Model

M = TypeVar('M', bound=Model)


def page(query: Select[Any], model: type[M], sort_key: str, descending: bool,
         marker: M | None) -> Select[Any]:
    """The query in the order of `sort_key` then id, from behind the marker on.

    A sort key is a column, or one of a related row: 'name', 'goal.name'.
    """
    query, key = _sorted_by(query, model, sort_key)
    is_known = case((key.is_(None), 0), else_=1)
    order = (is_known, key, model.id)
    query = query.order_by(*(term.desc() if descending else term.asc() for term in order))
    if marker is None:
        return query
    return query.where(_behind(key, model.id, _value(marker, sort_key), marker.id, descending))


def _sorted_by(query: Select[Any], model: type[M],
               sort_key: str) -> tuple[Select[Any], InstrumentedAttribute[Any]]:
    relation, _, column = sort_key.rpartition('.')
    if not relation:
        return query, _column(model, column, sort_key)
    if relation not in model.__mapper__.relationships:
        raise Invalid(f'Invalid sort key: {sort_key}')
    link = getattr(model, relation)
    other = aliased(link.property.mapper.class_)
    return query.outerjoin(link.of_type(other)), _column(other, column, sort_key)


def _column(entity: Any, name: str, sort_key: str) -> InstrumentedAttribute[Any]:
    found = getattr(entity, name, None)
    if not isinstance(found, InstrumentedAttribute) or not hasattr(found.property, 'columns'):
        raise Invalid(f'Invalid sort key: {sort_key}')
    return found


def _value(marker: Model, sort_key: str) -> Any:
    value: Any = marker
    for name in sort_key.split('.'):
        value = None if value is None else getattr(value, name)
    return value


def _behind(key: InstrumentedAttribute[Any], number: InstrumentedAttribute[int], value: Any, marker_id: int,
            descending: bool) -> ColumnElement[bool]:
    later = number < marker_id if descending else number > marker_id
    if value is None:
        among_unknown = and_(key.is_(None), later)
        return among_unknown if descending else or_(key.is_not(None), among_unknown)
    bound = literal(value, key.type)        # a bare True would be refused: SQLAlchemy takes it for SQL's own
    behind = or_(key < bound, key.is_(None)) if descending else key > bound
    return or_(behind, and_(key == bound, later))
