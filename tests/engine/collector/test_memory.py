# SPDX-License-Identifier: Apache-2.0
"""A collector keeps one picture of the cloud, however many it has made."""

import gc
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

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


@dataclass(frozen=True)
class Grown:
    """How many more there are: of pictures of the cloud, objects of all types, and threads."""

    pictures: int
    objects: int
    threads: int

    @classmethod
    def from_here(cls) -> 'Grown':
        gc.collect()
        objects = gc.get_objects()
        pictures = sum(type(each) in (Cluster, Collected, Picture) for each in objects)
        return cls(pictures, len(objects), threading.active_count())

    def until_here(self) -> 'Grown':
        now = Grown.from_here()
        return Grown(now.pictures - self.pictures, now.objects - self.objects, now.threads - self.threads)


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


def alone(measure: Callable[[], Grown]) -> Grown:
    """In an interpreter of its own, for in this one the threads of other tests make and drop objects, too."""
    with ProcessPoolExecutor(1, get_context('spawn')) as interpreter:
        return interpreter.submit(measure).result()


def test_a_thousand_rebuilds_leave_no_more_than_one() -> None:
    grown = alone(by_rebuilds)
    assert grown.pictures <= 0
    assert grown.objects < REBUILDS // 10


def by_rebuilds() -> Grown:
    logging.getLogger('watcher_py').setLevel(logging.CRITICAL)
    with FaultyCloud(0) as cloud:                   # a small one, read over HTTP
        recorded = Recorded(cloud.reader().read())
    time, feed = [0.0], Feed(lambda notice: notice.payload)
    collector = ComputeCollector(recorded, 50.0, feed, clock=lambda: time[0])  # type: ignore[arg-type]
    _rebuild(collector, recorded, feed, time, REBUILDS // 5)
    grown = Grown.from_here()
    _rebuild(collector, recorded, feed, time, REBUILDS - REBUILDS // 5)
    assert len(recorded.reads) == REBUILDS // 2
    assert set(recorded.reads) == {True, False}
    return grown.until_here()


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
    grown = alone(by_readings)
    assert grown.threads <= 0
    assert grown.pictures <= 0


def by_readings() -> Grown:
    with FaultyCloud(0) as cloud:
        collector = cloud.collector()
        collector.newest(0)
        grown = Grown.from_here()
        for _ in range(10):
            collector.newest(0)
        return grown.until_here()
