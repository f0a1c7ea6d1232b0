# SPDX-License-Identifier: Apache-2.0
"""Which compute nodes to switch on, so that spare ones are at hand again."""

from collections.abc import Iterator

import numpy as np

from watcher_py.core.changes import SetPower, SetService
from watcher_py.core.cluster import Bools
from watcher_py.core.energy.fleet import Fleet
from watcher_py.core.energy.spare import cheapest
from watcher_py.core.solution import Proposal


def to_wake(fleet: Fleet) -> Bools:
    """[N] As few as make up for missing spare; of those the ones that draw least for their size.

    A node that is on, and was disabled by a plan, is at hand at once: it goes before all that are off.
    """
    missing = fleet.spare.missing(fleet.in_use, fleet.ready(fleet.in_use))
    is_at_hand = fleet.switches.on & ~fleet.cluster.nodes.enabled
    could = fleet.switches.free & ~fleet.in_use & (fleet.switches.off | is_at_hand)
    draw = fleet.costs() / np.maximum(fleet.cluster.cores(), 1.0)
    # One node more costs more than any choice among them, and one that is off more than all at hand.
    cost = np.where(is_at_hand, 0.5 / max(len(draw), 1), 1.0) * (1 + draw / max(float(draw.sum()), 1.0))
    return cheapest(could, cost, fleet.spare.members, missing)


def wakings(fleet: Fleet, woken: Bools, seconds: float) -> Iterator[Proposal]:
    """What brings these nodes [N] into use, each of which takes so many seconds to come up."""
    nodes, switches = fleet.cluster.nodes, fleet.switches
    for node in np.flatnonzero(woken).tolist():
        why = _why(fleet, node)
        if switches.off[node]:
            machine = fleet.cluster.machines.uuid[switches.machine[node]]
            yield Proposal(SetPower(machine, nodes.name[node], True, seconds), f'{why}; it was switched off')
        if not nodes.enabled[node]:
            yield Proposal(SetService(nodes.uuid[node], nodes.name[node], True), f'{why}; a plan disabled it')


def _why(fleet: Fleet, node: int) -> str:
    spare = fleet.spare
    needed, ready = spare.needed(fleet.in_use), spare.count(fleet.ready(fleet.in_use))
    part = int((spare.members[:, node] & (needed > ready)).argmax())
    return f'{spare.names[part]} has {ready[part]} free nodes at hand and is to have {needed[part]}'
