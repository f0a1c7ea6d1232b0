# SPDX-License-Identifier: Apache-2.0
"""A View declares how a kind of row is shown: its fields, orders and filters. It is all that a GET needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement

from watcher_py.api.versions import MIN, Version
from watcher_py.db.models import Model

Row = Any
Schema = Mapping[str, Any]
Filter = Callable[[str], ColumnElement[bool]]

TEXT_OR_NULL: Schema = {'type': ['string', 'null']}


@dataclass(frozen=True)
class Field:
    """One attribute of a shown row; without `read` it is the row's attribute of that name."""

    name: str
    in_list: bool = True
    since: Version = MIN
    read: Callable[[Row], Any] | None = None
    schema: Schema | None = None                # of what `read` gives

    def value(self, row: Row) -> Any:
        return getattr(row, self.name) if self.read is None else self.read(row)


@dataclass(frozen=True)
class View:
    """`sort_keys` and `filters` are what the collection offers besides its own columns."""

    collection: str                                             # 'audit_templates', also its path
    model: type[Model]
    policy: str                                                 # 'audit_template', of 'audit_template:get'
    fields: tuple[Field, ...]
    key: str = 'uuid'                                           # what links and markers name a row by
    is_named: bool = True                                       # whether ids and names do for a uuid
    marker_is_uuid: bool = False                                # whether other markers are a fault
    sort_keys: Mapping[str, str] = field(default_factory=dict)  # 'goal_name' -> 'goal.name'
    filters: Mapping[str, Filter] = field(default_factory=dict)

    def shown(self, row: Row, version: Version, host: str, is_detail: bool) -> dict[str, Any]:
        values = {each.name: each.value(row) for each in self.fields
                  if version >= each.since and (is_detail or each.in_list)}
        return {**values, 'links': self.links(row, host)}

    def links(self, row: Row, host: str) -> list[dict[str, str]]:
        """Without the path that the service is mounted under: clients put that before it themselves."""
        place = f'{self.collection}/{getattr(row, self.key)}'
        return [{'href': f'{host}/v1/{place}', 'rel': 'self'}, {'href': f'{host}/{place}', 'rel': 'bookmark'}]


def moment(name: str, in_list: bool = False) -> Field:
    """A time with its offset."""
    return Field(name, in_list, read=lambda row: aware(getattr(row, name)),
                 schema={**TEXT_OR_NULL, 'format': 'date-time'})


def naive_moment(name: str, in_list: bool = False, since: Version = MIN) -> Field:
    """A time in UTC that doesn't say so."""
    return Field(name, in_list, since, read=lambda row: _naive(getattr(row, name)), schema=TEXT_OR_NULL)


def of(relation: str, attribute: str) -> Field:
    """An attribute of a related row, under the relation's name: null once that row is deleted."""
    def read(row: Row) -> Any:
        other = getattr(row, relation)
        return getattr(other, attribute) if other is not None and other.is_live else None

    return Field(f'{relation}_{attribute}', read=read, schema=TEXT_OR_NULL)


def orders(*names: str) -> dict[str, str]:
    """Sort keys of related rows: 'goal_name' is 'goal.name'."""
    return {name: '.'.join(name.rsplit('_', 1)) for name in names}


TIMESTAMPS = (moment('created_at'), moment('updated_at'), moment('deleted_at'))


def aware(time: datetime | None) -> str | None:
    """A time of the database, which is in UTC, with its offset."""
    return time.replace(tzinfo=UTC).isoformat() if time else None


def _naive(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
