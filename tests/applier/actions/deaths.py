# SPDX-License-Identifier: Apache-2.0
"""Processes that die while they carry out an action, and those that go on with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from watcher_py.applier.actions.contract import Action, Cloud, Run, Skipped
from watcher_py.applier.memory import Memory

Make = Callable[[Cloud, Run], Action]


class DeathError(BaseException):
    """Nobody catches this."""


@dataclass
class Life:
    """So many things can be done before the process dies: calls of the cloud, and notes."""

    left: int

    def spend(self) -> None:
        if self.left == 0:
            raise DeathError
        self.left -= 1


class Mortal:
    """Does what the other does, until death comes: before a deed, or after it."""

    def __init__(self, other: Any, life: Life):
        self._other, self._life = other, life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._other, name)
        return _mortal(found, self._life) if callable(found) else found


def live(make: Make, cloud: Cloud, deaths: Sequence[int], deed: Callable[[Action], None] | None = None,
         kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is remembered of an action at its end, whose processes die after so many deeds each."""
    kept = {} if kept is None else kept
    for left in deaths:
        life = Life(left)
        hands = Cloud(*(Mortal(each, life) for each in (
            cloud.compute, cloud.volumes, cloud.machines, cloud.traffic)))
        try:
            (deed or _to_its_end)(make(hands, Run(Memory(kept, _mortal(kept.update, life)))))
            return kept
        except DeathError:
            continue
    (deed or _to_its_end)(make(cloud, Run(Memory(kept, kept.update))))
    return kept


def _mortal(call: Callable[..., Any], life: Life) -> Callable[..., Any]:
    def dying(*arguments: Any, **named: Any) -> Any:
        life.spend()
        answer = call(*arguments, **named)
        life.spend()
        return answer
    return dying


def _to_its_end(deed: Action) -> None:
    """As the applier does it."""
    memory: Memory = deed._asking.run.memory
    if memory:
        deed.resume()
    else:
        try:
            deed.check()
        except Skipped:
            return
        deed.execute()
    deed.verify()
