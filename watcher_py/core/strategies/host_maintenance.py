# SPDX-License-Identifier: Apache-2.0
"""Empty a node, or several at once, so that they can be maintained."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import SERVICE_MAINTAINED_REASON, SetService, Stop
from watcher_py.core.cluster import Bools, Cluster, Ints
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.errors import Invalid
from watcher_py.core.evacuation import Evacuation, evacuate
from watcher_py.core.goals import CLUSTER_MAINTAINING
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.problem import Problem, allocation_problem
from watcher_py.core.rules import COLD_STATES, LIVE_STATES
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.terms import Drain
from watcher_py.core.strategy import Params, Stated, Strategy

PARAMETERS = {'properties': {
    'maintenance_node': {'description': 'Name of the node to empty', 'type': 'string'},
    'backup_node': {'description': 'Name of the node that takes its servers as far as it has room',
                    'type': 'string'},
    'disable_live_migration': {'description': 'Move no server as it runs', 'type': 'boolean',
                               'default': False},
    'disable_cold_migration': {'description': 'Switch no server off to move it', 'type': 'boolean',
                               'default': False},
    'maintenance_nodes': {'description': 'Names of further nodes to empty at the same time',
                          'type': 'array', 'items': {'type': 'string'}, 'default': []},
}, 'required': ['maintenance_node']}


def needs(params: Params) -> list[MetricNeed]:
    return []


def state(snapshot: Snapshot, params: Params) -> Stated:
    return Stated(_problem(snapshot, params), (_term(snapshot.cluster, params),))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster = snapshot.cluster
    evacuation = evacuate(cluster, _problem(snapshot, params), _term(cluster, params), budget)
    stops = list(_stops(evacuation, snapshot.problem.movable, params))
    return Solution((*_services(evacuation), *_moves(evacuation, params), *stops),
                    _indicators(evacuation, stops), evacuation.outcome, evacuation.stayed())


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    """A node is emptied when all is known of it, and nothing on it runs."""
    cluster, names = after.cluster, _maintained(params)
    is_meant = cluster.nodes.known & np.isin(np.array(cluster.nodes.name, dtype=object), names)
    return {'maintained_nodes_count': len(names),
            'emptied_nodes_count': _idle(cluster.servers.node, cluster.servers.state, is_meant),
            'stopped_instances_count': len(done.of(Stop.action_type)), **of_moves(before, done)}


def _indicators(evacuation: Evacuation, stops: Sequence[Proposal]) -> dict[str, float]:
    servers, stopped = evacuation.cluster.servers, {proposal.change.server for proposal in stops
                                                    if isinstance(proposal.change, Stop)}
    states = ['stopped' if uuid in stopped else state
              for uuid, state in zip(servers.uuid, servers.state, strict=True)]
    is_meant = evacuation.term.nodes & evacuation.cluster.nodes.known
    return {'maintained_nodes_count': int(evacuation.term.nodes.sum()),
            'emptied_nodes_count': _idle(evacuation.placed, states, is_meant),
            'stopped_instances_count': len(stopped)}


def _idle(node: Ints, states: Sequence[str], among: Bools) -> int:
    """How many of the nodes bear no server that runs."""
    runs = np.array([state not in COLD_STATES for state in states], dtype=bool)
    return int((among & (np.bincount(node[runs], minlength=len(among)) == 0)).sum())


def _maintained(params: Params) -> list[str]:
    return sorted({params['maintenance_node'], *params['maintenance_nodes']})


def _term(cluster: Cluster, params: Params) -> Drain:
    nodes = _rows(cluster, _maintained(params))
    backup = _backup(cluster, params)
    if (nodes & backup).any():
        raise Invalid('backup_node is the node to maintain or one of them; name another one')
    return Drain(nodes, np.full(len(nodes), backup.argmax()) if backup.any() else None)


def _backup(cluster: Cluster, params: Params) -> Bools:
    return _rows(cluster, [params['backup_node']] if 'backup_node' in params else [])


def _rows(cluster: Cluster, names: list[str]) -> Bools:
    """[N] The nodes of these names."""
    if strange := sorted(set(names) - set(cluster.nodes.name)):
        raise Invalid(f'there is no compute node {strange[0]} in the scope of the audit')
    return np.isin(np.array(cluster.nodes.name, dtype=object), names)


def _problem(snapshot: Snapshot, params: Params) -> Problem:
    """The backup counts as enabled: the plan enables it before anything arrives."""
    cluster, problem = snapshot.cluster, snapshot.problem
    if (closed := _backup(cluster, params) & ~cluster.nodes.enabled).any():
        nodes = replace(cluster.nodes, enabled=cluster.nodes.enabled | closed)
        problem = allocation_problem(replace(cluster, nodes=nodes))
    kept = {state for state in set(cluster.servers.state) if not _may_migrate(state, params)}
    return problem.keeping((row, f'the audit allows no way to move a server that is {state}')
                           for row, state in enumerate(cluster.servers.state) if state in kept)


def _goes_live(state: str, params: Params) -> bool:
    return state in LIVE_STATES and not params['disable_live_migration']


def _may_migrate(state: str, params: Params) -> bool:
    """Live, or cold if the audit allows it: Nova switches off what is active, but nothing that is paused."""
    goes_cold = state in ('active', *COLD_STATES) and not params['disable_cold_migration']
    return _goes_live(state, params) or goes_cold


def _services(evacuation: Evacuation) -> Iterator[Proposal]:
    nodes, arrives = evacuation.cluster.nodes, np.zeros(len(evacuation.cluster.nodes), dtype=bool)
    arrives[evacuation.placed[evacuation.moving()]] = True
    for node in np.flatnonzero(arrives & ~nodes.enabled).tolist():
        yield Proposal(SetService(nodes.uuid[node], nodes.name[node], True),
                       'it is the backup of what is to be maintained')
    for node in np.flatnonzero(evacuation.term.nodes & nodes.enabled & nodes.known).tolist():
        yield Proposal(SetService(nodes.uuid[node], nodes.name[node], False, SERVICE_MAINTAINED_REASON),
                       'it is to be maintained; nothing new is to land on it')


def _moves(evacuation: Evacuation, params: Params) -> Iterator[Proposal]:
    servers, names = evacuation.cluster.servers, evacuation.cluster.nodes.name
    for row in evacuation.moving():
        yield evacuation.move(row, f'{names[servers.node[row]]} is to be maintained',
                              _goes_live(servers.state[row], params))


def _stops(evacuation: Evacuation, touchable: Bools, params: Params) -> Iterator[Proposal]:
    """With no migration allowed, what runs is stopped, as far as it may be touched."""
    if not (params['disable_live_migration'] and params['disable_cold_migration']):
        return
    servers, nodes = evacuation.cluster.servers, evacuation.cluster.nodes
    for row in evacuation.left():
        if touchable[row] and servers.state[row] == 'active':
            node = nodes.name[servers.node[row]]
            yield Proposal(Stop(servers.uuid[row], servers.name[row], node),
                           f'{node} is to be maintained, and the audit allows no migration')


STRATEGY = Strategy('host_maintenance', 'Host Maintenance Strategy', CLUSTER_MAINTAINING, PARAMETERS,
                    needs, decide, state, measure=measure)
