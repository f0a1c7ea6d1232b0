# SPDX-License-Identifier: Apache-2.0
"""Load over the last hours: of one host or server, and of all hosts together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from watcher_py.core.cluster import Cluster, Floats
from watcher_py.core.errors import NotFound, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.occupancy import balance
from watcher_py.datasources.contract import MetricSource, Series
from watcher_py.engine.amounts import amount
from watcher_py.engine.lookup import node_row, server_row
from watcher_py.engine.measure import PERCENT
from watcher_py.engine.named_rows import names_of
from watcher_py.engine.present import Present

Row = dict[str, Any]
Found = TypeVar('Found')

STEPS = (300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)   # seconds
# Of few things each step is told; of many fewer steps, but some.
MOST_POINTS = 100_000
MOST_STEPS, LEAST_STEPS = 288, 24
HOUR = 3600


def series(present: Present, metric: Metric, key: str, hours: int) -> Row:
    """What a host or server, by uuid or name, measured; empty where no source knows it."""
    cluster = present.cluster()
    row = node_row(cluster.nodes, key) if metric.is_of_nodes else server_row(cluster.servers, key)

    def found(known: Mapping[str, Series]) -> Series | None:
        name = names_of(metric, cluster, known.keys())[row]
        return None if name is None else known[name]

    told = _told(present.history, _need(metric, hours, cluster), found)
    values = [] if told is None else _scaled(metric, told, float(cluster.vcpus()[row])
                                             if metric is Metric.INSTANCE_CPU else 1.0).tolist()
    return {'metric': metric.value, 'resource': key, 'unit': metric.unit,
            'times': [] if told is None else told.times.tolist(), 'values': list(map(amount, values))}


def history(present: Present, hours: int) -> Row:
    """How busy the CPUs of all hosts were, and how evenly."""
    cluster = present.cluster()

    def found(known: Mapping[str, Series]) -> list[Series]:
        return [known[name] for name in names_of(Metric.HOST_CPU, cluster, known.keys()) if name is not None]

    times, percent = _side_by_side(
        _told(present.history, _need(Metric.HOST_CPU, hours, cluster), found) or [])
    figures = [balance(percent[:, column]) for column in range(len(times))]
    return {'times': times.tolist(), 'cpu_mean': [amount(each.mean) for each in figures],
            'cpu_deviation': [amount(each.deviation) for each in figures],
            'cpu_max': [amount(each.most) for each in figures]}


def _need(metric: Metric, hours: int, cluster: Cluster) -> MetricNeed:
    period, things = hours * HOUR, len(cluster.nodes if metric.is_of_nodes else cluster.servers)
    steps = min(MOST_STEPS, max(LEAST_STEPS, MOST_POINTS // max(1, things)))
    return MetricNeed(metric, period, next(step for step in STEPS if step >= min(period / steps, STEPS[-1])))


def _told(sources: Sequence[MetricSource], need: MetricNeed,
                 found: Callable[[Mapping[str, Series]], Found]) -> Found | None:
    """What is found in the first source that has it; where none has, the first one's reason is raised."""
    errors: list[WatcherError] = [] if sources else [NotFound('no datasource is configured')]
    for source in sources:
        try:
            if told := found(source.series(need)):
                return told
        except WatcherError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return None


def _scaled(metric: Metric, told: Series, vcpus: float) -> Floats:
    """In the metric's unit; rates stray over the ends."""
    values = told.values if told.of_all_vcpus else told.values / vcpus
    return np.clip(values, 0, 100) if metric in PERCENT else values


def _side_by_side(known: Sequence[Series]) -> tuple[Floats, Floats]:
    """[T] All moments, and the values of each series then: [S, T], NaN where it has none."""
    if not known:
        return np.zeros(0), np.zeros((0, 0))
    times = np.unique(np.concatenate([each.times for each in known]))
    values = np.full((len(known), len(times)), np.nan)
    for row, each in enumerate(known):
        values[row, np.searchsorted(times, each.times)] = each.values
    return times, values
