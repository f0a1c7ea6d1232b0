# SPDX-License-Identifier: Apache-2.0
"""In which order the moves of a plan are to be kept, so that few of them bring most of what it gains."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from watcher_py.core.cluster import Ints
from watcher_py.core.course import samples, term_of
from watcher_py.core.explain.objective import value_of
from watcher_py.core.omission import Leg
from watcher_py.core.problem import Problem
from watcher_py.core.solve.terms import Pack, Term
from watcher_py.core.strategy import Stated

# A plan of more parts than these is left in its own order: each one's worth is a look at a whole placement.
MOST_PARTS = 400


@dataclass(frozen=True)
class Kept:
    """A move, and the objective's value once it is made after those before it; None where nobody reckoned."""

    place: int
    value: float | None


def ranked(stated: Stated, objective: str | None, legs: Mapping[int, Leg],
           parents: Sequence[Iterable[int]]) -> list[Kept]:
    """The moves of a plan by their worth, with what the first ones of them come to."""
    term, problem = term_of(stated, objective), stated.problem
    places = worth_first(term, problem, legs, parents)
    sampled, node, kept = set(samples(places)), problem.node.copy(), []
    for place in places:
        node[legs[place].server] = legs[place].target
        kept.append(Kept(place, value_of(term, problem, node) if place in sampled else None))
    return kept


def worth_first(term: Term, problem: Problem, legs: Mapping[int, Leg],
                parents: Sequence[Iterable[int]]) -> list[int]:
    """The places of the moves, those first that gain most for their number; less is better in every term.

    A part of the plan is what empties a node, where that is the aim, or a single move; with it comes what it
    waits for. Parts are weighed one by one, each as if the others were not made, so the order is a good one
    and not the best of all. Each move comes after those that it waits for.
    """
    parts = list(_parts(term, legs))
    if len(parts) > MOST_PARTS:
        return sorted(legs)
    needs = _needs(legs, parents)
    whole = [sorted(set().union(*(needs[place] for place in part))) for part in parts]
    start = _value(term, problem, problem.node)
    gains = [start - _value(term, problem, _moved(problem.node, legs, part)) for part in whole]
    ranked = sorted(range(len(parts)), key=lambda row: (-gains[row] / len(whole[row]), len(whole[row]), row))
    return list(dict.fromkeys(place for row in ranked for place in whole[row]))


def _parts(term: Term, legs: Mapping[int, Leg]) -> Iterable[list[int]]:
    if not isinstance(term, Pack):
        return [[place] for place in sorted(legs)]
    leaving = defaultdict(list)
    for place in sorted(legs):
        leaving[legs[place].source].append(place)
    return leaving.values()


def _needs(legs: Mapping[int, Leg], parents: Sequence[Iterable[int]]) -> list[frozenset[int]]:
    """By place, the moves that must be made for that deed, its own included; parents come before."""
    needs: list[frozenset[int]] = []
    for place, waits_for in enumerate(parents):
        own = frozenset({place}) if place in legs else frozenset()
        needs.append(own.union(*(needs[parent] for parent in waits_for)))
    return needs


def _moved(node: Ints, legs: Mapping[int, Leg], places: Iterable[int]) -> Ints:
    """[S] Where the servers stand after these moves, in this order."""
    moved = node.copy()
    for place in places:
        moved[legs[place].server] = legs[place].target
    return moved


def _value(term: Term, problem: Problem, node: Ints) -> float:
    value = value_of(term, problem, node)
    return 0.0 if value is None else value
