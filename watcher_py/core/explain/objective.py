# SPDX-License-Identifier: Apache-2.0
"""What a placement is worth by a term: the value that the term's solver makes small."""

import math

import numpy as np

from watcher_py.core.cluster import Floats, Ints
from watcher_py.core.problem import Problem
from watcher_py.core.solve.faults import faults_of
from watcher_py.core.solve.terms import Balance, Drain, Measure, Pack, Repair, Term


def name_of(term: Term) -> str:
    match term:
        case Pack():
            return 'active nodes'
        case Drain():
            return 'servers on the nodes'
        case Repair():
            return 'violations'
        case Balance():
            return f'{term.measure.value} of {", ".join(share.name for share in term.shares)}'
        case _:
            return 'servers without room'


def value_of(term: Term, problem: Problem, node: Ints) -> float | None:
    """The value of the placement [S]; None for a term that has none of a placement alone."""
    match term:
        case Pack():
            return float((np.bincount(node, minlength=len(problem.room)) > 0).sum())
        case Drain():
            return float(term.nodes[node].sum())
        case Repair():
            return float(faults_of(problem, term.misplaced, node).count())
        case Balance():
            return _balance(term, node)
        case _:
            return None


def is_content(term: Term, node: Ints) -> bool:
    """Whether the placement [S] is as even as was asked for."""
    if not isinstance(term, Balance) or not term.enough:
        return False
    return bool((_by_share(term, node) <= np.array(term.enough)).all())


def _balance(term: Balance, node: Ints) -> float:
    """The root of the weighted mean of the variances, or the highest of the peaks."""
    measured = _by_share(term, node)
    if term.measure is Measure.PEAK:
        return float(measured.max(initial=0.0))
    return math.sqrt(np.average(measured ** 2, weights=[share.weight for share in term.shares]))


def _by_share(term: Balance, node: Ints) -> Floats:
    """[K] The measure of each share, over the nodes that are known in all of them."""
    levels = np.array([share.levels(node) for share in term.shares])
    levels = levels[:, np.isfinite(levels).all(axis=0)]
    if not levels.shape[1]:
        return np.zeros(len(levels))
    return np.asarray(levels.std(axis=1) if term.measure is Measure.DEVIATION else levels.max(axis=1))
