# SPDX-License-Identifier: Apache-2.0
"""What a decision was made on, and what it moved: all that is needed to explain it later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from watcher_py.core.changes import Change, Migrate
from watcher_py.core.cluster import Bools, Cluster, Floats, Ints, Names
from watcher_py.core.limits import NO_LIMITS, MoveAccount
from watcher_py.core.problem import Problem
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solve.terms import Drain
from watcher_py.core.strategy import Params, Stated, Strategy
from watcher_py.core.whatif import WhatIf

# What follows the resource classes where a strategy goes by measured load as well.
_MEASURED = ('cores in use', 'MiB in use')
_LOAD = 'measured load'         # of which the strategy knows the unit


@dataclass(frozen=True, eq=False)
class Evidence:
    """The problem as it was stated, and where every server stands in the end."""

    cluster: Cluster
    stated: Stated
    node: Ints                      # [S]
    # The short sentences of the plan: uuid of a server or node -> reason.
    reasons: Mapping[str, str] = field(default_factory=dict)
    refrained: str = ''             # why nothing is done, as the solution says it

    @property
    def problem(self) -> Problem:
        return self.stated.problem

    @cached_property
    def active(self) -> Bools:
        """[N] The nodes on which servers stand in the end."""
        return np.asarray(np.bincount(self.node, minlength=len(self.problem.room)) > 0)

    def trial(self) -> WhatIf:
        """The end, to try further moves on; nodes that were to be emptied are closed."""
        trial = WhatIf(replace(self.problem, node=self.node))
        for term in self.stated.terms:
            if isinstance(term, Drain):
                trial.open &= ~term.nodes
        return trial

    def is_at_limit(self, server: int) -> bool:
        """Whether the plan's limits keep a server that it left at home from moving as well."""
        rules, limits = self.problem.rules, self.stated.limits
        if limits == NO_LIMITS:
            return False
        account = MoveAccount(self.problem, (*rules.apart, *rules.wishes), limits)
        for row in np.flatnonzero(self.node != self.problem.node).tolist():
            account.note(row, int(self.problem.node[row]), int(self.node[row]))
        return bool(account.allows(server, int(self.node[server])).sum() == 1)

    def dimensions(self) -> Names:
        """What the problem counts: [D] names."""
        resources = self.cluster.resources[:self.problem.resources]
        measured = self.problem.demand.shape[1] - len(resources)
        return (*resources, *(_MEASURED if measured == len(_MEASURED) else (_LOAD,) * measured))

    def shortage(self, server: int, free: Floats) -> Floats:
        """[nodes, D] What of each dimension nodes with so much free [nodes, D] lack to seat the server."""
        demand = self.problem.demand[server]
        return np.where(demand > 0, np.maximum(demand - free, 0.0), 0.0)


def gather(snapshot: Snapshot, strategy: Strategy, params: Params, node: Ints,
           reasons: Mapping[str, str], refrained: str = '') -> Evidence:
    """The evidence of a decision after which the servers stand on these nodes: [S].

    A strategy that does not tell how it states its problem is explained by the rules and the room alone.
    """
    return Evidence(snapshot.cluster, strategy.stated(snapshot, params), node, reasons, refrained)


def ends(cluster: Cluster, changes: Iterable[Change]) -> Ints:
    """[S] Where the servers stand once all of the changes are made, in this order."""
    servers = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    nodes = {name: row for row, name in enumerate(cluster.nodes.name)}
    node = cluster.servers.node.copy()
    for change in changes:
        if isinstance(change, Migrate):
            node[servers[change.server]] = nodes[change.target]
    return node
