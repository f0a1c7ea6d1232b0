# SPDX-License-Identifier: Apache-2.0
"""What is asked of Nova about one server: once, however often the process that asks dies."""

from collections.abc import Callable
from dataclasses import dataclass

from watcher_py.applier.actions.asking import Asking
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import ActionNow, ServerNow
from watcher_py.core.errors import Conflict, Refused

# Nova's word for the request that a memory knows of where there had been none before.
NONE_YET = 'none'


@dataclass(frozen=True)
class Deed:
    """A request: what Nova's list of actions calls it, and the statuses of a server for which it was done."""

    name: str
    ask: Callable[[Compute, str], None]
    ends: frozenset[str]


STOP = Deed('stop', Compute.stop, frozenset({'SHUTOFF'}))
START = Deed('start', Compute.start, frozenset({'ACTIVE'}))
SHELVE = Deed('shelve', Compute.shelve, frozenset({'SHELVED', 'SHELVED_OFFLOADED'}))
UNSHELVE = Deed('unshelve', Compute.unshelve, frozenset({'ACTIVE'}))


@dataclass(frozen=True)
class ServerRequest:
    """A deed to a server, which is `called` so in sentences."""

    compute: Compute
    server: str
    called: str
    asking: Asking
    deed: Deed

    def begin(self, **to_remember: str) -> None:
        """Ask for it, and wait until it is done."""
        before = self.asking.answer(self._newest, self._what)
        self.asking.run.memory.note(**to_remember, **{self.deed.name: before.request if before else NONE_YET})
        self._finish()

    def resume(self) -> None:
        """Go on with what another process has begun."""
        if not self._is_begun:
            self.begin()
            return
        if self.asking.answer(self._was_heard, self._what):
            self.asking.until(self._is_over, self._what)
        else:
            self._finish()

    def take_back(self) -> None:
        """As begin() or resume(), where the server isn't as it was already."""
        if self._is_begun or self.asking.answer(self._now, self._what).status not in self.deed.ends:
            self.resume()

    def verify(self) -> None:
        """Refused unless Nova shows that it is done."""
        now = self.asking.answer(self._now, self._what)
        if now.status not in self.deed.ends:
            raise Refused(f'server {self.called} is {now.status}, not {" or ".join(sorted(self.deed.ends))}')

    @property
    def _is_begun(self) -> bool:
        return self.asking.run.memory.get(self.deed.name) is not None

    @property
    def _what(self) -> str:
        return f'the {self.deed.name} of server {self.called}'

    def _finish(self) -> None:
        self.asking.request(lambda: self.deed.ask(self.compute, self.server), self._was_heard, self._what)
        self.asking.until(self._is_over, self._what)

    def _now(self) -> ServerNow:
        return self.compute.server(self.server)

    def _newest(self) -> ActionNow | None:
        return self.compute.newest_action(self.server, self.deed.name)

    def _was_heard(self) -> bool:
        """Nova lists every request that it accepts, also one whose answer got lost."""
        newest = self._newest()
        return newest is not None and newest.request != self.asking.run.memory.get(self.deed.name)

    def _is_over(self) -> bool:
        """Whether it is done; Refused, with Nova's reason, once it has come to nothing."""
        now = self._now()
        if now.task_state:
            return False
        if now.status in self.deed.ends:
            return True
        # Nova notes the task before it answers: without one it doesn't work on it any more.
        raise Refused(f'{self._what} came to nothing, it is {now.status}: {self._reason()}')

    def _reason(self) -> str:
        newest = self._newest()
        if newest is None or not newest.is_failed:
            return 'Nova tells of no failure, somebody else may have changed it'
        return self.compute.failure_reason(self.server) or 'Nova gives no reason'


def check_is_idle(server: ServerNow, called: str) -> None:
    """Conflict while Nova does something else with the server."""
    if server.task_state:
        raise Conflict(f'server {called} is busy: {server.task_state}')
