# SPDX-License-Identifier: Apache-2.0
"""What a migration asks of the two hypervisors: one type, no older version, no lesser CPU.

A live guest keeps the CPU that it was started with. Of two nodes the operator's ranks decide where both
have one, else their features where both tell them, else the models must be equal. Where no node of
the cluster tells anything the question is not asked; where others do, an unknown node neither gives
nor takes live guests.
"""

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Cpu, Ints, Servers

# The states in which Nova migrates a server: as it runs, or switched off for the move.
LIVE_STATES = frozenset({'active', 'paused'})
COLD_STATES = frozenset({'stopped'})


def is_live(servers: Servers, row: int) -> bool:
    """Whether the server is moved as it runs."""
    return servers.state[row] in LIVE_STATES


class Journeys:
    """Kinds of nodes, and from which kind a server gets to which."""

    def __init__(self, cluster: Cluster):
        nodes, servers = cluster.nodes, cluster.servers
        self._node = servers.node
        # [S] Who is moved as it runs.
        self.is_live: Bools = np.fromiter(map(LIVE_STATES.__contains__, servers.state), bool, len(servers))
        keys = zip(nodes.cpu, nodes.hypervisor_type, map(_version, nodes.hypervisor_version.tolist()),
                   strict=True)
        numbers: dict[tuple[Cpu, str, float | None], int] = {}
        self.kind: Ints = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        self._cpus = [cpu for cpu, _, _ in numbers]
        self._types = [kind for _, kind, _ in numbers]
        self._versions = [version for _, _, version in numbers]
        self._asks_cpu = any(map(_is_told, self._cpus))
        self._asks_type = any(self._types)
        self._asks_version = any(version is not None for version in self._versions)
        # [K] What is not known of nodes of a kind while it is of others; '' when nothing is missing.
        self.missing = [self._lack(*key) for key in numbers]

    def ways(self) -> tuple[Ints, Bools]:
        """For each server the row of a mask, and the masks: the nodes that it can travel to."""
        masks = np.vstack([self.live(), self.cold()])[:, self.kind]
        return self.kind[self._node] + np.where(self.is_live, 0, len(masks) // 2), masks

    def live(self) -> Bools:
        """[K, K] From which kind to which a running server may go."""
        kinds = range(len(self._cpus))
        return np.array([[one == other or (self._may_go(one, other) and self._may_go_live(one, other))
                          for other in kinds]
                         for one in kinds], dtype=bool).reshape(len(kinds), len(kinds))

    def cold(self) -> Bools:
        """[K, K] From which kind to which a server may go that is switched off."""
        kinds = range(len(self._cpus))
        return np.array([[self._may_go(one, other) for other in kinds] for one in kinds],
                        dtype=bool).reshape(len(kinds), len(kinds))

    def _lack(self, cpu: Cpu, kind: str, version: float | None) -> str:
        if self._asks_cpu and not _is_told(cpu):
            return 'CPU'
        if self._asks_type and not kind:
            return 'hypervisor type'
        return 'hypervisor version' if self._asks_version and version is None else ''

    def _may_go(self, one: int, other: int) -> bool:
        arches = {self._cpus[one].arch, self._cpus[other].arch} - {''}
        return len(arches) < 2 and self._types[one] == self._types[other]

    def _may_go_live(self, one: int, other: int) -> bool:
        if self.missing[one] or self.missing[other]:
            return False
        before, after = self._versions[one], self._versions[other]
        is_newer = before is None or after is None or after >= before
        return is_newer and (not self._asks_cpu or _can_run(self._cpus[one], self._cpus[other]))


def _version(value: float) -> float | None:
    return None if np.isnan(value) else value


def _is_told(cpu: Cpu) -> bool:
    return bool(cpu.model or cpu.features or cpu.rank is not None)


def _can_run(started_on: Cpu, other: Cpu) -> bool:
    if started_on.vendor and other.vendor and started_on.vendor != other.vendor:
        return False
    if started_on.rank is not None and other.rank is not None:
        return other.rank >= started_on.rank
    if started_on.features and other.features:
        return other.features >= started_on.features
    return started_on.model != '' and started_on.model == other.model
