# SPDX-License-Identifier: Apache-2.0
"""Move everything off some nodes and storage pools, in the order that is asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import MoveVolume
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, VCPU, Cluster
from watcher_py.core.efficacy import Done, of_all
from watcher_py.core.errors import Invalid
from watcher_py.core.evacuation import Evacuation, evacuate
from watcher_py.core.goals import HARDWARE_MAINTENANCE
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.pace import AtOnce
from watcher_py.core.rules import COLD_STATES, LIVE_STATES, is_live
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.solve.terms import Drain
from watcher_py.core.storage import Storage
from watcher_py.core.strategy import Params, Part, Stated, Strategy
from watcher_py.core.volumes.evacuation import Leaving, VolumeEvacuation, evacuate_pools, leaving_volumes
from watcher_py.core.volumes.stay import MOVABLE

_TEXT = {'type': 'string'}
_NAMES = {'type': 'array', 'items': _TEXT}
_SIZES = {'vcpu_num': VCPU, 'mem_size': MEMORY_MB, 'disk_size': DISK_GB}

PARAMETERS = {'properties': {
    'compute_nodes': {
        'description': 'Nodes to empty, by name, each with the node that is to take its servers, if one is',
        'type': 'array', 'items': {
            'type': 'object', 'properties': {'src_node': _TEXT, 'dst_node': _TEXT},
            'required': ['src_node'], 'additionalProperties': False}},
    'storage_pools': {
        'description': 'Storage pools to empty, by name, each with the pool that is to take its volumes, or '
                       'the type that they are to become', 'type': 'array', 'items': {
            'type': 'object',
            'properties': {'src_pool': _TEXT, 'dst_pool': _TEXT, 'src_type': _TEXT, 'dst_type': _TEXT},
            'oneOf': [{'required': ['src_pool', 'dst_pool'], 'not': {'required': ['dst_type']}},
                      {'required': ['src_pool', 'dst_type'], 'not': {'required': ['dst_pool']}}],
            'additionalProperties': False}},
    'parallel_total': {'description': 'Migrations at once, of servers and volumes; 0 for no limit',
                       'type': 'integer', 'minimum': 0, 'default': 6},
    'parallel_per_node': {'description': 'Migrations at once from or to one node; 0 for the usual number',
                          'type': 'integer', 'minimum': 0, 'default': 2},
    'parallel_per_pool': {'description': 'Migrations at once from or to one pool; 0 for the usual number',
                          'type': 'integer', 'minimum': 0, 'default': 2},
    'priority': {
        'description': 'What is moved first: by project, then by node or pool, then by size or age',
        'type': 'object', 'properties': {
            'project': _NAMES, 'compute_node': _NAMES, 'storage_pool': _NAMES,
            'compute': {'enum': [*_SIZES, 'created_at']}, 'storage': {'enum': ['size', 'created_at']}},
        'additionalProperties': False},
    'with_attached_volume': {
        'description': 'Each server follows right behind the volumes attached to it, not behind all volumes',
        'type': 'boolean', 'default': False},
}, 'additionalProperties': False}


def needs(params: Params) -> list[MetricNeed]:
    return []


def state(snapshot: Snapshot, params: Params) -> Stated:
    return Stated(snapshot.problem, (_term(snapshot.cluster, params),))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster, term = snapshot.cluster, _term(snapshot.cluster, params)
    volumes = evacuate_pools(cluster, _leaving(cluster.storage, params))
    servers = evacuate(cluster, snapshot.problem, term, budget)
    moved = {cluster.storage.volumes.uuid[row] for row in volumes.targets}
    moved |= {cluster.servers.uuid[row] for row in servers.moving()}
    return Solution(tuple(_moves(servers, volumes, params)), _indicators(snapshot, params, moved),
                    _outcome(servers, volumes), {**servers.stayed(), **volumes.stayed()},
                    at_once=_at_once(params))


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    moved = done.moved() | {deed.parameters.get('resource_id', '')
                            for deed in done.of(MoveVolume.action_type)}
    return {**_indicators(before, params, moved), **of_all(HARDWARE_MAINTENANCE, before, done)}


def _term(cluster: Cluster, params: Params) -> Drain:
    nodes, toward = np.zeros(len(cluster.nodes), dtype=bool), np.full(len(cluster.nodes), -1)
    rows = {name: row for row, name in enumerate(cluster.nodes.name)}
    for pair in params.get('compute_nodes', []):
        source = _row(rows, pair['src_node'])
        nodes[source] = True
        if 'dst_node' in pair:
            toward[source] = _row(rows, pair['dst_node'])
    for source in np.flatnonzero(toward >= 0).tolist():
        if nodes[toward[source]]:
            raise Invalid(f'{cluster.nodes.name[toward[source]]} is to be emptied itself; name another '
                          f'dst_node for {cluster.nodes.name[source]}, or none')
    return Drain(nodes, toward)


def _row(rows: Mapping[str, int], name: str, what: str = 'compute node') -> int:
    if name not in rows:
        raise Invalid(f'there is no {what} {name} in the scope of the audit')
    return rows[name]


def _leaving(storage: Storage, params: Params) -> list[Leaving]:
    pools, given = storage.pools.name, params.get('storage_pools', [])
    rows = {name: row for row, name in enumerate(pools)}
    types = {called: one.name for one in storage.types for called in (one.uuid, one.name)}
    wishes = []
    for pair in given:
        target = _row(rows, pair['dst_pool'], 'storage pool') if 'dst_pool' in pair else None
        new_type, of_type = (_type(types, pair[key]) if key in pair else None
                             for key in ('dst_type', 'src_type'))
        wishes.append(Leaving(_row(rows, pair['src_pool'], 'storage pool'), target, new_type, of_type))
    emptied = {wish.source for wish in wishes}
    for wish in wishes:
        if wish.target in emptied:
            raise Invalid(f'{pools[wish.target or 0]} is to be emptied itself; name another dst_pool for '
                          f'{pools[wish.source]}')
    return wishes


def _type(types: Mapping[str, str], called: str) -> str:
    if called not in types:
        raise Invalid(f'there is no volume type {called}')
    return types[called]


def _outcome(servers: Evacuation, volumes: VolumeEvacuation) -> Outcome:
    """Servers alone, unless volumes are to leave too."""
    if not volumes.wishes:
        return servers.outcome
    of_servers = servers.outcome
    return Outcome('servers and volumes where nothing is to be left', of_servers.before + len(volumes.wishes),
                   of_servers.after + len(volumes.reasons), of_servers.bound + volumes.bound)


def _moves(evacuation: Evacuation, leaving: VolumeEvacuation, params: Params) -> Iterator[Proposal]:
    """All volumes before all servers, or each server right behind its own."""
    priority, volumes = params.get('priority', {}), leaving.cluster.storage.volumes
    servers, names = evacuation.cluster.servers, evacuation.cluster.nodes.name
    moving = _in_order(evacuation.cluster, evacuation.moving(), priority)
    waiting = _volumes_in_order(leaving.cluster.storage, list(leaving.targets), priority)
    own: defaultdict[str, list[int]] = defaultdict(list)
    for volume in waiting if params['with_attached_volume'] else ():
        for server in volumes.attached_to[volume]:
            own[server].append(volume)
    first = [] if params['with_attached_volume'] else waiting
    yield from map(leaving.move, first)
    for row in moving:
        yield from map(leaving.move, own[servers.uuid[row]])
        yield evacuation.move(row, f'all servers leave {names[servers.node[row]]}', is_live(servers, row))
    gone = {*first, *(volume for row in moving for volume in own[servers.uuid[row]])}
    yield from (leaving.move(volume) for volume in waiting if volume not in gone)


def _in_order(cluster: Cluster, rows: list[int], priority: Params) -> list[int]:
    """Named projects first, within them named nodes, within them the largest or oldest servers."""
    servers, nodes = cluster.servers, cluster.nodes
    projects = {name: rank for rank, name in enumerate(priority.get('project', ()))}
    sources = {name: rank for rank, name in enumerate(priority.get('compute_node', ()))}
    by = priority.get('compute')

    def place(row: int) -> tuple[Any, ...]:
        size = -servers.demand[row, _SIZES[by]] if by in _SIZES else 0.0
        # No date sorts after every date.
        age = servers.created[row] or '~' if by == 'created_at' else ''
        return (projects.get(servers.project[row], len(projects)),
                sources.get(nodes.name[servers.node[row]], len(sources)), size, age)

    return sorted(rows, key=place)


def _volumes_in_order(storage: Storage, rows: list[int], priority: Params) -> list[int]:
    """Named projects first, within them named pools, within them the largest or oldest volumes."""
    volumes, pools = storage.volumes, storage.pools
    projects = {name: rank for rank, name in enumerate(priority.get('project', ()))}
    sources = {name: rank for rank, name in enumerate(priority.get('storage_pool', ()))}
    by = priority.get('storage')

    def place(row: int) -> tuple[Any, ...]:
        return (projects.get(volumes.project[row], len(projects)),
                sources.get(pools.name[volumes.pool[row]], len(sources)),
                -volumes.size[row] if by == 'size' else 0.0,
                (volumes.created[row] or '~') if by == 'created_at' else '', row)

    return sorted(rows, key=place)


def _at_once(params: Params) -> AtOnce:
    """Watcher takes 0 for "none at all"; a plan that never ends helps nobody, so here it sets no limit."""
    return AtOnce(params['parallel_total'] or None, params['parallel_per_node'] or None,
                  params['parallel_per_pool'] or None)


def _indicators(snapshot: Snapshot, params: Params, moved: Set[str]) -> dict[str, float]:
    """What is to leave and can by its state, and what of it does (uuids).

    A volume that is in use is not migrated by Cinder alone: Nova exchanges it, which counts as an update.
    """
    cluster, counts = snapshot.cluster, Counter[str]()
    servers, volumes = cluster.servers, cluster.storage.volumes
    for row in np.flatnonzero(_term(cluster, params).nodes[servers.node]).tolist():
        if servers.state[row] in LIVE_STATES | COLD_STATES:
            kind = 'live_migrate_instance' if is_live(servers, row) else 'cold_migrate_instance'
            counts.update({f'{kind}_count': 1, f'planned_{kind}_count': int(servers.uuid[row] in moved)})
    for row in leaving_volumes(cluster, _leaving(cluster.storage, params)):
        if volumes.status[row] in MOVABLE:
            kind = 'volume_migrate' if volumes.status[row] == 'available' else 'volume_update'
            counts.update({f'{kind}_count': 1, f'planned_{kind}_count': int(volumes.uuid[row] in moved)})
    return {indicator.name: counts[indicator.name] for indicator in HARDWARE_MAINTENANCE.indicators
            if indicator.name.endswith('_count')}


STRATEGY = Strategy('zone_migration', 'Zone migration', HARDWARE_MAINTENANCE, PARAMETERS, needs, decide,
                    state, frozenset({Part.STORAGE}), measure)
