# SPDX-License-Identifier: Apache-2.0
"""Tables of columns, cut to some of their rows."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.columns import NO_ROW, Floats, Names, renumbered, rows_of


@dataclass(frozen=True, eq=False)
class Table:
    name: Names
    size: Floats


def test_rows_of_a_table_are_taken_from_every_column_in_the_order_asked_for():
    table = rows_of(Table(('a', 'b', 'c'), np.array([1.0, 2.0, 3.0])), np.array([2, 0]))
    assert table.name == ('c', 'a')
    assert table.size.tolist() == [3.0, 1.0]


@given(st.lists(st.booleans(), max_size=8).flatmap(lambda kept: st.tuples(
    st.just(kept), st.lists(st.integers(NO_ROW, len(kept) - 1), max_size=10))))
def test_rows_are_renumbered_so_that_they_name_the_same_things(case):
    kept, rows = case
    things = [f'thing {row}' for row in range(len(kept))]
    left = [thing for thing, stays in zip(things, kept, strict=True) if stays]
    found = renumbered(np.array(rows, dtype=np.int64), np.array(kept, dtype=bool))
    assert ([None if row == NO_ROW else left[row] for row in found]
            == [None if row == NO_ROW else things[row] for row in rows if row == NO_ROW or kept[row]])
