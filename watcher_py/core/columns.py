# SPDX-License-Identifier: Apache-2.0
"""Columns of numbers and names, and the tables that are made of them."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Table = TypeVar('Table', bound=Any)     # a dataclass whose every field is a column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Names = tuple[str, ...]

# Where a column of rows of another table names none. As an index it means an element put after the last.
NO_ROW = -1


def sums_of(values: Floats, rows: Ints, count: int) -> Floats:
    """[count, D] The sums of all values [M, D] that belong to the same of so many rows [M]."""
    # A column at a time, for that is several times faster than np.add.at with whole rows.
    return np.stack([np.bincount(rows, column, count) for column in values.T], axis=1).astype(float)


def rows_of(table: Table, rows: Ints) -> Table:
    """The table of these rows, in this order."""
    columns: dict[str, Any] = {column.name: getattr(table, column.name) for column in fields(table)}
    for name, column in columns.items():
        columns[name] = column[rows] if isinstance(column, np.ndarray) else tuple(column[row] for row in rows)
    return replace(table, **columns)


def renumbered(rows: Ints, kept: Bools) -> Ints:
    """Rows in a table as rows of what was kept of it; those that went are left out, NO_ROW stays."""
    new: Ints = np.append(np.cumsum(kept, dtype=np.int64) - 1, NO_ROW)
    found: Ints = new[rows[np.append(kept, True)[rows]]]
    return found
