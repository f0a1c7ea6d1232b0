# SPDX-License-Identifier: Apache-2.0
"""Numbers for values that many servers share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.rules.numbering import numbered, numbered_pairs


def test_values_are_numbered_in_the_order_in_which_they_first_come():
    numbers, values = numbered(['b', None, 'b', 'a'])
    assert (numbers.tolist(), values) == ([0, 1, 0, 2], ['b', None, 'a'])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3))))
def test_who_shares_a_number_shares_the_pair(pairs):
    firsts, seconds = (np.array(column, dtype=np.int64) for column in (
        [first for first, _ in pairs], [second for _, second in pairs]))
    numbers, first, second = numbered_pairs(firsts, seconds, 4)
    assert list(zip(first[numbers].tolist(), second[numbers].tolist(), strict=True)) == pairs
    assert len(first) == len(second) == len(set(pairs))
