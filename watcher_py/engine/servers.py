# SPDX-License-Identifier: Apache-2.0
"""What is told of servers: what they take and use, whether they may move, and where to."""

from collections.abc import Iterable
from typing import Any

from watcher_py.core.cluster import DISK_GB, MEMORY_MB, Group
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.refusal import why_not_on_each
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric
from watcher_py.core.strategy import Stated
from watcher_py.core.whatif import WhatIf
from watcher_py.engine.amounts import amount
from watcher_py.engine.lookup import server_row
from watcher_py.engine.present import Look

Row = dict[str, Any]


def rows(look: Look, servers: Iterable[int]) -> list[Row]:
    """What is told of each of these."""
    snapshot = look.snapshot
    cluster, stuck, trial = snapshot.cluster, snapshot.problem.rules.stuck, WhatIf(snapshot.problem)
    table, vcpus = cluster.servers, cluster.vcpus()
    cores, memory = (in_use(snapshot, metric) for metric in (Metric.INSTANCE_CPU, Metric.INSTANCE_RAM))
    return [{
        'uuid': table.uuid[row], 'name': table.name[row], 'project': table.project[row],
        'state': table.state[row], 'vcpus': amount(vcpus[row]),
        'memory_mb': amount(table.demand[row, MEMORY_MB]), 'disk_gb': amount(table.demand[row, DISK_GB]),
        'cpu_used': amount(cores[row]), 'memory_used': amount(memory[row]),
        'locked': bool(table.locked[row]), 'excluded': bool(table.excluded[row]),
        'stays': stuck[row] or None,
        'groups': [_group(group) for group in cluster.groups if row in group.members],
        'may_go_to': 0 if stuck[row] else int(trial.fits(row).sum())} for row in servers]


def shown(look: Look, key: str) -> Row:
    """The server of this uuid or name, with the nodes that would take it and what keeps it off the others."""
    cluster = look.snapshot.cluster
    row = server_row(cluster.servers, key)
    host = cluster.nodes.name[cluster.servers.node[row]]
    [told] = rows(look, [row])
    groups = [{**_group(group), 'members': _members(look, group)}
              for group in cluster.groups if row in group.members]
    return {**told, 'host': host, 'groups': groups, 'targets': _targets(look, row)}


def _targets(look: Look, server: int) -> list[Row]:
    """All nodes but its own; none is possible for a server that has to stay."""
    cluster, problem = look.snapshot.cluster, look.snapshot.problem
    reasons = why_not_on_each(Evidence(cluster, Stated(problem), problem.node), server)
    stays, home = problem.rules.stuck[server], int(problem.node[server])
    found = [(name, reason or stays) for node, (name, reason) in enumerate(
        zip(cluster.nodes.name, reasons, strict=True)) if node != home]
    return [{'node': name, 'is_possible': not why_not, 'why_not': why_not or None} for name, why_not in found]


def _members(look: Look, group: Group) -> list[Row]:
    servers, nodes = look.snapshot.cluster.servers, look.snapshot.cluster.nodes
    return [{'uuid': servers.uuid[row], 'name': servers.name[row], 'host': nodes.name[servers.node[row]]}
            for row in group.members.tolist()]


def _group(group: Group) -> Row:
    return {'uuid': group.uuid, 'name': group.name, 'policy': group.policy.value}
