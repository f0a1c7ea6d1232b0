# SPDX-License-Identifier: Apache-2.0
"""How long a decision may go on, and whom it tells how far it is; the clock is the caller's."""

from collections.abc import Callable
from dataclasses import dataclass


def _never() -> bool:
    return False


def _silent(message: str, share: float) -> None:
    pass


@dataclass(frozen=True)
class Budget:
    """Asked between steps; an answer to `is_spent` ends the search with the best plan so far."""

    is_spent: Callable[[], bool] = _never
    tell: Callable[[str, float], None] = _silent     # what is done, share done (0 to 1)


UNLIMITED = Budget()
