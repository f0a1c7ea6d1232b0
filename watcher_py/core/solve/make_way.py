# SPDX-License-Identifier: Apache-2.0
"""Seat what finds no room as things are: others make way for it, as little memory as can be."""

from collections.abc import Sequence

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import MEMORY_MB, Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.solve.spread import seat_alike
from watcher_py.core.whatif import WhatIf

# So many nodes, the least short of room first, are compared where more than one server has to go.
_NODES_TRIED = 10


def seat_by_force(trial: WhatIf, servers: list[int], budget: Budget = UNLIMITED) -> None:
    """Seat each server on a node whose servers make way for it; those for which none does stay."""
    hopeless: set[tuple[float, ...]] = set()
    for server in servers:
        kind = _kind(trial, server)
        if kind in hopeless or budget.is_spent():
            continue
        mark = trial.mark()
        node = clear_for(trial, trial.problem.demand[server], may_host(trial, server))
        if node is not None and trial.can_take(server, node):
            trial.move(server, node)
        else:
            trial.undo_to(mark)
            hopeless.add(kind)


def _kind(trial: WhatIf, server: int) -> tuple[float, ...]:
    """What fits nowhere is not asked again for its like; a server with group mates has no like."""
    problem, own = trial.problem, server if trial.grouped[server] else -1
    return own, int(problem.rules.class_of[server]), *problem.demand[server].tolist()


def clear_for(trial: WhatIf, demand: Floats, among: Bools) -> int | None:
    """Send servers away from one of the nodes until the demand has room on it; the node, or None.

    The server with the least memory whose leaving is enough goes; where none is enough, several of
    one node. Each goes to a node that has room: nobody makes way for who makes way.
    """
    node = _clear_by_one(trial, demand, among)
    return _clear_by_several(trial, demand, among) if node is None else node


def may_host(trial: WhatIf, server: int) -> Bools:
    """[N] The nodes that would take the server if they had room."""
    problem, own = trial.problem, int(trial.node[server])
    hosts = trial.welcomes(server) & trial.account.allows(server, own)
    hosts &= (problem.most + SLACK >= problem.demand[server]).all(axis=1)
    hosts[own] = False
    return np.asarray(hosts, dtype=bool)


def _clear_by_one(trial: WhatIf, demand: Floats, among: Bools) -> int | None:
    problem = trial.problem
    rows = np.flatnonzero(problem.movable & among[trial.node])
    enough = trial.free[trial.node[rows]] + problem.demand[rows] + SLACK >= demand
    rows = rows[enough[:, demand > 0].all(axis=1)]
    hopeless: set[tuple[float, ...]] = set()
    for server in rows[np.argsort(problem.demand[rows, MEMORY_MB], kind='stable')].tolist():
        if (kind := _kind(trial, server)) in hopeless:
            continue
        node = int(trial.node[server])
        if not seat_alike(trial, [server]):
            return node
        hopeless.add(kind)
    return None


def _clear_by_several(trial: WhatIf, demand: Floats, among: Bools) -> int | None:
    room = np.maximum(trial.problem.room, SLACK)
    nodes = np.flatnonzero(among)
    short = (np.maximum(demand - trial.free[nodes], 0) / room[nodes]).sum(axis=1)
    mark, best, least = trial.mark(), None, np.inf
    for node in nodes[np.argsort(short, kind='stable')][:_NODES_TRIED].tolist():
        memory = _clear_node(trial, demand, node)
        trial.undo_to(mark)
        if memory < least:
            best, least = int(node), memory
    if best is not None:
        _clear_node(trial, demand, best)
    return best


def _clear_node(trial: WhatIf, demand: Floats, node: int) -> float:
    """Send servers away until the demand has room; how much memory went, infinite if room was not made.

    The smallest memory goes first; who needn't have gone, now that larger ones have, comes back.
    """
    went = []
    for server in by_memory(trial, trial.servers_on(node)):
        short = (demand > 0) & (trial.free[node] + SLACK < demand)
        if not short.any():
            break
        if (trial.problem.movable[server] and trial.problem.demand[server][short].any()
                and not seat_alike(trial, [server])):
            went.append(server)
    if not _has_room(trial.free[node], demand):
        return np.inf
    for server in went[::-1]:
        if _has_room(trial.free[node] - trial.problem.demand[server], demand):
            trial.move(server, node)
            went.remove(server)
    return float(trial.problem.demand[went, MEMORY_MB].sum())


def by_memory(trial: WhatIf, servers: Sequence[int]) -> list[int]:
    """Least first, then by row."""
    rows: Ints = np.array(sorted(servers), dtype=np.int64)
    return [int(row) for row in rows[np.argsort(trial.problem.demand[rows, MEMORY_MB], kind='stable')]]


def _has_room(free: Floats, demand: Floats) -> bool:
    return bool((free + SLACK >= demand)[demand > 0].all())
