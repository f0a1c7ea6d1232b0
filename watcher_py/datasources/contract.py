# SPDX-License-Identifier: Apache-2.0
"""What every source of metrics can do."""

from collections.abc import Mapping
from typing import Protocol

from watcher_py.core.metrics import MetricNeed


class MetricSource(Protocol):
    """A monitoring system."""

    @property
    def name(self) -> str:
        """As the operator calls it in `[watcher_datasources] datasources`."""

    def read(self, need: MetricNeed) -> Mapping[str, float]:
        """The metric of everything, in one query: host name or server uuid to finite value.

        NotFound when the source doesn't have the metric, Unavailable when it doesn't answer.
        INSTANCE_CPU comes in % of one CPU: a source doesn't know how many vCPUs a server has.
        """
