# SPDX-License-Identifier: Apache-2.0
"""What made a server move: the first term, in the plan's order, that its old node gives a reason for."""

import numpy as np

from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.explanation import counted
from watcher_py.core.explain.forbidden import why_forbidden
from watcher_py.core.explain.objective import name_of
from watcher_py.core.solve.faults import faults_of
from watcher_py.core.solve.terms import Balance, Drain, MakeRoom, Pack, Repair, Share, Term


def trigger(evidence: Evidence, server: int) -> tuple[str, str | None]:
    """The sentence, and the objective that is served; None where the move serves others' moves."""
    for term in evidence.stated.terms:
        if sentence := _of_term(evidence, term, server):
            return sentence, name_of(term)
    home = int(evidence.problem.node[server])
    arrived = int(((evidence.node == home) & (evidence.problem.node != home)).sum())
    source = evidence.cluster.nodes.name[home]
    if arrived:
        return f'it makes way on {source} for {counted(arrived)} that came there', None
    return f'the plan rearranges what stands on {source}', None


def _of_term(evidence: Evidence, term: Term, server: int) -> str:
    match term:
        case Pack():
            return _of_pack(evidence, server)
        case Drain():
            home = int(evidence.problem.node[server])
            return f'{evidence.cluster.nodes.name[home]} is to be emptied' if term.nodes[home] else ''
        case Repair():
            return _of_repair(evidence, term, server)
        case Balance():
            return _of_balance(evidence, term, server)
        case MakeRoom():
            return _of_room(evidence, term, server)


def _of_pack(evidence: Evidence, server: int) -> str:
    home = int(evidence.problem.node[server])
    if evidence.active[home]:
        return ''
    source, count = evidence.cluster.nodes.name[home], int((evidence.problem.node == home).sum())
    return f'{source} ends empty: {counted(count)} left it'


def _of_repair(evidence: Evidence, term: Repair, server: int) -> str:
    home, problem = int(evidence.problem.node[server]), evidence.problem
    source = evidence.cluster.nodes.name[home]
    faults = faults_of(problem, term.misplaced, problem.node)
    if server in faults.misplaced:
        why = why_forbidden(evidence.cluster, server, home)
        return f'it may not stand on {source}' + (f': {why}' if why else '')
    for crowd in faults.crowds:
        if server in crowd.members:
            group = crowd.group.name or crowd.group.uuid
            return (f'{len(crowd.members)} members of anti-affinity group {group} stand on {source}, '
                    f'where {crowd.group.limit} may')
    beyond = [name for name, is_beyond in zip(evidence.dimensions(), faults.beyond[home], strict=True)
              if is_beyond]
    return f'{source} has more {" and ".join(beyond)} in use than there is room' if beyond else ''


def _of_balance(evidence: Evidence, term: Balance, server: int) -> str:
    """By the share in which the old node stands out most."""
    return max((_standing_out(evidence, share, server) for share in term.shares), default=(0.0, ''))[1]


def _of_room(evidence: Evidence, term: MakeRoom, server: int) -> str:
    home = int(evidence.problem.node[server])
    source = evidence.cluster.nodes.name[home]
    return f'{source} is to have room for servers that are not there yet' if term.takes[:, home].any() else ''


def _standing_out(evidence: Evidence, share: Share, server: int) -> tuple[float, str]:
    home = int(evidence.problem.node[server])
    shares = share.levels(evidence.problem.node)
    known = shares[np.isfinite(shares)]
    if not np.isfinite(shares[home]) or shares[home] <= known.mean():
        return 0.0, ''
    node, rank, mean = evidence.cluster.nodes.name[home], int((known > shares[home]).sum()) + 1, known.mean()
    return float(shares[home] - mean), (
        f'{node} was at {share.told(shares[home])} of {share.name}, number {rank} of {len(known)} nodes, '
        f'which are at {share.told(mean)} on average')
