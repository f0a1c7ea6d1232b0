# SPDX-License-Identifier: Apache-2.0
"""Why nodes do not take a server: the rule that forbids it, or the room that is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Bools, Group, Ints
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.forbidden import SOME_RULE, forbidden
from watcher_py.core.whatif import WhatIf

LEFT_OUT = 'the strategy leaves it out, as it does where a load is unknown'

_LACKS = 'it has too little '


@dataclass(frozen=True, eq=False)
class Refusal:
    """One reason, and the nodes that it keeps from taking the server; each node at its first reason."""

    why: str
    nodes: Bools                    # [N]


def refusals(evidence: Evidence, trial: WhatIf, server: int) -> list[Refusal]:
    """Why each node that does not take the server now does not; its own is left out."""
    left = ~trial.fits(server)
    left[trial.node[server]] = False
    found = []
    for why, nodes in _reasons(evidence, trial, server):
        if (left & nodes).any():
            found.append(Refusal(why, left & nodes))
            left = left & ~nodes
        if not left.any():
            break
    return [*found, Refusal(SOME_RULE, left)] if left.any() else found


def why_not(evidence: Evidence, trial: WhatIf, server: int, node: int) -> str:
    """Why this node does not take the server now, with what exactly it lacks; '' if it would."""
    for refusal in refusals(evidence, trial, server):
        if refusal.nodes[node]:
            return _sentences(evidence, trial, server, refusal.why, np.array([node]))[0]
    return ''


def why_not_on_each(evidence: Evidence, server: int) -> list[str]:
    """[N] As `why_not`, of every node; '' for the server's own too."""
    trial = evidence.trial()
    found = [''] * len(trial.open)
    for refusal in refusals(evidence, trial, server):
        nodes = np.flatnonzero(refusal.nodes)
        sentences = _sentences(evidence, trial, server, refusal.why, nodes)
        for node, sentence in zip(nodes.tolist(), sentences, strict=True):
            found[node] = sentence
    return found


def _sentences(evidence: Evidence, trial: WhatIf, server: int, why: str, nodes: Ints) -> list[str]:
    """The reason for each of these nodes; where it is room, with what exactly is missing."""
    if not why.startswith(_LACKS):
        return [why] * len(nodes)
    names, free = evidence.dimensions(), np.minimum(trial.free, trial.problem.most)[nodes]
    amounts = [[f'{lack:g} {name}' for name, lack in zip(names, lacks, strict=True) if lack > 0]
               for lacks in evidence.shortage(server, free)]
    return [f'it lacks {" and ".join(each)}' for each in amounts]


def _reasons(evidence: Evidence, trial: WhatIf, server: int) -> Iterator[tuple[str, Bools]]:
    rules = trial.problem.rules
    taken = rules.takes[rules.class_of[server]]
    if not taken.all():
        for why, nodes in forbidden(evidence.cluster, server):
            # The strategy may have opened a node that is closed as yet.
            yield why, nodes & ~taken
        yield LEFT_OUT, ~taken
    yield 'it is to end empty', ~trial.open
    for group in rules.apart:
        if server in group.members:
            yield (f'anti-affinity group {group.name or group.uuid} has as many members there as it may',
                   _is_full(trial, group, server))
    lacks = evidence.shortage(server, np.minimum(trial.free, trial.problem.most)) > 0
    for dimension, name in enumerate(evidence.dimensions()):
        yield f'{_LACKS}{name}', lacks[:, dimension]


def _is_full(trial: WhatIf, group: Group, server: int) -> Bools:
    mates = group.members[group.members != server]
    standing = np.bincount(trial.node[mates], minlength=len(trial.open))
    return np.asarray(standing >= group.limit)
