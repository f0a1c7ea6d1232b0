# SPDX-License-Identifier: Apache-2.0
"""Why a server moves, and to there; or why it is left alone."""

from dataclasses import replace

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.explanation import Alternative, Effect, Explanation, Refused
from watcher_py.core.explain.objective import is_content, name_of, value_of
from watcher_py.core.explain.refusal import refusals, why_not
from watcher_py.core.explain.trigger import trigger
from watcher_py.core.problem import SLACK
from watcher_py.core.whatif import WhatIf

SHOWN = 5           # alternatives
WEIGHED = 40        # possible nodes whose objective is worked out
NOT_FOUND = 'the search ended before it was found, or a limit or a price of moves forbids it'


def explain_server(evidence: Evidence, server: int) -> Explanation:
    """Of the server of this row."""
    servers, names = evidence.cluster.servers, evidence.cluster.nodes.name
    home, node = int(evidence.problem.node[server]), int(evidence.node[server])
    trial = evidence.trial()
    told = Explanation('server', servers.uuid[server], servers.name[server],
                       'moved' if node != home else 'stayed', '', names[home],
                       planned_for=evidence.reasons.get(servers.uuid[server]),
                       refused=tuple(Refused(each.why, int(each.nodes.sum()))
                                     for each in refusals(evidence, trial, server)))
    if node == home and evidence.problem.rules.stuck[server]:
        return replace(told, reason=evidence.problem.rules.stuck[server])
    others = _alternatives(evidence, trial, server)
    if node == home:
        return replace(told, reason=_why_left(evidence, trial, server), alternatives=others)
    reason, serves = trigger(evidence, server)
    return replace(told, target=names[node], reason=reason, serves=serves, alternatives=others,
                   effects=tuple(_effects(evidence, server)),
                   why_not_home=why_not(evidence, trial, server, home) or None)


def _effects(evidence: Evidence, server: int) -> list[Effect]:
    without = _with(evidence.node, server, int(evidence.problem.node[server]))
    return [Effect(name_of(term), value, otherwise)
            for term in evidence.stated.terms
            if (value := value_of(term, evidence.problem, evidence.node)) is not None
            and (otherwise := value_of(term, evidence.problem, without)) is not None]


def _alternatives(evidence: Evidence, trial: WhatIf, server: int) -> tuple[Alternative, ...]:
    """The best nodes that would take the server; after them those that lack least, or its old one."""
    names, home = evidence.cluster.nodes.name, int(evidence.problem.node[server])
    possible = [node for node in _best(evidence, trial, server) if node != home][:SHOWN]
    found = [Alternative(names[node], True, _against(evidence, trial, server, node)) for node in possible]
    for node in _nearest(evidence, trial, server)[:SHOWN - len(found)]:
        found.append(Alternative(names[node], False, why_not(evidence, trial, server, node)))
    return tuple(found)


def _best(evidence: Evidence, trial: WhatIf, server: int) -> list[int]:
    """The nodes that would take the server: by objective, soft group mates, and then the fullest first."""
    nodes = np.flatnonzero(trial.fits(server))
    if not len(nodes):
        return []
    full, active = _fullest(evidence, trial, nodes, server), evidence.active[nodes]
    regrets = trial.regrets(server, nodes)
    order = np.lexsort((-full, regrets, ~active))[:WEIGHED].tolist()
    # Sorting is stable: among equals the order from before is kept.
    return [int(nodes[place]) for place in sorted(order, key=lambda place: _values(
        evidence, _with(evidence.node, server, int(nodes[place]))))]


def _nearest(evidence: Evidence, trial: WhatIf, server: int) -> list[int]:
    """Nodes that the rules allow and that lack room, the least first, by shares of what the server needs."""
    demand = evidence.problem.demand[server]
    lacks = evidence.shortage(server, np.minimum(trial.free, trial.problem.most))
    share = (lacks / np.maximum(demand, SLACK)).max(axis=1)
    share[trial.node[server]] = 0.0
    nodes = np.flatnonzero(trial.welcomes(server) & (share > 0))
    return [int(node) for node in nodes[np.argsort(share[nodes], kind='stable')]]


def _against(evidence: Evidence, trial: WhatIf, server: int, node: int) -> str:
    """What speaks against a node that would take the server."""
    here, names = int(trial.node[server]), evidence.cluster.nodes.name
    there = _values(evidence, _with(evidence.node, server, node))
    for term, value, now in zip(evidence.stated.terms, there, _values(evidence, evidence.node), strict=True):
        if value != now:
            tells = f'{name_of(term)} would be {value:g} instead of {now:g}'
            missed = 'no more was asked for' if _is_content(evidence) else NOT_FOUND
            return f'it fits, but {tells}' if value > now else f'it fits, and {tells}: {missed}'
    regrets = trial.regrets(server, np.array([here, node]))
    if regrets[1] > regrets[0]:
        return "it fits, but the wishes of the server's soft groups would be met less"
    full = _percent(_fullest(evidence, trial, np.array([node]), server)[0])
    return (f'it fits as well; {full} of its fullest resource would be in use, '
            f'{_percent(_fullest(evidence, trial, np.array([here]))[0])} of that of {names[here]} is')


def _why_left(evidence: Evidence, trial: WhatIf, server: int) -> str:
    if evidence.refrained:
        return f'the plan moves nobody: {evidence.refrained}'
    stands = evidence.cluster.nodes.name[int(evidence.node[server])]
    if not trial.fits(server).any():
        return f'{stands} is the only node that takes it'
    if evidence.is_at_limit(server):
        return 'the plan moves as much already as it may'
    if not evidence.stated.terms:
        return 'the plan does not need it to move'
    now = _values(evidence, evidence.node)
    best = min(_values(evidence, _with(evidence.node, server, node))
               for node in _best(evidence, trial, server))
    aims = ' and '.join(map(name_of, evidence.stated.terms))
    if _is_content(evidence):
        return f'{aims} is as small as was asked for'
    if best < now:
        return f'a move of it alone would better {aims}: {NOT_FOUND}'
    return f'no move of it alone betters {aims}'


def _is_content(evidence: Evidence) -> bool:
    return all(is_content(term, evidence.node) for term in evidence.stated.terms)


def _values(evidence: Evidence, node: Ints) -> tuple[float, ...]:
    """By term, 0 for one that has no value of a placement alone; rounded, so that equals are equal."""
    return tuple(round(value_of(term, evidence.problem, node) or 0.0, 9) for term in evidence.stated.terms)


def _fullest(evidence: Evidence, trial: WhatIf, nodes: Ints, server: int | None = None) -> Floats:
    """[nodes] The share in use of the fullest dimension of each node; were the server on it as well."""
    room, more = evidence.problem.room[nodes], 0.0 if server is None else evidence.problem.demand[server]
    left = np.divide(trial.free[nodes] - more, room, out=np.ones_like(room), where=room > 0)
    return np.asarray(1 - left.min(axis=1))


def _with(node: Ints, server: int, there: int) -> Ints:
    changed = node.copy()
    changed[server] = there
    return changed


def _percent(share: float) -> str:
    return f'{100 * share:.0f} %'
