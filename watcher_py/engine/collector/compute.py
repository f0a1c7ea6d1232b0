# SPDX-License-Identifier: Apache-2.0
"""The compute part of the cloud, kept true: read whole now and then, in between what has changed."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

from watcher_py.cloud.compute_rows import Server
from watcher_py.cloud.listing import Listing
from watcher_py.core.errors import WatcherError
from watcher_py.core.fields import seconds_of
from watcher_py.engine.collector.assemble import Collected, assemble
from watcher_py.engine.collector.condition import Condition, named
from watcher_py.engine.collector.drift import Drift, compare
from watcher_py.engine.collector.events import applied
from watcher_py.engine.collector.feed import Feed, Heard
from watcher_py.engine.collector.health import Health, Kind
from watcher_py.engine.collector.nova_notices import NovaEvent
from watcher_py.engine.collector.picture import NOTHING, Picture
from watcher_py.engine.collector.reading import Reader

LOG = logging.getLogger(__name__)

# How much of what was seen already is asked for again: clocks differ, and what changes shows a little later.
MARGIN = 120.0                  # seconds
# What a notification tells of but not in full is read within so many seconds.
SOON = 2.0
LONG_AGO = -math.inf


@dataclass(frozen=True, eq=False)
class _Kept:
    """A picture, and how old it is."""

    picture: Picture = NOTHING
    begun: float = LONG_AGO             # when its newest reading began, by the collector's clock
    read_at: float = 0.0                # the same in seconds since the epoch
    whole: float = LONG_AGO             # when the last reading of all began, by the collector's clock
    since: str | None = None            # what has changed from then on is to be asked for, by Nova's clock
    is_behind: bool = False             # something was heard of that is not in it in full
    collected: Collected | None = None  # what it comes to, once somebody has asked


class ComputeCollector:
    """Reads the cloud when asked, takes in what is heard of it, and keeps the result; for any threads."""

    def __init__(self, reader: Reader, period: float = 3600.0, feed: Feed[NovaEvent] | None = None,
                 health: Health | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._period = period
        self._feed = feed
        self._health = health or Health()
        self._clock = clock
        self._reading = Lock()
        self._kept = _Kept()
        self._gaps: tuple[str, ...] = ()    # that the log has told of
        self._why_blind = ''
        self._drift: Drift | None = None

    def newest(self, max_age: float) -> Collected:
        """The cloud as it was at most `max_age` seconds ago, and what was heard since; one reader at a time.

        Unavailable when nothing at all is known of it.
        """
        asked = self._clock()
        with self._reading:
            self._take_in()
            allowed = min(max_age, SOON) if self._kept.is_behind else max_age
            if asked - self._kept.begun > allowed:
                self._read()
            return self._collected()

    def condition(self) -> Condition:
        """How well the cloud is seen; a reading that goes on is not waited for."""
        kept = self._kept
        if kept.picture is NOTHING:
            return Condition('compute', why_blind=self._why_blind, feed=self._feed)
        collected = kept.collected or assemble(kept.picture)
        return Condition('compute', kept.read_at, self._why_blind,
                         named(collected.cluster.nodes.name, ~collected.cluster.nodes.known),
                         collected.gaps, self._drift, self._feed)

    def keep_up(self) -> None:
        """Take in what was heard, and read all anew when it is time; nothing before somebody has asked."""
        with self._reading:
            self._take_in()
            if self._kept.picture is not NOTHING and self._is_due():
                self._read()

    def _take_in(self) -> None:
        self._kept = self._with(self._kept, self._heard())

    def _heard(self) -> Heard[NovaEvent]:
        return self._feed.take() if self._feed else Heard()

    def _with(self, kept: _Kept, heard: Heard[NovaEvent]) -> _Kept:
        if heard.overflowed:
            kept = replace(kept, begun=LONG_AGO, whole=LONG_AGO)
        # Before the first reading: what was heard of will be in it.
        if kept.picture is NOTHING or not heard.events:
            return kept
        news = applied(kept.picture, heard.events, kept.read_at)
        self._health.told(news)
        return replace(kept, picture=news.picture, collected=None,
                       is_behind=kept.is_behind or news.needs_delta)

    def _is_due(self) -> bool:
        return self._clock() - self._kept.whole > self._period

    def _read(self) -> None:
        """Read what is needed; what was kept stays when nothing at all comes of it."""
        before, begun, read_at = self._kept, self._clock(), time.time()
        is_whole = self._is_due() or not _can_go_by_changes(before.picture.servers)
        picture = self._reader.read(before.picture, None if is_whole else before.since)
        heard = self._heard()
        kept = self._with(_Kept(picture, begun, read_at, begun if is_whole else before.whole,
                                _since(picture, read_at)), heard)
        kind: Kind = 'full' if is_whole else 'delta'
        try:
            self._kept = replace(kept, collected=self._assembled(kept))
        except WatcherError as error:
            self._kept = self._with(before, heard)
            self._why_blind = str(error)
            self._health.failed(kind)
            raise
        self._why_blind = ''
        seconds = self._clock() - begun
        self._health.read(kind, seconds)
        LOG.info('Read the cloud (%s) in %.1f s: %d nodes, %d servers', kind, seconds,
                 len(picture.hypervisors.rows), len(picture.servers.rows))
        if is_whole and before.picture.is_whole and picture.is_whole and before.picture is not NOTHING:
            self._measure_drift(applied(before.picture, heard.events, before.read_at).picture)

    def _collected(self) -> Collected:
        collected = self._kept.collected or self._assembled(self._kept)
        self._kept = replace(self._kept, collected=collected)
        return collected

    def _assembled(self, kept: _Kept) -> Collected:
        collected = replace(assemble(kept.picture), read_at=kept.read_at)
        for gap in collected.gaps:
            if gap not in self._gaps:
                LOG.warning('The cloud is not known in whole. %s', gap)
        self._gaps = collected.gaps
        self._health.shows(int((~collected.cluster.nodes.known).sum()), len(collected.gaps), kept.read_at)
        return collected

    def _measure_drift(self, expected: Picture) -> None:
        """What was thought of the cloud, against what was read of it."""
        self._drift = found = compare(assemble(expected).cluster, self._collected().cluster)
        self._health.drifted(found)
        LOG.info('%s', found.sentence())


def _can_go_by_changes(servers: Listing[Server]) -> bool:
    """Whether it came whole: what was not told then is told with no change."""
    return servers.is_whole and all(server.is_sized for server in servers.rows)


def _since(picture: Picture, read_at: float) -> str:
    """Changes are asked for from before this reading began, even if our clock is ahead of Nova's."""
    newest = max((server.updated for server in picture.servers.rows), default='')
    begun = min(read_at, seconds_of(newest)) if newest else read_at
    return datetime.fromtimestamp(begun - MARGIN, UTC).strftime('%Y-%m-%dT%H:%M:%SZ')
