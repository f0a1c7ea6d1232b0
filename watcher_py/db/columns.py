# SPDX-License-Identifier: Apache-2.0
"""Kinds of columns that mean the same on SQLite, MySQL and PostgreSQL."""

import json
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator

# MySQL's own DATETIME knows no fractions, and its TEXT and BLOB end at 64 KiB.
DATETIME = DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = Text().with_variant(mysql.LONGTEXT(), 'mysql', 'mariadb')
BYTES = LargeBinary().with_variant(mysql.LONGBLOB(), 'mysql', 'mariadb')


# Of the columns that tell an operator what became of a thing.
MESSAGE_LENGTH = 255


def short(message: str) -> str:
    """As much of it, by whole words, as the column of a message holds."""
    return shorten(message, MESSAGE_LENGTH, placeholder='...')


def now() -> datetime:
    """The moment, as the columns hold it: naive UTC, with microseconds."""
    return datetime.now(UTC).replace(tzinfo=None)


class Moment(TypeDecorator[datetime]):
    """A naive UTC time; one with an offset is converted."""

    impl = DATETIME
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)


class JsonDict(TypeDecorator[dict[str, Any]]):
    """An object as JSON text; never null in Python."""

    impl = LONG_TEXT
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str:
        return json.dumps(value or {})

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any]:
        return json.loads(value) if value else {}


class JsonList(TypeDecorator[list[Any]]):
    """A list as JSON text; never null in Python."""

    impl = LONG_TEXT
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> str:
        return json.dumps(value or [])

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[Any]:
        return json.loads(value) if value else []
