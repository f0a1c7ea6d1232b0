# SPDX-License-Identifier: Apache-2.0
"""Why rows of a table stay as they are: a text for each, '' for one that may be touched."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

import numpy as np

from watcher_py.core.columns import Bools

Text = Callable[..., str]          # of a row


class Reasons:
    """Texts of so many rows; of several reasons of one row the first counts."""

    def __init__(self, rows: int):
        self.texts = [''] * rows

    def of(self, rows: Iterable[int], text: Text) -> None:
        for row in rows:
            self.texts[row] = self.texts[row] or text(row)

    def unless(self, values: Sequence[Hashable], allowed: Collection[Hashable], text: Text) -> None:
        """Of every row whose value is none of those allowed."""
        # Nearly always all are, which so is known without a look at each.
        odd = set(values).difference(allowed)
        if odd:
            self.of((row for row, value in enumerate(values) if value in odd), text)

    def where(self, mask: Bools, text: Text) -> None:
        self.of(np.flatnonzero(mask).tolist(), text)
