# SPDX-License-Identifier: Apache-2.0
"""Nodes that were to be switched off, and on which servers are left for want of an order: they stay on."""

from collections.abc import Sequence

from watcher_py.core.changes import Migrate, SetPower, SetService
from watcher_py.core.cluster import Cluster
from watcher_py.core.schedule.draft import Draft
from watcher_py.core.solution import Proposal

WHY = 'left out: a server stays on this node, for its move is left out'


def without_stranded(cluster: Cluster, moves: Sequence[Migrate], draft: Draft,
                     proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
    """The proposals without those that switch off or disable such a node; and those, each with the reason."""
    stranded = _switched_off(proposals) & _held(cluster, moves, draft) if draft.left else set()
    if not stranded:
        return list(proposals), []
    kept = [proposal for proposal in proposals if not _closes(proposal, stranded)]
    return kept, [Proposal(proposal.change, WHY) for proposal in proposals if _closes(proposal, stranded)]


def _switched_off(proposals: Sequence[Proposal]) -> set[str]:
    return {proposal.change.node_name for proposal in proposals
            if isinstance(proposal.change, SetPower) and not proposal.change.is_on}


def _held(cluster: Cluster, moves: Sequence[Migrate], draft: Draft) -> set[str]:
    """The nodes on which servers stand in the end."""
    names, servers = cluster.nodes.name, cluster.servers
    # In the order of their starts, so that the last leg of a server counts.
    ends = {moves[step.move].server: names[step.target] for step in draft.steps}
    return {ends.get(uuid, names[node]) for uuid, node in zip(
        servers.uuid, servers.node.tolist(), strict=True)}


def _closes(proposal: Proposal, names: set[str]) -> bool:
    """Whether it switches off or disables one of the nodes of these names."""
    match proposal.change:
        case SetPower(node_name=name, is_on=False) | SetService(node_name=name, is_enabled=False):
            return name in names
    return False
