# SPDX-License-Identifier: Apache-2.0
"""What a plan comes to, move after move: the value of its objective, and how many nodes are in use."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

import numpy as np

from watcher_py.core.cluster import Cluster, Ints
from watcher_py.core.efficacy import Deed
from watcher_py.core.explain.objective import name_of, value_of
from watcher_py.core.omission import Leg, fallen, legs_of
from watcher_py.core.solve.terms import Pack, Term
from watcher_py.core.strategy import Stated

# Of a longer plan, the value is reckoned after so many of its moves, evenly spread.
SAMPLES, ALL = 60, 200


@dataclass(frozen=True, eq=False)
class Course:
    """By places of the plan's deeds; those that are omitted or fall change nothing."""

    objective: str
    start: float | None                 # the objective's value before; None: a placement alone has none
    end: float | None
    values: dict[int, float | None]     # after some of the moves, and after the last one
    in_use: list[int]                   # nodes with servers, after each deed
    fallen: dict[int, str]              # why they can't be done any more
    made: dict[int, Leg]                # the moves that are made
    node: Ints                          # [S] where the servers stand after the steps that are asked for


def course_of(cluster: Cluster, stated: Stated, objective: str | None, deeds: Sequence[Deed],
              omitted: Set[int] = frozenset(), steps: int | None = None) -> Course:
    """The course of the deeds that are not omitted; `node` is that after so many deeds, or after all."""
    term, falls, legs = term_of(stated, objective), fallen(cluster, deeds, omitted), legs_of(cluster, deeds)
    kept = [place for place in legs if place not in omitted and place not in falls]
    node = cluster.servers.node.copy()
    standing = np.bincount(node, minlength=len(cluster.nodes)).tolist()
    active = sum(count > 0 for count in standing)
    start = end = value_of(term, stated.problem, node)
    sampled, moves = samples(kept), set(kept)
    values: dict[int, float | None] = {}
    in_use, asked = [], node.copy()
    for place in range(len(deeds)):
        if place in moves:
            leg = legs[place]
            node[leg.server] = leg.target
            standing[leg.source] -= 1
            standing[leg.target] += 1
            active += (standing[leg.target] == 1) - (standing[leg.source] == 0)
        if place in sampled:
            values[place] = end = value_of(term, stated.problem, node)
        in_use.append(active)
        if place + 1 == (len(deeds) if steps is None else steps):
            asked = node.copy()
    made = {place: legs[place] for place in kept}
    return Course(name_of(term), start, end, values, in_use, falls, made, asked)


def term_of(stated: Stated, objective: str | None) -> Term:
    """What the plan says it is after, else the first term that a placement has a value of, else few nodes."""
    problem = stated.problem
    valued = [term for term in stated.terms if value_of(term, problem, problem.node) is not None]
    named = [term for term in valued if name_of(term) == objective]
    return next(iter([*named, *valued]), Pack())


def samples(places: Sequence[int]) -> Collection[int]:
    """Of so many moves in their order, those after which the value is reckoned; the last one is."""
    if len(places) <= ALL:
        return set(places)
    return {places[number] for number in np.linspace(0, len(places) - 1, SAMPLES).astype(int).tolist()}
