# SPDX-License-Identifier: Apache-2.0
"""The storage of the cloud, kept true: read in a few bulk calls, in between what was heard of it."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from watcher_py.cloud.volumes import Volumes
from watcher_py.core.errors import WatcherError
from watcher_py.core.storage import NO_STORAGE
from watcher_py.engine.collector.assemble_storage import Collected, assemble_storage
from watcher_py.engine.collector.cinder_notices import CinderEvent
from watcher_py.engine.collector.condition import Condition, named
from watcher_py.engine.collector.feed import Feed, Heard
from watcher_py.engine.collector.storage_events import applied
from watcher_py.engine.collector.storage_picture import NOTHING, StoragePicture, lost, read

LOG = logging.getLogger(__name__)

# What a notification tells of but not in full is read within so many seconds.
SOON = 2.0
LONG_AGO = -math.inf


@dataclass(frozen=True, eq=False)
class _Kept:
    """A picture, and how old it is."""

    picture: StoragePicture = NOTHING
    begun: float = LONG_AGO             # when its reading began, by the collector's clock
    read_at: float = 0.0                # the same in seconds since the epoch
    is_offered: bool = True             # whether the cloud has Cinder at all
    is_behind: bool = False             # something was heard of that is not in it in full
    collected: Collected | None = None  # what it comes to, once somebody has asked


class StorageCollector:
    """Reads the storage when asked, takes in what is heard of it, and keeps the result; for any threads."""

    def __init__(self, cinder: Volumes, period: float = 3600.0, feed: Feed[CinderEvent] | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._cinder = cinder
        self._period = period
        self._feed = feed
        self._clock = clock
        self._reading = Lock()
        self._kept = _Kept()
        self._gaps: tuple[str, ...] = ()    # that the log has told of

    def newest(self, max_age: float) -> Collected:
        """The storage as it was at most `max_age` seconds ago, and a sentence for each part that is missing.

        Where the cloud has no Cinder, that is no storage, and nothing is missing.
        """
        asked = self._clock()
        with self._reading:
            self._take_in()
            allowed = min(max_age, SOON) if self._kept.is_behind else max_age
            if asked - self._kept.begun > allowed:
                self._read()
            return self._collected()

    def condition(self) -> Condition:
        """How well the storage is seen; a reading that goes on is not waited for."""
        kept = self._kept
        if kept.begun == LONG_AGO:
            return Condition('storage', feed=self._feed)
        storage, gaps = kept.collected or _assembled(kept)
        return Condition('storage', kept.read_at, kept.picture.pools.missing or '',
                         named(storage.pools.name, ~storage.pools.known), gaps, feed=self._feed)

    def keep_up(self) -> None:
        """Take in what was heard, and read anew when it is time; nothing before somebody has asked."""
        with self._reading:
            self._take_in()
            if self._kept.begun > LONG_AGO and self._clock() - self._kept.begun > self._period:
                self._read()

    def _take_in(self) -> None:
        self._kept = self._with(self._kept, self._heard())

    def _heard(self) -> Heard[CinderEvent]:
        return self._feed.take() if self._feed else Heard()

    def _with(self, kept: _Kept, heard: Heard[CinderEvent]) -> _Kept:
        # Before the first reading: all that was heard of will be in it.
        if kept.begun == LONG_AGO or not (heard.events or heard.overflowed):
            return kept
        news = applied(kept.picture, heard.events, kept.read_at)
        return replace(kept, picture=news.picture, collected=None,
                       is_behind=kept.is_behind or news.is_behind or heard.overflowed)

    def _read(self) -> None:
        before, begun, now = self._kept.picture, self._clock(), time.time()
        try:
            is_offered = self._cinder.is_offered()
            picture = read(self._cinder, before) if is_offered else NOTHING
        except WatcherError as error:
            is_offered, picture = True, lost(before, f'storage: {error}')
        self._kept = self._with(_Kept(picture, begun, now, is_offered), self._heard())
        LOG.debug('Read %d storage pools and %d volumes in %.2f s', len(picture.pools.rows),
                  len(picture.volumes.rows), self._clock() - begun)

    def _collected(self) -> Collected:
        kept = self._kept
        if kept.collected is not None:
            return kept.collected
        storage, gaps = _assembled(kept)
        for gap in gaps:
            if gap not in self._gaps:
                LOG.warning('The storage is not known in whole. %s', gap)
        self._gaps = gaps
        self._kept = replace(kept, collected=(storage, gaps))
        return storage, gaps


def _assembled(kept: _Kept) -> Collected:
    return assemble_storage(kept.picture) if kept.is_offered else (NO_STORAGE, ())
