# SPDX-License-Identifier: Apache-2.0
"""A list of the cloud, as far as it could be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from watcher_py.core.errors import Unavailable, WatcherError

Row = TypeVar('Row')

# What a reader of rows raises at one that makes no sense.
_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """The rows that came; `missing` says why these are not all, and is None when they are."""

    rows: tuple[Row, ...] = ()
    missing: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.missing is None


def listing(what: str, raw: Iterable[Any], parse: Callable[[Any], Row]) -> Listing[Row]:
    """Read rows until the list ends or breaks off; a row that can't be understood is left out, and told."""
    rows: list[Row] = []
    missing: str | None = None
    try:
        for one in raw:
            try:
                rows.append(parse(one))
            except _NONSENSE as error:
                missing = missing or f'{what}: a row can\'t be understood: {type(error).__name__}: {error}'
    except WatcherError as error:
        missing = f'{what}: {error}'
    return Listing(tuple(rows), missing)


def understood(what: str, raw: Any, parse: Callable[[Any], Row]) -> Row:
    """One row, read; Unavailable when it makes no sense."""
    try:
        return parse(raw)
    except _NONSENSE as error:
        raise Unavailable(f'{what} can\'t be understood: {type(error).__name__}: {error}') from error
