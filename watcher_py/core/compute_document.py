# SPDX-License-Identifier: Apache-2.0
"""The compute part of a snapshot's document: hosts, instances, what binds them, what was measured."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from watcher_py.core import hardware, readings_document
from watcher_py.core.cluster import RESOURCES, Aggregate, Cluster, Floats, Group, Nodes, Policy, Servers
from watcher_py.core.fields import (
    AMOUNT,
    COUNT,
    FLAG,
    ID,
    INTEGER,
    MOMENT,
    OBJECT,
    TEXT,
    TEXT_LIST,
    TEXT_MAP,
    WHOLE_MAP,
    Field,
    Table,
    nullable,
    one_of,
    schema,
)
from watcher_py.core.further import with_further
from watcher_py.core.hardware import check_classes
from watcher_py.core.metrics import Readings
from watcher_py.core.numa import CELL_SHARE

Document = dict[str, Any]

_SIZES = ('vcpus', 'ram_mb', 'disk_gb')
_RESERVED = ('vcpu_reserved', 'ram_mb_reserved', 'disk_gb_reserved')
_RATIOS = ('cpu_ratio', 'ram_ratio', 'disk_ratio')
_UNKNOWN = nullable(AMOUNT)
_EMPTY: Mapping[str, Any] = {}

_POWER = (Field('idle_w', _UNKNOWN, None), Field('max_w', _UNKNOWN, None))
_HELD = tuple(Field(key, AMOUNT, 0) for key in _SIZES)
_RULES = (Field('max_server_per_host', COUNT, 1),)

HOST = (
    Field('id', ID), Field('name', ID),
    Field('hypervisor', nullable(TEXT), None), Field('zone', TEXT, 'nova'), Field('generation', TEXT, ''),
    *(Field(key, AMOUNT) for key in _SIZES),
    *(Field(key, AMOUNT, 0) for key in _RESERVED),
    *(Field(key, AMOUNT, 1.0) for key in _RATIOS),
    Field('state', one_of('up', 'down'), 'up'), Field('status', one_of('enabled', 'disabled'), 'enabled'),
    Field('disabled_reason', nullable(TEXT), None), Field('known', FLAG, True),
    Field('traits', TEXT_LIST, []), Field('held', OBJECT, _EMPTY), Field('power', OBJECT, _EMPTY),
    Field('metrics', OBJECT, _EMPTY),
    Field('hypervisor_type', TEXT, ''), Field('hypervisor_version', _UNKNOWN, None), *hardware.FIELDS,
)
INSTANCE = (
    Field('id', ID), Field('name', TEXT, ''), Field('host', ID), Field('flavor', TEXT, ''),
    *(Field(key, AMOUNT) for key in _SIZES),
    Field('state', TEXT, 'active'), Field('task_state', nullable(TEXT), None), Field('project', TEXT, ''),
    Field('locked', FLAG, False), Field('excluded', FLAG, False),
    Field('pinned_zone', nullable(TEXT), None), Field('created', TEXT, ''),
    Field('moved_at', nullable(MOMENT), None),
    Field('metadata', TEXT_MAP, _EMPTY), Field('extra_specs', TEXT_MAP, _EMPTY),
    Field('image', TEXT_MAP, _EMPTY), Field('hints', OBJECT, _EMPTY),
    Field('resources', nullable(WHOLE_MAP), None), Field('metrics', OBJECT, _EMPTY),
)
GROUP = (
    Field('id', ID), Field('name', TEXT, ''), Field('policy', one_of(*(policy.value for policy in Policy))),
    Field('members', TEXT_LIST), Field('rules', OBJECT, _EMPTY),
)
AGGREGATE = (
    Field('id', INTEGER, 0), Field('name', ID), Field('hosts', TEXT_LIST),
    Field('metadata', TEXT_MAP, _EMPTY),
)


def read(document: Mapping[str, Any]) -> tuple[Cluster, Readings]:
    """The compute part; Invalid with the first fault's place."""
    hosts = Table('hosts', document.get('hosts'), HOST)
    instances = Table('instances', document.get('instances'), INSTANCE)
    host_rows, instance_rows = hosts.index_of('id'), instances.index_of('id')
    host_names = hosts.index_of('name')
    cluster = Cluster(
        _nodes(hosts), _servers(instances, host_rows),
        _groups(Table('server_groups', document.get('server_groups', []), GROUP), instance_rows),
        _aggregates(Table('aggregates', document.get('aggregates', []), AGGREGATE), host_names))
    return with_further(cluster, _stated(instances)), readings_document.read(hosts, instances)


