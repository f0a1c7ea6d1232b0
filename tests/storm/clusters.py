# SPDX-License-Identifier: Apache-2.0
"""Small random clusters, and plans that core makes for them."""

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.core.strategies.every import named
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.errors import WatcherError
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Strategy, with_defaults
from watcher_py.engine.plan_rows import Decision
from watcher_py.sim.generator import generate

MOST_MOVES = 8
STRATEGIES = tuple(map(named, (
    'host_maintenance', 'node_resource_consolidation', 'vm_workload_consolidation', 'workload_balance',
    'workload_stabilization', 'zone_migration')))


@dataclass(frozen=True)
class Planned:
    """A cluster, and what is to be done to it."""

    snapshot: Snapshot
    strategy: Strategy
    params: dict[str, Any]
    decision: Decision


def planned(dice: Random) -> Planned:
    """A plan with a few moves; clusters that ask for none, or for many, are passed over."""
    while True:
        strategy = dice.choice(STRATEGIES)
        snapshot = read(document(dice))
        params = with_defaults(strategy.parameters, _own(strategy, snapshot, dice))
        try:
            solution = strategy.decide(snapshot, params, UNLIMITED)
        except WatcherError:
            continue
        plan = schedule(snapshot, solution)
        decision = Decision(strategy.goal, snapshot, solution, plan)
        if 1 <= len(decision.moves()) <= MOST_MOVES:
            return Planned(snapshot, strategy, params, decision)


def document(dice: Random) -> dict[str, Any]:
    """With an anti-affinity group more than the generator makes."""
    made = generate(dice.randint(3, 6), dice.randint(8, 24), dice.randrange(10**6))
    grouped = {member for group in made['server_groups'] for member in group['members']}
    apart: dict[str, str] = {}
    for row in made['instances']:
        if row['id'] not in grouped and row['host'] not in apart.values() and len(apart) < 3:
            apart[row['id']] = row['host']
    if len(apart) > 1:
        made['server_groups'].append({
            'id': 'apart', 'name': 'apart', 'policy': 'anti-affinity', 'members': [*apart],
            'rules': {'max_server_per_host': 1}})
    return made


def _own(strategy: Strategy, snapshot: Snapshot, dice: Random) -> dict[str, Any]:
    """What the strategy can't do without."""
    name = dice.choice(snapshot.cluster.nodes.name)
    found: dict[str, Any] = {
        'host_maintenance': {'maintenance_node': name},
        'zone_migration': {'compute_nodes': [{'src_node': name}]},
        'workload_balance': {'threshold': 20.0}}.get(strategy.name, {})
    return found
