# SPDX-License-Identifier: Apache-2.0
"""What a strategy asks to be measured, and the columns that come back; unknown is not zero."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from watcher_py.core.cluster import Floats


class Metric(StrEnum):
    """Abstract metrics, by Watcher's names; each source maps them to its own."""

    HOST_CPU = 'host_cpu_usage'             # % of the node's physical CPUs
    HOST_RAM = 'host_ram_usage'             # MiB
    INSTANCE_CPU = 'instance_cpu_usage'     # % of the server's vCPUs
    INSTANCE_RAM = 'instance_ram_usage'     # MiB

    @property
    def is_of_nodes(self) -> bool:
        return self.value.startswith('host_')


@dataclass(frozen=True)
class MetricNeed:
    """One metric of all nodes, or of all servers, aggregated over the last `period` seconds."""

    metric: Metric
    period: float
    granularity: float
    aggregate: str = 'mean'


@dataclass(frozen=True, eq=False)
class Readings:
    """Columns of measured values: [N] or [S] a metric, NaN where nothing is known."""

    columns: Mapping[Metric, Floats] = field(default_factory=dict)

    def column(self, metric: Metric, rows: int) -> Floats:
        """The metric's column; all unknown when it was never measured."""
        found = self.columns.get(metric)
        return np.full(rows, np.nan) if found is None else found
