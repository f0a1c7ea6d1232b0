# SPDX-License-Identifier: Apache-2.0
"""Why rows of a table stay as they are: a text for each, '' for one that may be touched."""

from collections.abc import Callable, Iterable

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

    def where(self, mask: Bools, text: Text) -> None:
        self.of(np.flatnonzero(mask).tolist(), text)
