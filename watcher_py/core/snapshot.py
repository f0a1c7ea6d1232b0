# SPDX-License-Identifier: Apache-2.0
"""What a decision is made on: the cluster in the audit's scope, what was measured, and when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from watcher_py.core.cluster import Cluster
from watcher_py.core.metrics import Readings
from watcher_py.core.problem import Problem, allocation_problem

EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A cluster and its readings at a moment (aware, UTC)."""

    cluster: Cluster
    readings: Readings = field(default_factory=Readings)
    taken_at: datetime = EPOCH
    name: str = 'cluster'

    @cached_property
    def problem(self) -> Problem:
        """What Placement counts: reckoned once, for the decision and for the schedule of it."""
        return allocation_problem(self.cluster)
