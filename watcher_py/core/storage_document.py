# SPDX-License-Identifier: Apache-2.0
"""The storage part of a snapshot's document: pools, volumes, types of volumes."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from watcher_py.core.columns import NO_ROW, Floats
from watcher_py.core.fields import (
    AMOUNT,
    FLAG,
    ID,
    TEXT,
    TEXT_LIST,
    TEXT_MAP,
    WHOLE,
    Field,
    Kind,
    Table,
    nullable,
    one_of,
    schema,
)
from watcher_py.core.storage import Pools, Storage, Volumes, VolumeType

Row = dict[str, Any]

INFINITE = 'infinite'
_EMPTY: Mapping[str, Any] = {}
_UNKNOWN = nullable(AMOUNT)
_CAPACITY = Kind(f'{_UNKNOWN.named} or "{INFINITE}"',
                 lambda value: value == INFINITE or _UNKNOWN.accepts(value),
                 {'anyOf': [AMOUNT.schema, {'type': 'null'}, {'const': INFINITE}]})
_CAPACITIES = ('total_gb', 'free_gb', 'allocated_gb', 'provisioned_gb')

POOL = (
    Field('name', ID), Field('host', nullable(ID), None), Field('backend', TEXT, ''),
    Field('zone', TEXT, 'nova'), Field('volume_types', TEXT_LIST, []),
    Field('state', one_of('up', 'down'), 'up'), Field('status', one_of('enabled', 'disabled'), 'enabled'),
    Field('known', FLAG, True), *(Field(key, _CAPACITY, None) for key in _CAPACITIES),
    Field('reserved_percentage', _UNKNOWN, 0), Field('max_over_subscription_ratio', _UNKNOWN, None),
    Field('thin', FLAG, False),
)
VOLUME = (
    Field('id', ID), Field('name', TEXT, ''), Field('project', TEXT, ''), Field('type', TEXT, ''),
    Field('size_gb', _UNKNOWN), Field('status', TEXT, 'available'),
    Field('migration_status', nullable(TEXT), None), Field('pool', nullable(ID), None),
    Field('zone', TEXT, 'nova'), Field('bootable', FLAG, False), Field('multiattach', FLAG, False),
    Field('attached_to', TEXT_LIST, []), Field('snapshots', nullable(WHOLE), None),
    Field('metadata', TEXT_MAP, _EMPTY), Field('created', TEXT, ''), Field('excluded', FLAG, False),
    Field('known', FLAG, True),
)
VOLUME_TYPE = (
    Field('name', ID), Field('id', TEXT, ''), Field('extra_specs', nullable(TEXT_MAP), None),
)


def read(document: Mapping[str, Any]) -> Storage:
    """The storage part; Invalid with the first fault's place."""
    pools = Table('pools', document.get('pools', []), POOL)
    volumes = Table('volumes', document.get('volumes', []), VOLUME)
    types = Table('volume_types', document.get('volume_types', []), VOLUME_TYPE)
    volumes.index_of('id')
    types.index_of('name')
    return Storage(_pools(pools), _volumes(volumes, pools.index_of('name')), tuple(map(
        VolumeType, types.column('name'), types.column('id'), types.column('extra_specs'))))


def lists(storage: Storage) -> dict[str, list[Row]]:
    """The lists that `read` turns into the same."""
    return {'pools': list(_pool_rows(storage.pools)), 'volumes': list(_volume_rows(storage)),
            'volume_types': [{'name': one.name, 'id': one.uuid, 'extra_specs':
                              None if one.extra_specs is None else dict(one.extra_specs)}
                             for one in storage.types]}


def schemas() -> dict[str, Any]:
    """JSON schema of a row of each list."""
    return {'pools': schema(POOL), 'volumes': schema(VOLUME), 'volume_types': schema(VOLUME_TYPE)}