def lists(cluster: Cluster, readings: Readings) -> Document:
    """The lists that `read` turns into the same."""
    return {'hosts': list(_host_rows(cluster.nodes, readings)),
            'instances': list(_instance_rows(cluster, readings)),
            'server_groups': [_group_row(group, cluster.servers) for group in cluster.groups],
            'aggregates': [_aggregate_row(aggregate, cluster.nodes) for aggregate in cluster.aggregates]}


def schemas() -> dict[str, Any]:
    """JSON schema of a row of each list."""
    return {
        'hosts': schema(HOST, {'held': schema(_HELD), 'power': schema(_POWER),
                               'metrics': schema(readings_document.HOST_FIELDS), **hardware.schemas()}),
        'instances': schema(INSTANCE, {'metrics': schema(readings_document.INSTANCE_FIELDS)}),
        'server_groups': schema(GROUP, {'rules': schema(_RULES)}),
        'aggregates': schema(AGGREGATE),
    }


def _nodes(hosts: Table) -> Nodes:
    power = hosts.inner('power', _POWER).amounts('idle_w', 'max_w')
    names = hosts.names('name')
    return Nodes(
        uuid=hosts.names('id'), name=names,
        hypervisor=tuple(given or name
                         for given, name in zip(hosts.column('hypervisor'), names, strict=True)),
        zone=hosts.names('zone'), generation=hosts.names('generation'),
        enabled=np.array([status == 'enabled' for status in hosts.column('status')], dtype=bool),
        up=np.array([state == 'up' for state in hosts.column('state')], dtype=bool),
        known=hosts.flags('known'), disabled_reason=hosts.names('disabled_reason'),
        total=hosts.amounts(*_SIZES), reserved=hosts.amounts(*_RESERVED), ratio=hosts.amounts(*_RATIOS),
        held=hosts.inner('held', _HELD).amounts(*_SIZES),
        traits=tuple(frozenset(traits) for traits in hosts.column('traits')),
        hypervisor_type=hosts.names('hypervisor_type'),
        hypervisor_version=hosts.amounts('hypervisor_version')[:, 0], cpu=hardware.cpus(hosts),
        providers=hardware.providers(hosts), cells=hardware.cells(hosts),
        closed_to=(frozenset(),) * len(hosts),
        idle_watts=power[:, 0], max_watts=power[:, 1])


def _servers(instances: Table, host_rows: Mapping[str, int]) -> Servers:
    return Servers(
        uuid=instances.names('id'), name=instances.names('name'), project=instances.names('project'),
        flavor=instances.names('flavor'), state=instances.names('state'),
        task_state=instances.names('task_state'), locked=instances.flags('locked'),
        excluded=instances.flags('excluded'), demand=instances.amounts(*_SIZES),
        node=np.array(instances.row_of('host', host_rows, 'host'), dtype=np.int64),
        pinned_zone=instances.names('pinned_zone'), created=instances.names('created'),
        moved_at=instances.moments('moved_at'),
        metadata=tuple(instances.column('metadata')), extra_specs=tuple(instances.column('extra_specs')),
        image=tuple(instances.column('image')), hints=tuple(instances.column('hints')))


def _stated(instances: Table) -> list[Mapping[str, float] | None]:
    """What instances are said to take beyond the three sizes; None where the flavor tells."""
    stated = instances.column('resources')
    check_classes('instances.resources', {name for found in stated if found for name in found})
    return stated


