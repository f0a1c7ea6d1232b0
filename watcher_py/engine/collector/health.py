# SPDX-License-Identifier: Apache-2.0
"""How well an engine sees the cloud, as metrics for Prometheus."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.events import Applied
from watcher_py.engine.collector.feed import Feed

Kind = Literal['full', 'delta']


class Health:
    """The metrics of one engine's sight."""

    def __init__(self, clock: Callable[[], float] = time.time):
        self.registry = registry = CollectorRegistry()
        self._taken, self._is_blind = math.nan, False
        self._feeds: dict[str, Feed[Any]] = {}
        Gauge('watcher_picture_age_seconds', 'Since the cloud was last read; NaN before.',
              registry=registry).set_function(lambda: clock() - self._taken)
        self._reads = Counter('watcher_reads', 'Reads of the cloud.', ('kind', 'result'), registry=registry)
        self._seconds = Gauge('watcher_read_seconds', 'Of the last read.', ('kind',), registry=registry)
        self._drift = Gauge('watcher_drift', 'What the last full read found other than it was seen.',
                            ('what',), registry=registry)
        self._frozen = Gauge('watcher_frozen_hosts', 'Hosts left alone, as not all is known of them.',
                             registry=registry)
        self._gaps = Gauge('watcher_gaps', 'Parts of the cloud that could not be read.', registry=registry)
        self._events = Counter('watcher_events', 'Notifications that were followed.', ('result',),
                               registry=registry)
        for unknown in (self._frozen, self._gaps):
            unknown.set(math.nan)
        registry.register(_FeedMetrics(self._feeds))

    def blind(self) -> str | None:
        """Why audits can't see the cloud; None when they can, or nobody has had to look yet."""
        return 'the last read has brought nothing' if self._is_blind else None

    def lines(self) -> Iterator[str]:
        """The metrics of now, as a state dump tells them."""
        for family in self.registry.collect():
            for sample in family.samples:
                if not sample.name.endswith('_created'):
                    labels = ', '.join(sample.labels.values())
                    yield f'{sample.name}{f" ({labels})" if labels else ""}: {sample.value:g}'

    def hears(self, service: str, feed: Feed[Any]) -> None:
        """Tell of this feed, too: of what `service` notifies."""
        self._feeds[service] = feed

    def read(self, kind: Kind, seconds: float) -> None:
        """A read has ended well."""
        self._is_blind = False
        self._reads.labels(kind, 'good').inc()
        self._seconds.labels(kind).set(seconds)

    def failed(self, kind: Kind) -> None:
        """A read has brought nothing."""
        self._is_blind = True
        self._reads.labels(kind, 'failed').inc()

    def shows(self, frozen_hosts: int, gaps: int, taken: float) -> None:
        """The picture as it is now, of which the last read began at `taken`, in seconds since the epoch."""
        self._frozen.set(frozen_hosts)
        self._gaps.set(gaps)
        self._taken = taken

    def drifted(self, drift: Drift) -> None:
        for what, count in asdict(drift).items():
            self._drift.labels(what).set(count)

    def told(self, applied: Applied) -> None:
        self._events.labels('applied').inc(applied.applied)
        self._events.labels('dropped').inc(applied.dropped)
        self._events.labels('unknown').inc(len(applied.unknown))


class _FeedMetrics(Collector):
    """What feeds know of themselves, read when it is asked for."""

    def __init__(self, feeds: Mapping[str, Feed[Any]]):
        self._feeds = feeds

    def collect(self) -> Iterator[Metric]:
        heard, malformed, waiting, last = families = (
            CounterMetricFamily('watcher_notifications_heard', 'Notifications.', labels=['service']),
            CounterMetricFamily('watcher_notifications_malformed', 'Without sense.', labels=['service']),
            GaugeMetricFamily('watcher_notifications_waiting', 'Not made use of yet.', labels=['service']),
            GaugeMetricFamily('watcher_notifications_last_timestamp_seconds', 'When the last one came.',
                              labels=['service']))
        for service, feed in self._feeds.items():
            heard.add_metric([service], feed.heard)
            malformed.add_metric([service], feed.malformed)
            waiting.add_metric([service], feed.waiting)
            if feed.last is not None:
                last.add_metric([service], feed.last)
        yield from families
