# SPDX-License-Identifier: Apache-2.0
"""The cloud as it is at present, for all who look at it: read and measured once for many."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from watcher_py.core.cluster import Cluster
from watcher_py.core.columns import Names
from watcher_py.core.errors import Unavailable, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.datasources.configured import Sources
from watcher_py.engine import measure
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.remembered import Remembered
from watcher_py.monitor.fresh import Fresh

# Answers may be this old: however many look, the cloud and its metrics are asked no more often.
MAX_AGE = 5.0                   # seconds
LOAD_AGE, HISTORY_AGE = 15.0, 60.0      # seconds
KEPT = timedelta(seconds=5)
PATIENCE, HISTORY_PATIENCE = 3.0, 6.0   # seconds

OF_HOSTS = (Metric.HOST_CPU, Metric.HOST_RAM)
OF_ALL = (*OF_HOSTS, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)


@dataclass(frozen=True, eq=False)
class Look:
    """What somebody sees who looks."""

    collected: Collected
    snapshot: Snapshot
    gaps: tuple[str, ...]       # a sentence for each part of the cloud or its load that is not known

    def taken_at(self) -> str | None:
        """When the cloud was last read; what was heard of it since is in the picture."""
        read_at = self.collected.read_at
        return None if read_at is None else datetime.fromtimestamp(read_at, UTC).isoformat()


def load(metrics: Iterable[Metric] = OF_ALL) -> list[MetricNeed]:
    """What is measured to see it: the last ten minutes."""
    return [MetricNeed(metric, period=600, granularity=300) for metric in metrics]


class Present:
    """One an engine; for any threads."""

    def __init__(self, collector: Collector, sources: Sources) -> None:
        self._collector = collector
        self._last: Collected | None = None
        self._kept: dict[tuple[Metric, ...], Look] = {}
        self._cloud = Fresh('the cloud', self._read, 0.0, PATIENCE, rests=1)
        named = {source.name: source for some in (sources.usual, *sources.of_strategies.values())
                 for source in some}
        # Those that only some strategies ask come last.
        self.sources = tuple(Remembered(source, LOAD_AGE, PATIENCE) for source in named.values())
        self.usual = self.sources[:len(sources.usual)]
        self.history = tuple(Remembered(source, HISTORY_AGE, HISTORY_PATIENCE) for source in sources.usual)

    def cluster(self) -> Cluster:
        """The cloud alone; Unavailable when not even hosts are known."""
        return self._seen()[0].cluster

    def known(self) -> Cluster | None:
        """The cloud as far as it is known without waiting for it; None when it isn't at all."""
        with suppress(WatcherError):
            self._last = self._cloud()
        return None if self._last is None else self._last.cluster

    def conditions(self) -> list[Condition]:
        """How well each part of the cloud is seen; nothing is read for it."""
        return self._collector.conditions()

    def look(self, metrics: Iterable[Metric] = OF_ALL) -> Look:
        """The cloud and these of its loads; what is found out about a snapshot is kept with it a while."""
        collected, late = self._seen()
        named, moment = tuple(metrics), datetime.now(UTC)
        kept = self._kept.get(named)
        if (not kept or kept.snapshot.cluster is not collected.cluster
                or moment - kept.snapshot.taken_at > KEPT):
            measured = measure.gather(load(named), collected.cluster, self.usual)
            kept = self._kept[named] = Look(
                collected, Snapshot(collected.cluster, measured.readings, moment), tuple(measured.notes))
        return replace(kept, collected=collected, gaps=(*late, *collected.gaps, *kept.gaps))

    def _seen(self) -> tuple[Collected, Names]:
        """The cloud, and why it is older than it should be: nobody waits until Nova is well again."""
        if self._last is None:
            self._last = self._read()
        try:
            self._last = self._cloud()
        except Unavailable as error:
            return self._last, (str(error),)
        return self._last, ()

    def _read(self) -> Collected:
        return self._collector.newest(MAX_AGE)
