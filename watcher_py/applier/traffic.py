# SPDX-License-Identifier: Apache-2.0
"""What migrates in the cloud, asked for in one question for all that follow it."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import Lock

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import Birth, MigrationNow
from watcher_py.core.errors import Refused, Unavailable

# Nova's words for a migration that is over; a cold one that is FINISHED waits to be confirmed.
FINISHED = 'finished'
DONE = frozenset({'completed', 'confirmed', 'done'})
ABORTED = 'cancelled'
FAILED = frozenset({'error', 'failed', 'reverted', ABORTED})

# What was written so long, by Nova's clocks, before the newest that is known may not have been seen yet.
MARGIN = timedelta(seconds=60)

# After so many seconds in which nobody asked, what happened meanwhile is not asked for any more.
FORGOTTEN = 600.0


class Traffic:
    """The migrations of servers that are followed; safe to be asked by many threads.

    One question an interval is asked for all of them: what has changed since the newest change known. Of a
    server of which that tells nothing Nova is asked by itself.
    """

    def __init__(self, compute: Compute, interval: float, clock: Callable[[], float] = time.monotonic):
        self._compute, self._interval, self._clock = compute, interval, clock
        self._lock = Lock()
        self._known: dict[str, dict[int, MigrationNow]] = {}    # server -> number -> migration
        self._newest: str | None = None     # the newest change known, by Nova's clock
        self._asked = -FORGOTTEN            # when all were asked for, by ours
        self._silence: Unavailable | None = None
        self._is_bulk_known = True

    def after(self, server: str, birth: Birth | None) -> list[MigrationNow]:
        """The server's migrations that are younger than that of this birth, the oldest first.

        They are as Nova told at most an interval ago; Unavailable when it doesn't tell.
        """
        with self._lock:
            self._look()
            found = _younger(self._known.get(server, {}).values(), birth)
        return found or self._ask_by_itself(server, birth)

    def _ask_by_itself(self, server: str, birth: Birth | None) -> list[MigrationNow]:
        found = _younger(self._compute.migrations_of(server), birth)
        with self._lock:
            self._learn(found)
            if found and self._newest is None and self._is_bulk_known:
                self._newest, self._asked = found[0].created, self._clock()
        return found

    def _look(self) -> None:
        """Ask for all, if that is due."""
        waited = self._clock() - self._asked
        if waited >= FORGOTTEN:
            self._known, self._newest, self._silence = {}, None, None
        if self._newest is None:
            return
        if waited >= self._interval:
            self._asked = self._clock()
            self._silence = self._ask_for_all(self._newest)
        if self._silence is not None:
            raise Unavailable(str(self._silence))

    def _ask_for_all(self, newest: str) -> Unavailable | None:
        since = (datetime.fromisoformat(newest) - MARGIN).isoformat()
        try:
            found = self._compute.migrations_since(since)
        except Unavailable as error:
            return error
        except Refused:
            # Before microversion 2.59 Nova doesn't know the question.
            self._known, self._newest, self._is_bulk_known = {}, None, False
            return None
        self._forget(since)
        self._learn(found)
        self._newest = max((newest, *(one.updated for one in found)))
        return None

    def _learn(self, found: Iterable[MigrationNow]) -> None:
        for one in found:
            of_server = self._known.setdefault(one.server, {})
            # An answer that was on its way for long may be older than what is known.
            if one.id not in of_server or of_server[one.id].updated <= one.updated:
                of_server[one.id] = one

    def _forget(self, since: str) -> None:
        """What was over before this moment."""
        for server, known in list(self._known.items()):
            left = {number: one for number, one in known.items()
                    if one.status not in DONE | FAILED or one.updated >= since}
            if left:
                self._known[server] = left
            else:
                del self._known[server]


def _younger(found: Iterable[MigrationNow], birth: Birth | None) -> list[MigrationNow]:
    return sorted((one for one in found if birth is None or one.birth > birth), key=lambda one: one.birth)
