# SPDX-License-Identifier: Apache-2.0
"""The cloud that audits see: its compute part, its storage and its machines, as one Cluster."""

from collections.abc import Collection
from dataclasses import replace

from watcher_py.core.strategy import Part
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.collector.machines import MachineCollector, tied
from watcher_py.engine.collector.storage import StorageCollector


class Collector:
    """Asks the collectors of the parts; one that is not configured leaves its part empty."""

    def __init__(self, compute: ComputeCollector, storage: StorageCollector | None = None,
                 machines: MachineCollector | None = None) -> None:
        self._compute = compute
        self._storage = storage
        self._machines = machines

    def newest(self, max_age: float, parts: Collection[Part] = ()) -> Collected:
        """The cloud as it was at most `max_age` seconds ago, with these parts beside its compute part.

        Unavailable when not even hosts are known.
        """
        compute = self._compute.newest(max_age)
        cluster, gaps = compute.cluster, compute.gaps
        if self._storage and Part.STORAGE in parts:
            storage, missing = self._storage.newest(max_age)
            cluster, gaps = replace(cluster, storage=storage), gaps + missing
        if self._machines and Part.BAREMETAL in parts:
            machines, missing = self._machines.newest(max_age)
            cluster, gaps = replace(cluster, machines=tied(machines, cluster.nodes)), gaps + missing
        return replace(compute, cluster=cluster, gaps=gaps)

    def conditions(self) -> list[Condition]:
        """How well each part is seen; nothing is read for it."""
        return [part.condition() for part in (self._compute, self._storage, self._machines) if part]

    def keep_up(self) -> None:
        """What is to be done every few seconds, asked or not."""
        for part in (self._compute, self._storage, self._machines):
            if part:
                part.keep_up()
