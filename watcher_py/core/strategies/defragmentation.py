# SPDX-License-Identifier: Apache-2.0
"""Gather scattered free room, so that servers of stated sizes find a node."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.cluster import RESOURCES, Bools, Cluster, Servers
from watcher_py.core.difference import migration, movers
from watcher_py.core.document import FORMAT, VERSION, read
from watcher_py.core.efficacy import Done, of_moves
from watcher_py.core.further import newcomers
from watcher_py.core.goals import UNCLASSIFIED
from watcher_py.core.limits import Limits
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.restraint import PARAMETERS as RESTRAINT
from watcher_py.core.restraint import limits_of, rested, worth_it
from watcher_py.core.rules import rules_of, takes_new
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.solve.solver import solve
from watcher_py.core.solve.terms import MakeRoom
from watcher_py.core.strategy import Params, Stated, Strategy

_FLAVOR = {
    'type': 'object', 'required': ['vcpus', 'ram_mb'], 'additionalProperties': False,
    'properties': {
        'vcpus': {'type': 'integer', 'minimum': 1},
        'ram_mb': {'type': 'integer', 'minimum': 1},
        'disk_gb': {'type': 'integer', 'minimum': 0},
        'count': {'type': 'integer', 'minimum': 1},
        'extra_specs': {'type': 'object', 'additionalProperties': {'type': 'string'}},
        'zone': {'type': 'string'},
        'project': {'type': 'string'}}}

PARAMETERS = {'properties': {
    'flavors': {'description': 'The servers for which there is to be room, all at the same time: size and '
                               'count, and as far as it matters extra specs, zone and project',
                'type': 'array', 'items': _FLAVOR, 'minItems': 1},
    **RESTRAINT,
}, 'required': ['flavors']}


def needs(params: Params) -> list[MetricNeed]:
    return []


def state(snapshot: Snapshot, params: Params) -> Stated:
    problem = rested(snapshot.problem, snapshot, params)
    term = _make_room(snapshot.cluster, problem, params['flavors'])
    return Stated(problem, (term,), limits_of(problem, params))


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    cluster, stated = snapshot.cluster, state(snapshot, params)
    answer = solve(stated.problem, stated.terms, stated.limits, budget)
    answer, refrained = worth_it(stated.problem, answer, params)
    return Solution(tuple(_move(cluster, row, int(answer.node[row]))
                          for row in movers(cluster, answer.node).tolist()),
                    {'faults_before_count': answer.outcomes[0].before,
                     'faults_after_count': answer.outcomes[0].after},
                    answer.outcomes[0], refrained=refrained)


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    return {'faults_before_count': _without_room(before, params),
            'faults_after_count': _without_room(after, params), **of_moves(before, done)}


def _without_room(snapshot: Snapshot, params: Params) -> float:
    """Servers to come for which there is no room as all stand, with nobody moved."""
    stated = state(snapshot, params)
    spent = Budget(lambda: True)
    return solve(stated.problem, stated.terms, Limits(servers=0), spent).outcomes[0].before


def _make_room(cluster: Cluster, problem: Problem, flavors: Sequence[Mapping[str, Any]]) -> MakeRoom:
    coming = newcomers(cluster, _servers_of(flavors))
    demand = np.zeros((len(flavors), problem.demand.shape[1]))
    demand[:, :len(cluster.resources)] = coming.servers.demand
    count = np.array([flavor.get('count', 1) for flavor in flavors], dtype=np.int64)
    return MakeRoom(demand, count, _takes(coming))


def _servers_of(flavors: Sequence[Mapping[str, Any]]) -> Servers:
    """One server a flavor, switched off: only the rules for who comes hold for it, none for who leaves."""
    nowhere = {'id': 'nowhere', 'name': 'nowhere', 'vcpus': 0, 'ram_mb': 0, 'disk_gb': 0}
    wanted = [{'id': str(number), 'host': 'nowhere', 'state': 'stopped', 'disk_gb': flavor.get('disk_gb', 0),
               'pinned_zone': flavor.get('zone'),
               **{key: flavor[key] for key in ('vcpus', 'ram_mb', 'extra_specs', 'project') if key in flavor}}
              for number, flavor in enumerate(flavors)]
    document = {'format': FORMAT, 'version': VERSION, 'hosts': [nowhere], 'instances': wanted}
    servers = read(document).cluster.servers
    return replace(servers, demand=servers.demand[:, :len(RESOURCES)])


def _takes(coming: Cluster) -> Bools:
    """[F, N] The nodes that take each of those who come; none where it is not clear what they need."""
    nodes = coming.nodes
    is_open = nodes.enabled & nodes.up & nodes.known
    if not is_open.any():
        return np.zeros((len(coming.servers), len(nodes)), dtype=bool)
    # They have to stand somewhere to be asked about: on a node that keeps nobody.
    standing = np.full(len(coming.servers), is_open.argmax())
    rules = rules_of(replace(coming, servers=replace(coming.servers, node=standing)))
    is_clear = np.array([not reason for reason in rules.stuck], dtype=bool)
    return np.asarray(takes_new(coming) & is_clear[:, None])


def _move(cluster: Cluster, server: int, target: int) -> Proposal:
    names = cluster.nodes.name
    source = names[cluster.servers.node[server]]
    return Proposal(migration(cluster, server, target),
                    f'gathers room on {source} for servers to come; {names[target]} has room and may take it')


STRATEGY = Strategy('defragmentation', 'Defragmentation Strategy', UNCLASSIFIED, PARAMETERS, needs, decide,
                    state, measure=measure)