def _pools(pools: Table) -> Pools:
    total, free, allocated, provisioned = (_capacities(pools.column(key)) for key in _CAPACITIES)
    names = pools.names('name')
    return Pools(
        name=names, host=tuple(given or name.partition('#')[0] for given, name in zip(
            pools.column('host'), names, strict=True)),
        backend=pools.names('backend'), zone=pools.names('zone'),
        types=tuple(map(frozenset, pools.column('volume_types'))),
        enabled=np.array([status == 'enabled' for status in pools.column('status')], dtype=bool),
        up=np.array([state == 'up' for state in pools.column('state')], dtype=bool),
        known=pools.flags('known'), total=total, free=free, allocated=allocated, provisioned=provisioned,
        reserved_percentage=pools.amounts('reserved_percentage')[:, 0],
        max_over_subscription_ratio=pools.amounts('max_over_subscription_ratio')[:, 0],
        thin=pools.flags('thin'))


def _volumes(volumes: Table, pool_rows: Mapping[str, int]) -> Volumes:
    return Volumes(
        uuid=volumes.names('id'), name=volumes.names('name'), project=volumes.names('project'),
        type=volumes.names('type'), size=volumes.amounts('size_gb')[:, 0], status=volumes.names('status'),
        migration_status=volumes.names('migration_status'),
        pool=np.array(volumes.row_of('pool', {**pool_rows, None: NO_ROW}, 'pool'), dtype=np.int64),
        zone=volumes.names('zone'), bootable=volumes.flags('bootable'),
        multiattach=volumes.flags('multiattach'),
        attached_to=tuple(map(tuple, volumes.column('attached_to'))),
        snapshots=volumes.amounts('snapshots')[:, 0], metadata=tuple(volumes.column('metadata')),
        created=volumes.names('created'), excluded=volumes.flags('excluded'), known=volumes.flags('known'))


def _pool_rows(pools: Pools) -> Iterator[Row]:
    for row in range(len(pools)):
        sizes = (pools.total, pools.free, pools.allocated, pools.provisioned)
        yield {'name': pools.name[row], 'host': pools.host[row], 'backend': pools.backend[row],
               'zone': pools.zone[row], 'volume_types': sorted(pools.types[row]),
               'state': 'up' if pools.up[row] else 'down',
               'status': 'enabled' if pools.enabled[row] else 'disabled', 'known': bool(pools.known[row]),
               **{key: _capacity(column[row]) for key, column in zip(_CAPACITIES, sizes, strict=True)},
               'reserved_percentage': _known(pools.reserved_percentage[row]),
               'max_over_subscription_ratio': _known(pools.max_over_subscription_ratio[row]),
               'thin': bool(pools.thin[row])}


def _volume_rows(storage: Storage) -> Iterator[Row]:
    volumes, pools = storage.volumes, storage.pools
    for row in range(len(volumes)):
        pool, snapshots = volumes.pool[row], _known(volumes.snapshots[row])
        yield {'id': volumes.uuid[row], 'name': volumes.name[row], 'project': volumes.project[row],
               'type': volumes.type[row], 'size_gb': _known(volumes.size[row]),
               'status': volumes.status[row], 'migration_status': volumes.migration_status[row],
               'pool': None if pool == NO_ROW else pools.name[pool], 'zone': volumes.zone[row],
               'bootable': bool(volumes.bootable[row]), 'multiattach': bool(volumes.multiattach[row]),
               'attached_to': list(volumes.attached_to[row]),
               'snapshots': None if snapshots is None else int(snapshots),
               'metadata': dict(volumes.metadata[row]), 'created': volumes.created[row],
               'excluded': bool(volumes.excluded[row]), 'known': bool(volumes.known[row])}


def _capacities(values: list[Any]) -> Floats:
    return np.array([math.inf if value == INFINITE else value for value in values], dtype=float)


def _capacity(value: float) -> float | str | None:
    return INFINITE if math.isinf(value) else _known(value)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
