# SPDX-License-Identifier: Apache-2.0
"""Carry a plan out on paper, and ask at each move whether Nova would refuse it."""

from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.changes import Migrate, SetService
from watcher_py.core.cluster import Cluster, Ints
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule import Plan
from watcher_py.core.whatif import WhatIf


@dataclass(frozen=True, eq=False)
class Replay:
    """Where the servers end [S], and the moves that were refused (places in the plan)."""

    node: Ints
    refused: tuple[int, ...]


def replay(cluster: Cluster, plan: Plan) -> Replay:
    """Execute the actions one after the other; a move that is refused is not made."""
    nodes = cluster.nodes
    # The services are switched as the plan goes, so the rules are asked with all of them enabled.
    everywhere = replace(cluster, nodes=replace(nodes, enabled=np.ones(len(nodes), dtype=bool)))
    trial = WhatIf(allocation_problem(everywhere))
    enabled = nodes.enabled.copy()
    rows = {name: row for row, name in enumerate(nodes.name)}
    servers = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    refused = []
    for place, action in enumerate(plan.actions):
        change = action.change
        if isinstance(change, SetService):
            enabled[rows[change.node_name]] = change.is_enabled
        elif isinstance(change, Migrate):
            server, target = servers[change.server], rows[change.target]
            stands = trial.node[server] == rows[change.source]
            if stands and trial.problem.movable[server] and enabled[target] and trial.fits(server)[target]:
                trial.move(server, target)
            else:
                refused.append(place)
    return Replay(trial.node, tuple(refused))
