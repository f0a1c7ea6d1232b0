# SPDX-License-Identifier: Apache-2.0
"""What the decision engine can tell about the cloud and its sources without an audit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from watcher_py.core import document
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, VCPU, Cluster, Floats, Nodes, Servers
from watcher_py.core.errors import Invalid, NotFound, Unavailable, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Strategy, with_defaults
from watcher_py.datasources.contract import MetricSource
from watcher_py.engine import measure
from watcher_py.engine.collector import Collector

Row = dict[str, Any]

# Answers may be this old: whoever follows a plan by asking must not have the cloud read each time.
MAX_AGE = 5.0                   # seconds
LOAD = [MetricNeed(metric, period=600, granularity=300) for metric in Metric]
COMPUTE = 'compute'


def strategy_info(strategy: Strategy, sources: Sequence[MetricSource], collector: Collector) -> list[Row]:
    """Whether what the strategy needs is there: its datasource, its metrics, its model."""
    needs = strategy.needs(with_defaults(strategy.parameters, {}))
    having = {need.metric.value: [source.name for source in sources if _has(source, need)] for need in needs}
    metrics = [{metric: _availability(bool(names))} for metric, names in having.items()]
    model = [{f'{COMPUTE}_model': _availability(_is_readable(collector))}]
    return [_state('Datasource', _source_state(bool(needs), sources, having), True),
            _state('Metrics', metrics, False), _state('CDM', model, True)]


def data_model(collector: Collector, model: str, scope: Any) -> dict[str, list[Row]]:
    """A row for each server with its node, and one for each empty node."""
    if model != COMPUTE:
        raise NotFound(f'there is no data model of type {model}, only {COMPUTE}')
    cluster = narrow(collector.newest(MAX_AGE), scope)
    servers_on: dict[int, list[int]] = {row: [] for row in range(len(cluster.nodes))}
    for row in _by_uuid(cluster.servers.uuid):
        servers_on[int(cluster.servers.node[row])].append(row)
    vcpus = cluster.vcpus()
    return {'context': [
        row for node in _by_uuid(cluster.nodes.uuid)
        for row in _rows_of(cluster, vcpus, node, servers_on[node])]}


def cluster_document(collector: Collector, sources: Sequence[MetricSource]) -> document.Document:
    """The cluster as it is now, and its load over the last ten minutes."""
    cluster = collector.newest(max_age=0)
    readings, _ = measure.gather(LOAD, cluster, sources)
    return document.write(Snapshot(cluster, readings, datetime.now(UTC)))


def _state(kind: str, state: Any, is_mandatory: bool) -> Row:
    return {'type': kind, 'state': state, 'mandatory': is_mandatory, 'comment': ''}


def _source_state(needs_any: bool, sources: Sequence[MetricSource], having: dict[str, list[str]]) -> str:
    if not needs_any:
        return 'This strategy needs no datasource'
    if not sources:
        return 'No datasource is configured'
    answering = [source.name for source in sources if any(source.name in names for names in having.values())]
    return f'{(answering or [sources[0].name])[0]}: {_availability(bool(answering))}'


def _has(source: MetricSource, need: MetricNeed) -> bool:
    try:
        return bool(source.read(need))
    except (Invalid, NotFound, Unavailable):
        return False


def _is_readable(collector: Collector) -> bool:
    try:
        collector.newest(MAX_AGE)
    except WatcherError:
        return False
    return True


def _availability(is_there: bool) -> str:
    return 'available' if is_there else 'not available'


def _by_uuid(uuids: Sequence[str]) -> list[int]:
    return sorted(range(len(uuids)), key=lambda row: uuids[row])


def _rows_of(cluster: Cluster, vcpus: Floats, node: int, servers: Sequence[int]) -> list[Row]:
    own = _node_keys(cluster.nodes, node)
    return [{**own, **_server_keys(cluster.servers, row), 'server_vcpus': int(vcpus[row])}
            for row in servers] or [own]


def _node_keys(nodes: Nodes, row: int) -> Row:
    total, reserved, ratio = nodes.total[row], nodes.reserved[row], nodes.ratio[row]
    return {
        'node_uuid': nodes.uuid[row], 'node_hostname': nodes.name[row],
        'node_status': 'enabled' if nodes.enabled[row] else 'disabled',
        'node_disabled_reason': nodes.disabled_reason[row], 'node_state': 'up' if nodes.up[row] else 'down',
        'node_memory': int(total[MEMORY_MB]), 'node_memory_mb_reserved': int(reserved[MEMORY_MB]),
        'node_disk': int(total[DISK_GB]), 'node_disk_gb_reserved': int(reserved[DISK_GB]),
        'node_vcpus': int(total[VCPU]), 'node_vcpu_reserved': int(reserved[VCPU]),
        'node_memory_ratio': float(ratio[MEMORY_MB]), 'node_vcpu_ratio': float(ratio[VCPU]),
        'node_disk_ratio': float(ratio[DISK_GB])}


def _server_keys(servers: Servers, row: int) -> Row:
    demand = servers.demand[row]
    return {
        'server_uuid': servers.uuid[row], 'server_watcher_exclude': bool(servers.excluded[row]),
        'server_name': servers.name[row], 'server_state': servers.state[row],
        'server_memory': int(demand[MEMORY_MB]), 'server_disk': int(demand[DISK_GB]),
        'server_metadata': dict(servers.metadata[row]),
        'server_project_id': servers.project[row], 'server_locked': bool(servers.locked[row]),
        'server_pinned_az': servers.pinned_zone[row] or '',
        'server_flavor_extra_specs': dict(servers.extra_specs[row])}