def _groups(groups: Table, instance_rows: Mapping[str, int]) -> tuple[Group, ...]:
    limits = groups.inner('rules', _RULES).column('max_server_per_host')
    members = groups.rows_of('members', instance_rows, 'instance')
    return tuple(
        Group(uuid, name, Policy(policy), np.array(rows, dtype=np.int64), limit)
        for uuid, name, policy, rows, limit in zip(
            groups.column('id'), groups.column('name'), groups.column('policy'), members, limits,
            strict=True))


def _aggregates(aggregates: Table, host_names: Mapping[str, int]) -> tuple[Aggregate, ...]:
    hosts = aggregates.rows_of('hosts', host_names, 'host')
    return tuple(
        Aggregate(name, np.array(rows, dtype=np.int64), metadata, number)
        for name, rows, metadata, number in zip(
            aggregates.column('name'), hosts, aggregates.column('metadata'), aggregates.column('id'),
            strict=True))


def _host_rows(nodes: Nodes, readings: Readings) -> Iterator[Document]:
    metrics = readings_document.host_rows(readings, len(nodes))
    for row in range(len(nodes)):
        yield {'id': nodes.uuid[row], 'name': nodes.name[row], 'hypervisor': nodes.hypervisor[row],
               'zone': nodes.zone[row], 'generation': nodes.generation[row],
               **_amounts(_SIZES, nodes.total[row]), **_amounts(_RESERVED, nodes.reserved[row]),
               **_amounts(_RATIOS, nodes.ratio[row]),
               'state': 'up' if nodes.up[row] else 'down',
               'status': 'enabled' if nodes.enabled[row] else 'disabled',
               'disabled_reason': nodes.disabled_reason[row], 'known': bool(nodes.known[row]),
               'traits': sorted(nodes.traits[row]), 'held': _amounts(_SIZES, nodes.held[row]),
               'power': {'idle_w': _known(nodes.idle_watts[row]), 'max_w': _known(nodes.max_watts[row])},
               'metrics': metrics[row],
               'hypervisor_type': nodes.hypervisor_type[row],
               'hypervisor_version': _known(nodes.hypervisor_version[row]), **hardware.row(nodes, row)}


def _instance_rows(cluster: Cluster, readings: Readings) -> Iterator[Document]:
    servers = cluster.servers
    metrics = readings_document.instance_rows(readings, len(servers))
    further = [(column, name) for column, name in enumerate(cluster.resources)
               if name not in (*RESOURCES, CELL_SHARE)]
    for row in range(len(servers)):
        yield {'id': servers.uuid[row], 'name': servers.name[row],
               'host': cluster.nodes.uuid[servers.node[row]], 'flavor': servers.flavor[row],
               **_amounts(_SIZES, servers.demand[row]),
               'state': servers.state[row], 'task_state': servers.task_state[row],
               'project': servers.project[row], 'locked': bool(servers.locked[row]),
               'excluded': bool(servers.excluded[row]), 'pinned_zone': servers.pinned_zone[row],
               'created': servers.created[row],
               'moved_at': _moment_text(servers.moved_at[row]), 'metadata': dict(servers.metadata[row]),
               'extra_specs': dict(servers.extra_specs[row]), 'image': dict(servers.image[row]),
               'hints': dict(servers.hints[row]),
               'resources': {name: int(servers.demand[row, column]) for column, name in further
                             if servers.demand[row, column]},
               'metrics': metrics[row]}


def _group_row(group: Group, servers: Servers) -> Document:
    return {'id': group.uuid, 'name': group.name, 'policy': group.policy.value,
            'members': [servers.uuid[row] for row in group.members],
            'rules': {'max_server_per_host': group.limit}}


def _aggregate_row(aggregate: Aggregate, nodes: Nodes) -> Document:
    return {'id': aggregate.id, 'name': aggregate.name, 'metadata': dict(aggregate.metadata),
            'hosts': [nodes.name[row] for row in aggregate.nodes]}


def _amounts(keys: tuple[str, ...], values: Floats) -> Document:
    return dict(zip(keys, map(float, values[:len(keys)]), strict=True))


def _moment_text(seconds: float) -> str | None:
    return None if np.isnan(seconds) else datetime.fromtimestamp(seconds, UTC).isoformat()


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
