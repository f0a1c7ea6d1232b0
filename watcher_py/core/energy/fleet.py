# SPDX-License-Identifier: Apache-2.0
"""All that is known of compute nodes as they can be switched on and off."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Floats, Ints
from watcher_py.core.energy.power import Power
from watcher_py.core.energy.spare import Spare
from watcher_py.core.energy.switches import Switches
from watcher_py.core.problem import Problem


@dataclass(frozen=True, eq=False)
class Fleet:
    """Nodes, how they can be switched, what they draw, and how many of them are to be spare."""

    cluster: Cluster
    switches: Switches
    power: Power
    spare: Spare

    def active(self, placed: Ints) -> Bools:
        """[N] The nodes that hold servers when these stand so [S]."""
        return np.asarray(np.bincount(placed, minlength=len(self.cluster.nodes)) > 0)

    @cached_property
    def in_use(self) -> Bools:
        """[N] The nodes that hold servers now."""
        return self.cluster.active()

    def ready(self, active: Bools) -> Bools:
        """[N] The free nodes that Nova can use at once, when these are in use."""
        nodes = self.cluster.nodes
        return np.asarray(self.switches.on & nodes.enabled & nodes.known & ~nodes.held.any(axis=1) & ~active)

    @property
    def is_measured(self) -> bool:
        """Whether it is known of every node what it draws, and would draw under more load or less."""
        of_those_in_use = self.power.per_core[self.in_use & self.switches.on]
        return bool(np.isfinite(self.power.watts).all() and np.isfinite(of_those_in_use).all())

    def costs(self) -> Floats:
        """[N] What it costs to leave each node on and free; of one that is not known, as the others."""
        found = np.where(np.isfinite(self.power.idle), self.power.idle, self.power.watts)
        known = found[np.isfinite(found)]
        # A node that draws nothing is still a node.
        return np.maximum(np.where(np.isfinite(found), found, known.mean() if len(known) else 1.0), 1e-3)


def load_of(problem: Problem) -> Floats:
    """[S] Cores in use, of a problem with measured load; nothing where that is not known."""
    return problem.demand[:, problem.resources]


def drawn_after(fleet: Fleet, cores: Floats, placed: Ints, off: Bools, woken: Bools) -> Floats:
    """[N] W, when servers that use so many cores [S] stand so [S], and these nodes were switched."""
    count = len(fleet.cluster.nodes)
    more = np.bincount(placed, cores, count) - np.bincount(fleet.cluster.servers.node, cores, count)
    # What went and came back must not leave a crumb.
    moved = placed != fleet.cluster.servers.node
    touched = np.bincount(np.concatenate([placed[moved], fleet.cluster.servers.node[moved]]), minlength=count)
    return fleet.power.after(np.where(touched > 0, more, 0.0), off, woken)
