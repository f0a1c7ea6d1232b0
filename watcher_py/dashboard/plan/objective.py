# SPDX-License-Identifier: Apache-2.0
"""The quantity that a plan makes small, as text."""

from collections.abc import Callable

from watcher_py.dashboard import words

# What is balanced as a share of what nodes have, and is told in per cent.
SHARES = frozenset({'CPU in use', 'memory in use', 'allocated vCPUs', 'allocated memory', 'allocated disk'})


def teller(objective: str | None) -> Callable[[float | None], str]:
    """Says values of the objective."""
    _, _, balanced = (objective or '').partition(' of ')
    return _percent if set(balanced.split(', ')) <= SHARES else _number


def _percent(value: float | None) -> str:
    return words.UNKNOWN if value is None else f'{words.number(100 * value, 2)} %'


def _number(value: float | None) -> str:
    return words.number(value, 2)
