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
    if asks.any():
        choose = _part_by_part if _are_nested(members[asks][:, rows]) else _together
        chosen[rows] = choose(members[asks][:, rows], wanted[asks], cost[rows])
    return chosen


def _are_nested(members: Bools) -> bool:
    """Whether of any two parts [G, n] one lies in the other, or they have nothing in common."""
    common = members.astype(np.int64) @ members.T
    size = common.diagonal()
    return bool(((common == 0) | (common == np.minimum(size, size[:, None]))).all())


def _part_by_part(members: Bools, wanted: Ints, cost: Floats) -> Bools:
    """[n] From the inside out: what a part needs counts in all that it lies in, so the cheapest is right."""
    chosen = np.zeros(len(cost), dtype=bool)
    by_cost = np.argsort(cost, kind='stable')
    for part in np.argsort(members.sum(axis=1), kind='stable').tolist():
        missing = int(wanted[part] - (members[part] & chosen).sum())
        others = by_cost[(members[part] & ~chosen)[by_cost]]
        chosen[others[:max(0, missing)]] = True
    return chosen


def _together(members: Bools, wanted: Ints, cost: Floats) -> Bools:
    """[n] Of parts that overlap, by a whole-number programme."""
    found = milp(cost, integrality=np.ones(len(cost)), bounds=Bounds(0, 1),
                 constraints=LinearConstraint(members.astype(float), wanted, np.inf),
                 options={'node_limit': _BRANCHINGS})
    # Too many are no harm, too few are.
    return np.asarray(found.x > 0.5) if found.x is not None else np.ones(len(cost), dtype=bool)


def _parts(cluster: Cluster) -> list[tuple[str, Bools]]:
    zones = np.array(cluster.nodes.zone, dtype=object)
    parts = [(f'zone {zone}', np.asarray(zones == zone, dtype=bool)) for zone in sorted(set(zones.tolist()))]
    for aggregate in cluster.aggregates:
        members = np.zeros(len(cluster.nodes), dtype=bool)
        members[aggregate.nodes] = True
        parts.append((f'aggregate {aggregate.name}', members))
    return parts
