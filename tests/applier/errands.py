# SPDX-License-Identifier: Apache-2.0
"""Actions without a cloud: what they ask for is written down; and a process that dies over what it stores."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, TypeVar

from watcher_py.applier.actions.contract import Cancelled, Run, Schema
from watcher_py.core.errors import Refused
from watcher_py.db.models import ActionPlan
from watcher_py.db.store import Store

T = TypeVar('T')


@dataclass
class Town:
    """Where errands are run: stands for the cloud, and outlives every applier."""

    asked: Counter[str] = field(default_factory=Counter)        # requests, by errand
    done: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def ask(self, name: str) -> None:
        with self.lock:
            self.asked[name] += 1
            self.done.append(name)

    def take_back(self, name: str) -> None:
        with self.lock:
            self.taken_back.append(name)


class Errand:
    """Asks the town once, or fails, as its parameters say; waits to be stopped, forced or let go of."""

    SCHEMA: ClassVar[Schema] = {}
    DESCRIPTION = 'Runs an errand'

    def __init__(self, parameters: Any, cloud: Any, settings: Any, run: Run):
        self._name, self._town, self._run = parameters['name'], cloud, run
        self._fails, self._waits = parameters.get('fails', False), parameters.get('waits', False)

    def check(self) -> None:
        """It can be run at any time."""

    def execute(self) -> None:
        self._run.memory.note(asked=True)
        self._run.guard()
        self._town.ask(self._name)
        self._follow()

    def resume(self) -> None:
        if self._name in self._town.asked:
            self._follow()
        else:
            self.execute()

    def verify(self) -> None:
        assert self._town.asked[self._name]

    def revert(self) -> None:
        memory = self._run.memory.within('revert')
        if memory and self._name in self._town.taken_back:
            return
        memory.note(asked=True)
        self._run.guard()
        if self._fails == 'revert':
            raise Refused('the shop is shut')
        self._town.take_back(self._name)

    def abort(self) -> None:
        """It hears of it by itself."""

    def _follow(self) -> None:
        self._town.running.add(self._name)
        while self._waits and not (self._run.force.is_set() or self._run.lost.is_set()):
            if self._run.stop.wait(0.01):
                raise Cancelled
        self._town.running.discard(self._name)
        self._run.guard()
        if self._fails is True:
            raise Refused(f'{self._name} is sold out')


class Killed(BaseException):
    """The process is no more."""


class MortalStore(Store):
    """The database as a process sees it that dies over one of its writes, stored or not."""

    def __init__(self, store: Store, writes: int, is_stored: bool):
        super().__init__(store._sessions)
        self._left, self._is_stored, self._is_dead = writes, is_stored, False
        self._lock = Lock()

    def claim(self, *what: Any, **values: Any) -> bool:
        return self._unless_dead(lambda: super(MortalStore, self).claim(*what, **values), is_write=True)

    def touch(self, *what: Any, **values: Any) -> int:
        return self._unless_dead(lambda: super(MortalStore, self).touch(*what, **values), is_write=True)

    def change_where(self, *what: Any, **values: Any) -> int:
        return self._unless_dead(lambda: super(MortalStore, self).change_where(*what, **values),
                                 is_write=True)

    def find(self, *what: Any, **values: Any) -> list[Any]:
        return self._unless_dead(lambda: super(MortalStore, self).find(*what, **values))

    def get(self, *what: Any, **values: Any) -> Any:
        return self._unless_dead(lambda: super(MortalStore, self).get(*what, **values))

    def die(self) -> None:
        with self._lock:
            self._is_dead = True

    def _unless_dead(self, deed: Callable[[], T], is_write: bool = False) -> T:
        with self._lock:
            if self._is_dead:
                raise Killed
            self._left -= is_write
            if self._left >= 0:
                return deed()
            self._is_dead = True
            if self._is_stored:
                deed()
            raise Killed


def expire(store: Store, plan: ActionPlan) -> None:
    """As if its owner had been silent for long."""
    store.touch(ActionPlan, ActionPlan.id == plan.id, leased_until=plan.created_at)
