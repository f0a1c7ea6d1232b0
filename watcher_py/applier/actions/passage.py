# SPDX-License-Identifier: Apache-2.0
"""Follow a migration by Nova's own record of it, to its end."""

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from watcher_py.applier.actions.contract import Cloud, Run, Settings
from watcher_py.applier.actions.patience import keep_on, rest
from watcher_py.applier.traffic import DONE, FAILED, FINISHED
from watcher_py.cloud.compute_rows import Birth, MigrationNow, ServerNow
from watcher_py.core.errors import NotFound, Refused, Unavailable

LOG = logging.getLogger(__name__)

# Nova's words for kinds of migrations.
LIVE, COLD, RESIZE = 'live-migration', 'migration', 'resize'

# Nova writes the record a moment after the request. Without one after so many looks, the server tells.
LOOKS_FOR_RECORD = 3
WAITS_FOR_CONFIRMATION = 'VERIFY_RESIZE'
RUNNING = 'running'

# Our own word: there is no record, and the server stands where it stood.
UNHEARD = 'unheard'


@dataclass(frozen=True)
class Route:
    """The way that one server is to go; without a target Nova chooses one."""

    server: str
    name: str
    kind: str
    source: str
    target: str | None = None

    def is_that_of(self, migration: MigrationNow) -> bool:
        return (migration.type == self.kind and migration.source == self.source
                and (self.target is None or migration.target in (None, self.target)))

    def is_before_it(self, server: ServerNow) -> bool:
        """Whether the server stands still at the start."""
        return (server.host == self.source and server.task_state is None
                and server.status != WAITS_FOR_CONFIRMATION)


class Passage:
    """The first migration of this route that is younger than the server's migration of this birth.

    `is_late` tells afterwards whether it took too long, `is_aborted` whether it was stopped.
    """

    def __init__(self, route: Route, former: Birth | None, cloud: Cloud, settings: Settings, run: Run):
        self._route, self._former = route, former
        self._cloud, self._settings, self._run = cloud, settings, run
        self._looks = 0
        self._is_forced = False
        self.is_late = self.is_aborted = False

    def record(self) -> MigrationNow | None:
        found = self._cloud.traffic.after(self._route.server, self._former)
        return next(filter(self._route.is_that_of, found), None)

    def follow(self, ends: Collection[str]) -> str:
        """The first of these words that Nova says of it.

        A live migration is aborted once the action is to stop or takes too long, and forced when that is
        wished; the end is waited for all the same, as long again.
        """
        deadline = self._settings.clock() + self._settings.timeout
        while (word := self._word()) not in ends:
            if self._settings.clock() >= deadline:
                self._be_late(word)
                deadline += self._settings.timeout
            self._intervene()
            rest(self._settings, self._run)
        assert word is not None  # noqa: S101 - for the type checker: None is no end
        return word

    def status(self) -> str:
        """How far it is, in Nova's words; read off the server where there is no record."""
        if record := self.record():
            return record.status
        self._looks += 1
        if self._looks <= LOOKS_FOR_RECORD:
            return 'accepted'
        server = self._cloud.compute.server(self._route.server)
        if self._route.is_before_it(server):
            return UNHEARD
        if server.task_state:
            return RUNNING
        return FINISHED if server.status == WAITS_FOR_CONFIRMATION else 'completed'

    def abort(self) -> bool:
        """Whether Nova took the order to stop it."""
        return self._order(self._cloud.compute.abort_live_migration, lambda word: word not in DONE | FAILED)

    def _word(self) -> str | None:
        """The status; None while Nova is silent, for the migration goes on without it."""
        keep_on(self._run)
        try:
            return self.status()
        except Unavailable as error:
            LOG.warning('Following the migration of server %s: %s', self._route.name, error)
            return None

    def _be_late(self, word: str | None) -> None:
        if self.is_late:
            raise Unavailable(f'Nova still says {word or "nothing"} of the migration of server '
                              f'{self._route.name}; it is not followed any longer')
        self.is_late = True
        with suppress(Unavailable):
            self._cloud.compute.server(self._route.server)      # NotFound: there is nothing to wait for

    def _intervene(self) -> None:
        if (self.is_late or self._run.stop.is_set()) and not self.is_aborted:
            self.is_aborted = self.abort()
        elif self._run.force.is_set() and not self._is_forced:
            force = self._cloud.compute.force_live_migration
            self._is_forced = self._order(force, lambda word: word == RUNNING)

    def _order(self, deed: Callable[[str, int], None], is_right: Callable[[str], bool]) -> bool:
        """Nova refuses orders about a live migration just after its start and near its end."""
        with suppress(NotFound, Refused, Unavailable):
            record = self.record() if self._route.kind == LIVE else None
            if record and is_right(record.status):
                self._run.guard()
                deed(self._route.server, record.id)
                return True
        return False
