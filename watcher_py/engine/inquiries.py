# SPDX-License-Identifier: Apache-2.0
"""What the decision engine can tell about the cloud and its sources without an audit."""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from watcher_py.core import document
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, VCPU, Cluster, Floats, Nodes, Servers
from watcher_py.core.errors import NotFound, WatcherError
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Part, Strategy, with_defaults
from watcher_py.datasources.contract import MetricSource
from watcher_py.engine import measure
from watcher_py.engine.availability import availability, rows
from watcher_py.engine.collector.assemble import Collected, assemble
from watcher_py.engine.collector.picture import NOTHING
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.present import MAX_AGE, load

Row = dict[str, Any]

COMPUTE = 'compute'


def strategy_info(strategy: Strategy, sources: Sequence[MetricSource], collector: Collector) -> list[Row]:
    """Whether what the strategy needs is there: its datasource, its metrics, its model."""
    needs = strategy.needs(with_defaults(strategy.parameters, {}))
    seen, trouble = _seen(collector, strategy.parts)
    coverage = measure.gather(needs, seen.cluster, sources).coverage
    models = [{f'{part}_model': availability(not trouble)} for part in (COMPUTE, *sorted(strategy.parts))]
    model = {'type': 'CDM', 'state': models, 'mandatory': True, 'comment': trouble or '; '.join(seen.gaps)}
    return [*rows(coverage, [source.name for source in sources], time.time()), model]


def data_model(collector: Collector, model: str, scope: Any) -> dict[str, list[Row]]:
    """A row for each server with its node, and one for each empty node."""
    if model != COMPUTE:
        raise NotFound(f'there is no data model of type {model}, only {COMPUTE}')
    cluster = narrow(collector.newest(MAX_AGE).cluster, scope)
    servers_on: dict[int, list[int]] = {row: [] for row in range(len(cluster.nodes))}
    for row in _by_uuid(cluster.servers.uuid):
        servers_on[int(cluster.servers.node[row])].append(row)
    vcpus = cluster.vcpus()
    return {'context': [
        row for node in _by_uuid(cluster.nodes.uuid)
        for row in _rows_of(cluster, vcpus, node, servers_on[node])]}


def cluster_document(collector: Collector, sources: Sequence[MetricSource]) -> document.Document:
    """The cluster as it is now, and its load over the last ten minutes."""
    cluster = collector.newest(0, tuple(Part)).cluster
    readings = measure.gather(load(), cluster, sources).readings
    return document.write(Snapshot(cluster, readings, datetime.now(UTC)))


def _seen(collector: Collector, parts: Collection[Part]) -> tuple[Collected, str]:
    """The cloud, or an empty one and why nothing of it is known."""
    try:
        return collector.newest(MAX_AGE, parts), ''
    except WatcherError as error:
        return assemble(NOTHING), str(error)


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
