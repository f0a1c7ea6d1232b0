# SPDX-License-Identifier: Apache-2.0
"""What strategies need measured, as columns: one query a metric, never one a server."""

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.cluster import DISK_GB, MEMORY_MB, Bools, Cluster, Floats
from watcher_py.core.errors import NotFound, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed, Readings
from watcher_py.datasources.contract import Fault, Measured, MetricSource
from watcher_py.engine.coverage import Coverage
from watcher_py.engine.named_rows import names_of

POWERED_OFF = 'stopped'
PERCENT = {Metric.HOST_CPU, Metric.INSTANCE_CPU, Metric.INSTANCE_CPU_STEAL}
# What Nova allocates is known without measuring it. Of the disk it is all that stands on the node: the root
# disk, where it is no volume, with the ephemeral one and the swap.
ALLOCATED = {Metric.INSTANCE_RAM_ALLOCATED: MEMORY_MB, Metric.INSTANCE_ROOT_DISK: DISK_GB}
MODEL = 'the model'
QUERIES_AT_ONCE = 4


@dataclass(frozen=True, eq=False)
class Gathered:
    """The readings, and how much of each metric is known."""

    readings: Readings
    coverage: tuple[Coverage, ...]

    @property
    def notes(self) -> list[str]:
        """What the operator is told, at most a line a metric."""
        return [each.note for each in self.coverage if each.note]


def gather(needs: Iterable[MetricNeed], cluster: Cluster, sources: Sequence[MetricSource],
           at_once: int = QUERIES_AT_ONCE) -> Gathered:
    """Each metric from the first source; what it has no good value for, from the next that has."""
    with ThreadPoolExecutor(at_once) as threads:
        tallies = list(threads.map(lambda need: _tally(need, cluster, sources), needs))
    columns: dict[bool, dict[Metric, Floats]] = {False: {}, True: {}}
    for tally in tallies:
        if tally.found:
            columns[tally.need.is_earlier][tally.need.metric] = tally.column
    return Gathered(Readings(columns[False], columns[True]), tuple(tally.coverage() for tally in tallies))


def _tally(need: MetricNeed, cluster: Cluster, sources: Sequence[MetricSource]) -> '_Tally':
    tally = _Tally(need, cluster)
    for source in sources:
        if not tally.is_whole:
            tally.ask(source)
    if not tally.is_whole and need.metric in ALLOCATED and need.aggregate != 'count':
        tally.fill(MODEL, cluster.servers.demand[:, ALLOCATED[need.metric]])
    if not sources and not tally.given:
        tally.lacks.append('no datasource is configured')
    return tally


class _Tally:
    """One metric while it is gathered: what is known already, and how it came to be."""

    def __init__(self, need: MetricNeed, cluster: Cluster):
        self.need = need
        self.given: dict[str, int] = {}
        self.found: dict[str, int] = {}
        self.failures: list[str] = []
        self.lacks: list[str] = []
        self._cluster = cluster
        self._off = _powered_off(need.metric, cluster)
        self._values = np.full(len(self._off), np.nan)
        self._faults: dict[int, Fault] = {}
        self._newest: list[float] = []

    @property
    def is_whole(self) -> bool:
        return bool(self.found) and not self._unknown().any()

    @property
    def column(self) -> Floats:
        """As strategies reckon with it: a server that is powered off uses nothing."""
        return np.where(self._off & np.isnan(self._values), 0.0, self._values)

    def ask(self, source: MetricSource) -> None:
        try:
            measured = _read(source, self.need)
        except NotFound as error:
            self.lacks.append(str(error))
        except WatcherError as error:
            self.failures.append(str(error))
        else:
            self._take(source.name, measured)

    def fill(self, name: str, values: Floats) -> None:
        """Where nothing is known yet."""
        lacking = np.isnan(self._values) & np.isfinite(values)
        given = int((lacking & ~self._off).sum())
        self._values = np.where(lacking, values, self._values)
        self.found[name] = int(np.isfinite(values).sum())
        if given:
            self.given[name] = given

    def coverage(self) -> Coverage:
        unknown = np.flatnonzero(self._unknown()).tolist()
        faults = Counter(self._faults[row] for row in unknown if row in self._faults)
        return Coverage(
            self.need, int((~self._off).sum()), self.given, dict(faults), len(unknown) - faults.total(),
            self.found, tuple(self.failures), tuple(self.lacks), max(self._newest, default=None))

    def _take(self, name: str, measured: Measured) -> None:
        if not measured.values and not measured.faults:
            self.lacks.append(f'{name} has no values')
            return
        names = names_of(self.need.metric, self._cluster, measured.values.keys() | measured.faults.keys())
        for row, known_as in enumerate(names):
            if known_as is not None and known_as in measured.faults:
                self._faults.setdefault(row, measured.faults[known_as])
        values = np.array([np.nan if known_as is None else measured.values.get(known_as, np.nan)
                           for known_as in names], dtype=np.float64)
        self.fill(name, _scaled(self.need, values, self._cluster, measured.of_all_vcpus))
        self.found[name] = len(measured.values)
        if measured.newest is not None:
            self._newest.append(measured.newest)

    def _unknown(self) -> Bools:
        unknown: Bools = np.isnan(self._values) & ~self._off
        return unknown


def _read(source: MetricSource, need: MetricNeed) -> Measured:
    """What is known of the need; sources know of no period but the last one.

    The mean of two periods is that of both means, so what the last one didn't bring came before it.
    """
    if not need.is_earlier:
        return source.read(need)
    last = replace(need, is_earlier=False, aggregate='mean')
    both, later = source.read(replace(last, period=2 * need.period)), source.read(last)
    values = {name: max(0.0, 2 * value - later.values[name])
              for name, value in both.values.items() if name in later.values}
    return replace(later, values=values, faults={**both.faults, **later.faults})


def _scaled(need: MetricNeed, values: Floats, cluster: Cluster, of_all_vcpus: bool) -> Floats:
    """In the metric's unit; sources know neither how many vCPUs a server has, nor where a scale ends."""
    if need.metric not in PERCENT or need.aggregate == 'count':
        return values
    if need.metric is Metric.INSTANCE_CPU and not of_all_vcpus:
        vcpus = cluster.vcpus()
        values = np.divide(values, vcpus, out=np.full(len(values), np.nan), where=vcpus > 0)
    # Rates are extrapolated: they stray over the ends.
    return np.clip(values, 0, 100)


def _powered_off(metric: Metric, cluster: Cluster) -> Bools:
    """[N] or [S] What need not be measured."""
    if metric.is_of_nodes:
        return np.zeros(len(cluster.nodes), dtype=bool)
    return np.array([state == POWERED_OFF for state in cluster.servers.state], dtype=bool)
