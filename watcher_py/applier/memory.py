# SPDX-License-Identifier: Apache-2.0
"""What an action must know to be taken up, or taken back, by another process."""

from collections.abc import Callable, Mapping
from typing import Any

Values = dict[str, Any]


def _keep(values: Values) -> None:
    """In this process alone."""


class Memory:
    """Values that JSON can hold; `note` returns once they are stored."""

    def __init__(self, values: Mapping[str, Any] | None = None, save: Callable[[Values], None] = _keep):
        self._values: Values = dict(values or {})
        self._save = save

    def __bool__(self) -> bool:
        return bool(self._values)

    def get(self, key: str) -> Any:
        """None for what was never noted."""
        return self._values.get(key)

    def note(self, **values: Any) -> None:
        """Add these; TakenOver when another process has taken over."""
        changed = {**self._values, **values}
        self._save(changed)
        self._values = changed

    def within(self, key: str) -> 'Memory':
        """A memory of its own inside this one, as for the way back."""
        return Memory(self._values.get(key), lambda values: self.note(**{key: values}))
