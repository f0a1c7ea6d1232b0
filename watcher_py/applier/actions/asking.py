# SPDX-License-Identifier: Apache-2.0
"""How an action talks with a service that is silent now and then, and may not have heard a request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import TypeVar

from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.patience import patiently, rest, until
from watcher_py.core.errors import Refused, Unavailable

LOG = logging.getLogger(__name__)

Answer = TypeVar('Answer')


def _nothing() -> None:
    """Nothing is to be looked at before."""


@dataclass(frozen=True)
class Asking:
    """Questions and requests of one run of an action; each gives up with Unavailable after the timeout."""

    settings: Settings
    run: Run

    def at_length(self, seconds: float) -> 'Asking':
        """The same with this timeout."""
        return replace(self, settings=replace(self.settings, timeout=seconds))

    def on_the_way_back(self, step: str = 'revert') -> 'Asking':
        """The same with a memory of its own; that a plan is cancelled doesn't stop what takes it back."""
        return replace(self, run=replace(self.run, memory=self.run.memory.within(step), stop=Event()))

    def at_first(self, look: Callable[[], Answer]) -> Answer:
        """As answer(), for a check: Cancelled once the action is to stop, for nothing is begun yet."""
        return patiently(look, self.settings, self.run)

    def answer(self, look: Callable[[], Answer], what: str) -> Answer:
        """What the service says, as soon as it says something."""
        found: list[Answer] = []

        def says_something() -> bool:
            found.append(look())
            return True
        self.until(says_something, what)
        return found[0]

    def until(self, is_true: Callable[[], bool], what: str) -> None:
        """Look again and again until it is so, also while the service is silent."""
        until(is_true, self.settings, what, self.run)

    def request(self, ask: Callable[[], None], was_heard: Callable[[], bool], what: str,
                check: Callable[[], None] = _nothing) -> None:
        """Ask for a change of the cloud until the service has heard it, and never once more.

        An answer may get lost, and a no may mean that it was asked for before: so `was_heard` looks.
        `check` is done each time before; it may raise a WatcherError.
        """
        deadline = self.settings.clock() + self.settings.timeout
        while True:
            if self.run.stop.is_set():
                raise Cancelled
            self.answer(check, what)
            self.run.guard()
            try:
                return ask()
            except (Refused, Unavailable) as error:
                if self.answer(was_heard, what):
                    return None
                if isinstance(error, Refused) or self.settings.clock() >= deadline:
                    raise
                LOG.warning('%s; %s is asked for again', error, what)
            rest(self.settings, self.run)
