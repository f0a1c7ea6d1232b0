# SPDX-License-Identifier: Apache-2.0
"""Who disturbs whom: pairs of servers on the same node, of which one suffers that is no less important."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Floats, Ints
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot

# The smaller the number, the more important the server.
PRIORITY_KEY = 'watcher-priority'
USUAL_PRIORITY = 5


@dataclass(frozen=True)
class Disturbance:
    """A server suffers from a neighbour, both by row, and how that is seen."""

    sufferer: int
    noisy: int
    evidence: str


@dataclass(frozen=True, eq=False)
class Signals:
    """What is seen of servers that disturb each other: [S], NaN where it is unknown."""

    node: Ints
    priority: Ints
    cache_change: Floats            # % of the L3 cache that it used in the period before
    steal: Floats                   # % of its vCPUs' time that it waits for a CPU
    cores: Floats                   # in use
    most_change: float              # what is beyond is noise, or suffered
    most_steal: float

    @property
    def suffers(self) -> Bools:
        return np.asarray((self.cache_change < -self.most_change) | (self.steal > self.most_steal))

    def disturbances(self) -> list[Disturbance]:
        """Each noisy server once for each that suffers from it."""
        found: dict[tuple[int, int], Disturbance] = {}
        for sufferer in np.flatnonzero(self.suffers).tolist():
            mates = self.node == self.node[sufferer]
            for each in (*self._of_cache(sufferer, mates), *self._of_steal(sufferer, mates)):
                found.setdefault((each.sufferer, each.noisy), each)
        return list(found.values())

    def _of_cache(self, sufferer: int, mates: Bools) -> Iterator[Disturbance]:
        """All whose use rose as that of the sufferer fell, and who are not more important."""
        change = self.cache_change
        if change[sufferer] < -self.most_change:
            not_more_important = mates & (self.priority >= self.priority[sufferer])
            for noisy in np.flatnonzero(not_more_important & (change > self.most_change)).tolist():
                yield Disturbance(sufferer, noisy, (
                    f'its use of the L3 cache rose by {change[noisy]:.0f} % while that of the other fell by '
                    f'{-change[sufferer]:.0f} %'))

    def _of_steal(self, sufferer: int, mates: Bools) -> Iterator[Disturbance]:
        """The less important ones that use most: as many as it takes, if waiting goes with what others use.

        Of equals it can't be told who takes the CPUs from whom.
        """
        steal, cores = float(self.steal[sufferer]), np.nan_to_num(self.cores)
        if not steal > self.most_steal:
            return
        too_much = (cores[mates].sum() - cores[sufferer]) * (1 - self.most_steal / steal)
        lesser = np.flatnonzero(mates & (self.priority > self.priority[sufferer]) & (cores > 0))
        for noisy in lesser[np.argsort(-cores[lesser], kind='stable')].tolist():
            if too_much <= 0:
                return
            too_much -= cores[noisy]
            yield Disturbance(sufferer, noisy, (
                f'it uses {cores[noisy]:.1f} cores while the other waits for a CPU for {steal:.0f} % of its '
                'time'))


def signals(snapshot: Snapshot, most_change: float, most_steal: float) -> Signals:
    """Of servers that run; the others neither suffer nor are noisy."""
    servers, readings = snapshot.cluster.servers, snapshot.readings
    runs = np.array([state == 'active' for state in servers.state], dtype=bool)
    now = readings.column(Metric.INSTANCE_L3_CACHE, len(servers))
    before = readings.earlier_column(Metric.INSTANCE_L3_CACHE, len(servers))
    change = 100 * np.divide(now - before, before, out=np.full(len(servers), np.nan), where=before >= 1)
    steal = readings.column(Metric.INSTANCE_CPU_STEAL, len(servers))
    cores = in_use(snapshot, Metric.INSTANCE_CPU)
    return Signals(servers.node, priorities(snapshot.cluster), np.where(runs, change, np.nan),
                   np.where(runs, steal, np.nan), np.where(runs, cores, 0.0), most_change, most_steal)


def priorities(cluster: Cluster) -> Ints:
    """[S] As the servers' metadata say; what is no whole number there says nothing."""
    return np.array([_priority(metadata.get(PRIORITY_KEY, '')) for metadata in cluster.servers.metadata],
                    dtype=np.int64)


def _priority(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 10 else USUAL_PRIORITY
