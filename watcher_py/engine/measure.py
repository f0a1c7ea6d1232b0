# SPDX-License-Identifier: Apache-2.0
"""What strategies need measured, as columns: one query a metric, never one a server."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watcher_py.core.cluster import Cluster, Floats, Nodes, Servers
from watcher_py.core.errors import Invalid, NotFound, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed, Readings
from watcher_py.datasources.contract import MetricSource

POWERED_OFF = 'stopped'
PERCENT = {Metric.HOST_CPU, Metric.INSTANCE_CPU}


def gather(needs: Iterable[MetricNeed], cluster: Cluster,
           sources: Sequence[MetricSource]) -> tuple[Readings, list[str]]:
    """The readings, and a note for each source that could not give what it was asked for.

    The first source that knows anything of a metric gives all of its column.
    """
    columns: dict[Metric, Floats] = {}
    notes: list[str] = []
    for need in needs:
        values = _first_answer(need, sources, notes)
        if values is not None:
            columns[need.metric] = _column(need.metric, values, cluster)
    return Readings(columns), notes


def _first_answer(need: MetricNeed, sources: Sequence[MetricSource],
                  notes: list[str]) -> Mapping[str, float] | None:
    for source in sources:
        try:
            values = source.read(need)
        except (Invalid, NotFound, Unavailable) as error:
            notes.append(f'{need.metric.value}: {error}')
            continue
        if values:
            return values
        notes.append(f'{need.metric.value}: {source.name} has no values')
    if not sources:
        notes.append(f'{need.metric.value}: no datasource is configured')
    return None


def _column(metric: Metric, values: Mapping[str, float], cluster: Cluster) -> Floats:
    column = _of_nodes(values, cluster.nodes) if metric.is_of_nodes else _of_servers(values, cluster.servers)
    if metric is Metric.INSTANCE_CPU:
        vcpus = cluster.vcpus()
        column = np.divide(column, vcpus, out=np.full(len(column), np.nan), where=vcpus > 0)
    if metric in PERCENT:
        # Rates are extrapolated: they stray over the ends of the scale.
        column = np.clip(column, 0, 100)
    if not metric.is_of_nodes:
        off = np.array([state == POWERED_OFF for state in cluster.servers.state], dtype=bool)
        column = np.where(np.isnan(column) & off, 0, column)
    return column


def _of_servers(values: Mapping[str, float], servers: Servers) -> Floats:
    return np.array([values.get(uuid, np.nan) for uuid in servers.uuid], dtype=np.float64)


def _of_nodes(values: Mapping[str, float], nodes: Nodes) -> Floats:
    """By one of the node's names or its uuid; else by a name's first label, where it is nobody else's."""
    names = list(zip(nodes.hypervisor, nodes.name, nodes.uuid, strict=True))
    exact = {name for row in names for name in row}
    labels_of_nodes = Counter(label for *row, _ in names for label in set(map(_label, row)))
    strangers = {host: value for host, value in values.items() if host not in exact}
    labels_of_values = Counter(map(_label, strangers))
    by_label = {_label(host): value for host, value in strangers.items()
                if labels_of_values[_label(host)] == labels_of_nodes[_label(host)] == 1}
    found = [next((values[name] for name in row if name in values), None) for row in names]
    return np.array([_by_label(row[:2], by_label) if value is None else value
                     for row, value in zip(names, found, strict=True)], dtype=np.float64)


def _by_label(names: Iterable[str], by_label: Mapping[str, float]) -> float:
    return next((by_label[_label(name)] for name in names if _label(name) in by_label), np.nan)


def _label(host: str) -> str:
    return host.split('.', 1)[0]
