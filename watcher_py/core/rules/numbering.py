# SPDX-License-Identifier: Apache-2.0
"""Numbers for values that many servers share."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np

from watcher_py.core.cluster import Ints

Value = TypeVar('Value', bound=Hashable)


def numbered(values: Iterable[Value]) -> tuple[Ints, list[Value]]:
    """The number of each value, and the values in the order in which they first come."""
    listed = list(values)
    numbers = {value: number for number, value in enumerate(dict.fromkeys(listed))}
    return np.fromiter(map(numbers.__getitem__, listed), np.int64, len(listed)), list(numbers)


def numbered_pairs(firsts: Ints, seconds: Ints, width: int) -> tuple[Ints, Ints, Ints]:
    """The number of each pair of numbers, then the firsts and the seconds of the pairs there are.

    Seconds are below `width`.
    """
    pairs = firsts * width + seconds
    is_there = np.bincount(pairs, minlength=1) > 0
    found = np.flatnonzero(is_there)
    return (np.cumsum(is_there) - 1)[pairs], found // width, found % width
