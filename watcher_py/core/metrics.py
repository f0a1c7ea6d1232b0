# SPDX-License-Identifier: Apache-2.0
"""What a strategy asks to be measured, and the columns that come back; unknown is not zero."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from watcher_py.core.cluster import Floats
from watcher_py.core.errors import Invalid

_PERCENTILE = re.compile(r'p(\d{1,2}(?:\.\d+)?|100)')


class Metric(StrEnum):
    """Abstract metrics, by Watcher's names; each source maps them to its own."""

    HOST_CPU = 'host_cpu_usage'                         # % of the node's physical CPUs
    HOST_RAM = 'host_ram_usage'                         # MiB
    HOST_OUTLET_TEMP = 'host_outlet_temp'               # degrees Celsius
    HOST_INLET_TEMP = 'host_inlet_temp'                 # degrees Celsius
    HOST_AIRFLOW = 'host_airflow'                       # cubic feet per minute
    HOST_POWER = 'host_power'                           # W
    INSTANCE_CPU = 'instance_cpu_usage'                 # % of the server's vCPUs
    INSTANCE_RAM = 'instance_ram_usage'                 # MiB
    INSTANCE_RAM_ALLOCATED = 'instance_ram_allocated'   # MiB
    INSTANCE_L3_CACHE = 'instance_l3_cache_usage'       # B
    INSTANCE_ROOT_DISK = 'instance_root_disk_size'      # GiB
    # Ours, which Watcher has not.
    INSTANCE_CPU_STEAL = 'instance_cpu_steal'           # % of its vCPUs' time that it waits for a CPU

    @property
    def is_of_nodes(self) -> bool:
        return self.value.startswith('host_')

    @property
    def unit(self) -> str:
        return _UNITS[self]


_UNITS = {
    Metric.HOST_CPU: '%', Metric.HOST_RAM: 'MiB', Metric.HOST_OUTLET_TEMP: '°C', Metric.HOST_INLET_TEMP: '°C',
    Metric.HOST_AIRFLOW: 'CFM', Metric.HOST_POWER: 'W', Metric.INSTANCE_CPU: '%', Metric.INSTANCE_RAM: 'MiB',
    Metric.INSTANCE_RAM_ALLOCATED: 'MiB', Metric.INSTANCE_L3_CACHE: 'B', Metric.INSTANCE_ROOT_DISK: 'GiB',
    Metric.INSTANCE_CPU_STEAL: '%'}


@dataclass(frozen=True)
class MetricNeed:
    """One metric of all nodes, or of all servers, aggregated over the last `period` seconds.

    `aggregate` is mean, min, max, count (of the samples), or a percentile: p50, p95, p99.9. With `is_earlier`
    it is the mean of the period before the last one.
    """

    metric: Metric
    period: float
    granularity: float                  # seconds between two samples, of a rate the window it is taken over
    aggregate: str = 'mean'
    is_earlier: bool = False

    @property
    def fresh_within(self) -> float:
        """How old the newest sample may be, in seconds: three that are missing are no hiccup."""
        return min(self.period, 3 * self.granularity)

    @property
    def percentile(self) -> float | None:
        """0 to 100 when the aggregate is one, else None."""
        found = _PERCENTILE.fullmatch(self.aggregate)
        return float(found[1]) if found else None

    def check(self) -> None:
        """Invalid, when there is no such aggregate or no such time."""
        if not (self.period > 0 and self.granularity > 0):
            raise Invalid(f'period and granularity are to be above 0 seconds, not {self.period:g} and '
                          f'{self.granularity:g}')
        if self.aggregate not in ('mean', 'min', 'max', 'count') and self.percentile is None:
            raise Invalid(f'{self.aggregate!r} is no aggregate; there are mean, min, max, count, and '
                          f'percentiles as p95')


@dataclass(frozen=True, eq=False)
class Readings:
    """Columns of measured values: [N] or [S] a metric, NaN where nothing is known."""

    columns: Mapping[Metric, Floats] = field(default_factory=dict)
    earlier: Mapping[Metric, Floats] = field(default_factory=dict)      # of the period before

    def column(self, metric: Metric, rows: int) -> Floats:
        """The metric's column; all unknown when it was never measured."""
        found = self.columns.get(metric)
        return np.full(rows, np.nan) if found is None else found

    def earlier_column(self, metric: Metric, rows: int) -> Floats:
        """As `column`, of the period before."""
        found = self.earlier.get(metric)
        return np.full(rows, np.nan) if found is None else found
