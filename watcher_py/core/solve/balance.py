# SPDX-License-Identifier: Apache-2.0
"""Balance: take servers off the hottest nodes until the levels of all are even enough."""

from collections.abc import Callable, Iterator

import numpy as np

from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.cluster import Bools, Ints
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.deviation import Deviation
from watcher_py.core.solve.levels import Levels
from watcher_py.core.solve.peak import Peak
from watcher_py.core.solve.shift import shift
from watcher_py.core.solve.terms import Balance, Measure
from watcher_py.core.solve.trade import trade
from watcher_py.core.solve.weighing import Weighing
from watcher_py.core.whatif import WhatIf

# The coolest nodes for which the servers of the hottest are weighed at once: as many as a cache holds.
_COOL = 128
# Large clusters are dealt into hands of about this many nodes, each with its share of hot and cool
# ones: the coolest of all, taken together, would be filled beyond the mean and had to give again.
_HAND = 256


def improve(trial: WhatIf, term: Balance, budget: Budget = UNLIMITED) -> Outcome:
    """Shift servers as long as that gains, then trade them; content once it is even enough.

    Nodes that take nobody, or of which something is unknown, stay as they are.
    """
    levels = Levels(trial, term.shares)
    enough = np.array(term.enough or [0.0] * len(term.shares))
    aim = Peak(levels, enough) if term.measure is Measure.PEAK else Deviation(levels, enough)
    before, bound = aim.value, aim.bound()
    weighing = Weighing(trial, levels, aim, term.price)
    while any(_sweep(weighing, step, budget) for step in (shift, trade)):
        pass
    after = _settled(levels, aim)
    budget.tell(f'{aim.name} {after:.4f}', 1.0)
    return Outcome(f'{aim.name} of {", ".join(share.name for share in term.shares)}',
                   before, after, min(bound, after))


def _sweep(weighing: Weighing, step: Callable[[Weighing, Ints, Ints], int], budget: Budget) -> bool:
    """Go over the nodes, the hottest first, until the step gains on none; whether it gained at all."""
    aim, tired = weighing.aim, ~weighing.levels.compared
    first, gained = aim.value, False
    while (aim.givers & ~tired).any():
        for hot, cool in _deal(weighing, tired):
            if aim.is_content() or budget.is_spent():
                return gained
            if step(weighing, hot, cool):
                gained = True
                aim.refresh()
                budget.tell(f'{aim.name} {aim.value:.4f}', 1 - aim.value / first)
            else:
                tired[hot] = True
    return gained


def _deal(weighing: Weighing, tired: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Hands of the hottest of the nodes that are not tired, and of the coolest that take servers."""
    levels, heat = weighing.levels, weighing.aim.heat()
    givers = np.flatnonzero(weighing.aim.givers & ~tired)
    hot = givers[np.argsort(-heat[givers], kind='stable')]
    cool = levels.takers[np.argsort(heat[levels.takers], kind='stable')]
    hands = max(1, int(levels.compared.sum()) // _HAND)
    for hand in range(min(hands, len(hot))):
        yield hot[hand::hands][:weighing.aim.at_once], cool[hand::hands][:_COOL]


def _settled(levels: Levels, aim: Deviation | Peak) -> float:
    """What is reached, summed anew: what is added up move by move strays."""
    levels.refresh()
    aim.refresh()
    return aim.value
