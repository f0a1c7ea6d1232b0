# SPDX-License-Identifier: Apache-2.0
"""Nodes that were to be switched off, and on which servers are left for want of an order: they stay on."""

from collections.abc import Sequence

from watcher_py.core.changes import SetPower, SetService
from watcher_py.core.cluster import Cluster
from watcher_py.core.schedule.draft import Draft, Task
from watcher_py.core.solution import Proposal

WHY = 'left out: a server stays on this node, for its move is left out'


def without_stranded(cluster: Cluster, task: Task, draft: Draft,
                     proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
    """The proposals without those that switch off or disable such a node; and those, each with the reason."""
    node = task.problem.node.copy()
    # In the order of their starts, so that the last leg of a server counts.
    for step in draft.steps:
        node[task.moves.server[step.move]] = step.target
    held = {cluster.nodes.name[row] for row in set(node.tolist())}
    stranded = {proposal.change.node_name for proposal in proposals
                if isinstance(proposal.change, SetPower) and not proposal.change.is_on} & held
    kept = [proposal for proposal in proposals if not _closes(proposal, stranded)]
    return kept, [Proposal(proposal.change, WHY) for proposal in proposals if _closes(proposal, stranded)]


def _closes(proposal: Proposal, names: set[str]) -> bool:
    """Whether it switches off or disables one of the nodes of these names."""
    match proposal.change:
        case SetPower(node_name=name, is_on=False) | SetService(node_name=name, is_enabled=False):
            return name in names
    return False
