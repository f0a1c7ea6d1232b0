# SPDX-License-Identifier: Apache-2.0
"""How many free nodes are to be kept at hand, in all and in each part of a cluster."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from watcher_py.core.cluster import Bools, Cluster, Floats, Ints, Names

# An effort, not a time: the same answer on every machine.
_BRANCHINGS = 200


@dataclass(frozen=True, eq=False)
class Spare:
    """Of each part, so many free nodes as a share of its nodes in use, or `least` if that is more."""

    names: Names                    # [G] of the parts; the first is all of the cluster
    members: Bools                  # [G, N]
    share: float
    least: float

    def needed(self, active: Bools) -> Ints:
        """[G] When these nodes [N] are in use."""
        # As Watcher rounds.
        needed: Ints = np.maximum(self.count(active) * self.share + 1e-9, self.least).astype(np.int64)
        return needed

    def missing(self, active: Bools, free: Bools) -> Ints:
        """[G] When these nodes [N] are in use, and those free."""
        return np.asarray(np.maximum(self.needed(active) - self.count(free), 0))

    def count(self, nodes: Bools) -> Ints:
        """[G] How many of the nodes [N] each part has."""
        return np.asarray((self.members & nodes).sum(axis=1))


def spare_of(cluster: Cluster, share: float, least: float, everywhere: bool) -> Spare:
    """With `everywhere` each zone and each host aggregate is a part."""
    parts: dict[bytes, tuple[str, Bools]] = {}
    every = np.ones(len(cluster.nodes), dtype=bool)
    parts[every.tobytes()] = 'the cluster', every
    for name, members in _parts(cluster) if everywhere else ():
        if members.any():
            parts.setdefault(members.tobytes(), (name, members))
    return Spare(tuple(name for name, _ in parts.values()),
                 np.array([members for _, members in parts.values()], dtype=bool), share, least)


def cheapest(candidates: Bools, cost: Floats, members: Bools, least: Ints) -> Bools:
    """[N] Of the candidates [N], those that cost least together and are `least` of each part [G].

    Of a part with fewer candidates, all of them.
    """
    rows = np.flatnonzero(candidates)
    chosen = np.zeros(len(candidates), dtype=bool)
    wanted = np.minimum(least, members[:, rows].sum(axis=1))
    asks = wanted > 0
    if not asks.any():
        return chosen
    found = milp(cost[rows], integrality=np.ones(len(rows)), bounds=Bounds(0, 1),
                 constraints=LinearConstraint(members[asks][:, rows].astype(float), wanted[asks], np.inf),
                 options={'node_limit': _BRANCHINGS})
    # Too many are no harm, too few are.
    chosen[rows] = found.x > 0.5 if found.x is not None else True
    return chosen


def _parts(cluster: Cluster) -> list[tuple[str, Bools]]:
    zones = np.array(cluster.nodes.zone, dtype=object)
    parts = [(f'zone {zone}', np.asarray(zones == zone, dtype=bool)) for zone in sorted(set(zones.tolist()))]
    for aggregate in cluster.aggregates:
        members = np.zeros(len(cluster.nodes), dtype=bool)
        members[aggregate.nodes] = True
        parts.append((f'aggregate {aggregate.name}', members))
    return parts
