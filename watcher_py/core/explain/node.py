# SPDX-License-Identifier: Apache-2.0
"""Why a node ends empty, or stays on: which of its servers hold it, and what holds them."""

from dataclasses import replace

import numpy as np

from watcher_py.core.cluster import Ints
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.explanation import Explanation, Refused, counted
from watcher_py.core.explain.refusal import refusals
from watcher_py.core.explain.server import NOT_FOUND
from watcher_py.core.solve.terms import Balance, Drain, Pack
from watcher_py.core.whatif import WhatIf

SHOWN = 20          # servers that hold a node, each with what holds it
REASONS = 3         # a server


def explain_node(evidence: Evidence, node: int) -> Explanation:
    """Of the node of this row."""
    nodes = evidence.cluster.nodes
    before, after = evidence.problem.node == node, evidence.node == node
    told = Explanation('node', nodes.uuid[node], nodes.name[node], 'active', '',
                       planned_for=evidence.reasons.get(nodes.uuid[node]))
    if not after.any():
        return replace(told, verdict='emptied' if before.any() else 'empty',
                       reason=_why_empty(evidence, node))
    if evidence.refrained:
        return replace(told, reason=f'the plan moves nobody: {evidence.refrained}')
    holders = _holders(evidence, node)
    return replace(told, reason=_why_active(evidence, node, holders), refused=tuple(holders[:SHOWN]))


def _why_empty(evidence: Evidence, node: int) -> str:
    count = int((evidence.problem.node == node).sum())
    if not count:
        return 'no server stood on it, and none is to come'
    if any(isinstance(term, Drain) and term.nodes[node] for term in evidence.stated.terms):
        return f'it was to be emptied: {counted(count)} left it'
    return f'{counted(count)} that stood on it found room elsewhere'


def _why_active(evidence: Evidence, node: int, holders: list[Refused]) -> str:
    before, after = evidence.problem.node == node, evidence.node == node
    stands = (f'{counted(int(after.sum()))} on it in the end: {int((before & after).sum())} that stayed, '
              f'{int((after & ~before).sum())} that came')
    if not _is_to_be_empty(evidence, node):
        return f'{stands}; nothing asks for it to be empty{_share(evidence, node)}'
    if holders:
        held = len({holder.server for holder in holders})
        return f'{stands}; {held} of them can not go elsewhere'
    return f'{stands}; each would find room on the other active nodes: {NOT_FOUND}'


def _is_to_be_empty(evidence: Evidence, node: int) -> bool:
    return any(isinstance(term, Pack) or (isinstance(term, Drain) and bool(term.nodes[node]))
               for term in evidence.stated.terms)


def _share(evidence: Evidence, node: int) -> str:
    """What became of its shares, where they were to be even."""
    shares = [share for term in evidence.stated.terms if isinstance(term, Balance) for share in term.shares]
    told = [f'{share.name} {share.told(share.levels(evidence.problem.node)[node])} before, '
            f'{share.told(share.levels(evidence.node)[node])} after' for share in shares]
    return f'; {"; ".join(told)}' if told else ''


def _holders(evidence: Evidence, node: int) -> list[Refused]:
    """The servers that hold the node when all are sent to the other active nodes, largest first, and why."""
    trial = evidence.trial()
    trial.open &= evidence.active & (np.arange(len(trial.open)) != node)
    found: list[Refused] = []
    for server in trial.servers_on(node):
        name = evidence.cluster.servers.name[server] or evidence.cluster.servers.uuid[server]
        stuck = evidence.problem.rules.stuck[server]
        if stuck:
            found.append(Refused(stuck, 0, name))
        elif not _seat(trial, server):
            found += _why_unseated(evidence, trial, server, name)
    return found


def _seat(trial: WhatIf, server: int) -> bool:
    """Move the server to the fullest node that takes it."""
    nodes: Ints = np.flatnonzero(trial.fits(server))
    if not len(nodes):
        return False
    room = np.maximum(trial.problem.room[nodes], 1.0)
    left = ((trial.free[nodes] - trial.problem.demand[server]) / room).min(axis=1)
    trial.move(server, int(nodes[left.argmin()]))
    return True


def _why_unseated(evidence: Evidence, trial: WhatIf, server: int, name: str) -> list[Refused]:
    reasons = [Refused(each.why, int((each.nodes & evidence.active).sum()), name)
               for each in refusals(evidence, trial, server)]
    return sorted((each for each in reasons if each.nodes), key=lambda each: -each.nodes)[:REASONS]

