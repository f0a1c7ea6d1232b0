# SPDX-License-Identifier: Apache-2.0
"""Where a single server that has to leave its node fits best."""

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.problem import SLACK
from watcher_py.core.whatif import WhatIf


def best_fit(trial: WhatIf, server: int, among: Bools) -> int | None:
    """The node that keeps the least room when the server is there, soft groups first; None if none fits.

    Room left is measured as the sum of squared shares of the node's room over all dimensions
    (norm-based best fit for vector packing: Panigrahy et al., "Heuristics for Vector Bin Packing", 2011).
    """
    nodes = _without_regret(trial, server, among)
    if not len(nodes):
        return None
    left = (trial.free[nodes] - trial.problem.demand[server]) / trial.scale[nodes]
    return int(nodes[(left ** 2).sum(axis=1).argmin()])


def most_alike(trial: WhatIf, server: int, among: Bools) -> int | None:
    """The node whose free room is most like the server, soft groups first; None if it fits nowhere."""
    nodes = _without_regret(trial, server, among)
    if not len(nodes):
        return None
    room, need = trial.scale[nodes].T, trial.problem.demand[server][:, None]
    return int(nodes[likeness(need / room, trial.free[nodes].T / room).argmax()])


def likeness(need: Floats, left: Floats) -> Floats:
    """[n] The cosine of the angle between a need and the room left, in shares of each node's room: [D, n]."""
    alike, ours, theirs = (np.einsum('dn,dn->n', one, other) + SLACK
                           for one, other in ((need, left), (need, need), (left, left)))
    return np.asarray(alike / np.sqrt(ours * theirs))


def _without_regret(trial: WhatIf, server: int, among: Bools) -> Ints:
    """The nodes that take the server; of them those where the fewest soft group mates are misplaced."""
    nodes = np.flatnonzero(trial.fits(server) & among)
    if not trial.grouped[server]:
        return nodes
    regrets = trial.regrets(server, nodes)
    return np.asarray(nodes[regrets == regrets.min(initial=len(trial.node))])
