# SPDX-License-Identifier: Apache-2.0
"""A collector keeps one picture of the cloud, however many it has made."""

import gc
import threading
from collections import Counter
from dataclasses import replace

import pytest

from tests.engine.collector.faulty_cloud import FaultyCloud
from watcher_py.bus.notice import Notice
from watcher_py.cloud.listing import Listing
from watcher_py.core.cluster import Cluster
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.nova_notices import ServerTold
from watcher_py.engine.collector.picture import NOTHING, Picture

REBUILDS = 1000


class Recorded:
    """What was once read, as a new picture each time; now and then half of the servers is missing."""

    def __init__(self, picture: Picture):
        self.picture = picture
        self.reads: list[bool] = []         # whether each was of all

    def read(self, before: Picture = NOTHING, since: str | None = None) -> Picture:
        self.reads.append(since is None)
        first, *others = self.picture.servers.rows
        missing = None if len(self.reads) % 7 else 'half of it'
        return replace(self.picture, servers=Listing((replace(first), *others), missing))


@pytest.fixture
def recorded() -> Recorded:
    """Of a small cloud, read over HTTP."""
    with FaultyCloud(0) as cloud:
        return Recorded(cloud.reader().read())


def test_a_thousand_rebuilds_leave_no_more_than_one(
        recorded: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level('CRITICAL', 'watcher_py')      # for what is logged is kept by the test
    time, feed = [0.0], Feed(lambda notice: notice.payload)
    collector = ComputeCollector(recorded, 50.0, feed, clock=lambda: time[0])  # type: ignore[arg-type]
    _rebuild(collector, recorded, feed, time, REBUILDS // 5)
    early, before = living(), len(gc.get_objects())
    _rebuild(collector, recorded, feed, time, REBUILDS - REBUILDS // 5)
    assert living() <= early
    assert len(gc.get_objects()) - before < REBUILDS // 10
    assert len(recorded.reads) == REBUILDS // 2
    assert set(recorded.reads) == {True, False}


def _rebuild(collector: ComputeCollector, recorded: Recorded, feed: Feed[ServerTold], time: list[float],
             times: int) -> None:
    """Read whole now and then, else what has changed; and hear of a server after each reading."""
    for _ in range(times // 2):
        time[0] += 3.0
        collector.newest(1.0)
        server = replace(recorded.picture.servers.rows[0], updated='2027-01-01T00:00:00Z', locked=True)
        feed.hear(Notice('nova-api:a', 'instance.lock', ServerTold(0.0, server, False, False), 0.0))
        collector.newest(1.0)
        assert feed.waiting == 0


def test_reading_again_and_again_leaves_no_thread_behind() -> None:
    with FaultyCloud(0) as cloud:
        collector = cloud.collector()
        collector.newest(0)
        threads, before = threading.active_count(), living()
        for _ in range(10):
            collector.newest(0)
        assert threading.active_count() <= threads
        assert living() <= before


def living() -> Counter[type]:
    gc.collect()
    return Counter(kind for kind in map(type, gc.get_objects()) if kind in (Cluster, Collected, Picture))
