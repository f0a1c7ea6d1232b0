# SPDX-License-Identifier: Apache-2.0
"""Follow a migration by Nova's own record of it, to its end."""

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from threading import Event

from watcher_py.applier.actions.contract import Settings
from watcher_py.cloud.compute import Compute
from watcher_py.core.errors import NotFound, Refused, Unavailable

LOG = logging.getLogger(__name__)

# Nova's words for a migration that is over; a cold one that is FINISHED waits to be confirmed.
FINISHED = 'finished'
DONE = frozenset({'completed', 'confirmed', 'done'})
ABORTED = 'cancelled'
FAILED = frozenset({'error', 'failed', 'reverted', ABORTED})

# Nova writes the record a moment after the request. Without one after so many looks, it refused.
LOOKS_FOR_RECORD = 3
WAITS_FOR_CONFIRMATION = 'VERIFY_RESIZE'

Abort = Callable[[], bool]


class Passage:
    """One migration of one server; to be made before Nova is asked, so that older records are known.

    `is_late` tells afterwards whether it took too long.
    """

    def __init__(self, cloud: Compute, server: str, source: str, settings: Settings, cancelled: Event):
        self._cloud, self._server, self._source = cloud, server, source
        self._settings, self._cancelled = settings, cancelled
        self._former = self._newest()
        self._looks = 0
        self.is_late = False

    def follow(self, ends: Collection[str], abort: Abort) -> str:
        """The first of these words that Nova says of it.

        A cancelled plan, or too long a time, makes it call `abort` until that is True; the end is
        waited for all the same, as long again.
        """
        deadline = self._settings.clock() + self._settings.timeout
        is_aborted = False
        while (word := self._word()) not in ends:
            if self._settings.clock() >= deadline:
                if self.is_late:
                    raise Unavailable(f'Nova still says {word or "nothing"} of the migration of server '
                                      f'{self._server}; it is not followed any longer')
                self.is_late = True
                deadline += self._settings.timeout
            if not is_aborted and (self.is_late or self._cancelled.is_set()):
                is_aborted = _tried(abort)
            self._pause()
        assert word is not None  # noqa: S101 - for the type checker: None is no end
        return word

    def status(self) -> str:
        """How far the migration is, in Nova's words; read off the server where there is no record."""
        newest = self._cloud.newest_migration(self._server)
        if newest is not None and newest.id != self._former:
            return newest.status
        self._looks += 1
        if self._looks <= LOOKS_FOR_RECORD:
            return 'accepted'
        server = self._cloud.server(self._server)
        if server.status == WAITS_FOR_CONFIRMATION:
            return FINISHED
        if server.task_state:
            return 'running'
        return 'error' if server.host == self._source else 'completed'

    def _newest(self) -> int | None:
        newest = self._cloud.newest_migration(self._server)
        return newest.id if newest else None

    def _word(self) -> str | None:
        """The status; None while Nova is silent, for the migration goes on without it."""
        try:
            return self.status()
        except Unavailable as error:
            LOG.warning('Following the migration of server %s: %s', self._server, error)
            return None

    def _pause(self) -> None:
        # Once set, the event waits no more.
        if self._cancelled.is_set():
            self._settings.pause(self._settings.interval)
        else:
            self._cancelled.wait(self._settings.interval)


def _tried(abort: Abort) -> bool:
    """Whether the abort was accepted; Nova refuses it just after the start and near the end."""
    with suppress(NotFound, Refused, Unavailable):
        return abort()
    return False
