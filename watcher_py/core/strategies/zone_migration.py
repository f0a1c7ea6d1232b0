# SPDX-License-Identifier: Apache-2.0
"""Move everything off some nodes, to named ones or to any that have room, in the order that is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import DISK_GB, MEMORY_MB, VCPU, Bools, Cluster, Ints
from watcher_py.core.errors import Invalid
from watcher_py.core.evacuation import Evacuation, evacuate
from watcher_py.core.goals import HARDWARE_MAINTENANCE
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.pace import Pace
from watcher_py.core.problem import allocation_problem
from watcher_py.core.rules import COLD_STATES, LIVE_STATES, is_live
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.terms import Drain
from watcher_py.core.strategy import Params, Stated, Strategy

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
        'description': 'Not supported yet: pools of volumes to empty', 'type': 'array', 'items': {
            'type': 'object',
            'properties': {'src_pool': _TEXT, 'dst_pool': _TEXT, 'src_type': _TEXT, 'dst_type': _TEXT},
            'oneOf': [{'required': ['src_pool', 'dst_pool'], 'not': {'required': ['dst_type']}},
                      {'required': ['src_pool', 'dst_type'], 'not': {'required': ['dst_pool']}}],
            'additionalProperties': False}},
    'parallel_total': {'description': 'Migrations at once; 0 for no limit', 'type': 'integer',
                       'minimum': 0, 'default': 6},
    'parallel_per_node': {'description': 'Migrations at once from or to one node; 0 for the usual number',
                          'type': 'integer', 'minimum': 0, 'default': 2},
    'parallel_per_pool': {'description': 'Without effect as long as no volumes migrate', 'type': 'integer',
                          'minimum': 0, 'default': 2},
    'priority': {
        'description': 'What is moved first: by project, then by node, then by the size or age of servers',
        'type': 'object', 'properties': {
            'project': _NAMES, 'compute_node': _NAMES, 'storage_pool': _NAMES,
            'compute': {'enum': [*_SIZES, 'created_at']}, 'storage': {'enum': ['size', 'created_at']}},
        'additionalProperties': False},
    'with_attached_volume': {'description': 'Without effect as long as no volumes migrate',
                             'type': 'boolean', 'default': False},
}, 'additionalProperties': False}


def needs(params: Params) -> list[MetricNeed]:
    return []


def state(snapshot: Snapshot, params: Params) -> Stated:
    return Stated(allocation_problem(snapshot.cluster), (_term(snapshot.cluster, params),))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster, term = snapshot.cluster, _term(snapshot.cluster, params)
    evacuation = evacuate(cluster, allocation_problem(cluster), term, budget)
    return Solution(tuple(_moves(evacuation, params.get('priority', {}))),
                    _indicators(cluster, term.nodes, evacuation.placed),
                    evacuation.outcome, evacuation.stayed(), pace=_pace(params))


def _term(cluster: Cluster, params: Params) -> Drain:
    if params.get('storage_pools'):
        raise Invalid('zone_migration does not migrate volumes yet; leave storage_pools out')
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


def _row(rows: Mapping[str, int], name: str) -> int:
    if name not in rows:
        raise Invalid(f'there is no compute node {name} in the scope of the audit')
    return rows[name]


def _moves(evacuation: Evacuation, priority: Params) -> Iterator[Proposal]:
    servers, names = evacuation.cluster.servers, evacuation.cluster.nodes.name
    for row in _in_order(evacuation.cluster, evacuation.moving(), priority):
        yield evacuation.move(row, f'all servers leave {names[servers.node[row]]}', is_live(servers, row))


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


def _pace(params: Params) -> Pace:
    """Watcher takes 0 for "none at all"; a plan that never ends helps nobody, so here it sets no limit."""
    pace = Pace(in_all=params['parallel_total'] or None)
    return replace(pace, per_node=params['parallel_per_node'] or pace.per_node)


def _indicators(cluster: Cluster, nodes: Bools, placed: Ints) -> dict[str, float]:
    """Of the servers on the nodes, those that can migrate by their state, and those that the plan moves."""
    counts: dict[str, float] = dict.fromkeys(
        (indicator.name for indicator in HARDWARE_MAINTENANCE.indicators), 0)
    for row in np.flatnonzero(nodes[cluster.servers.node]).tolist():
        if cluster.servers.state[row] in LIVE_STATES | COLD_STATES:
            name = f'{"live" if is_live(cluster.servers, row) else "cold"}_migrate_instance_count'
            counts[name] += 1
            counts[f'planned_{name}'] += bool(placed[row] != cluster.servers.node[row])
    return counts


STRATEGY = Strategy('zone_migration', 'Zone migration', HARDWARE_MAINTENANCE, PARAMETERS, needs, decide,
                    state)
