# SPDX-License-Identifier: Apache-2.0
"""What was measured, as a part of the rows of a snapshot's document."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from watcher_py.core.cluster import Floats
from watcher_py.core.fields import AMOUNT, Field, Table, nullable
from watcher_py.core.metrics import Metric, Readings

OF_HOSTS = {
    'cpu_util_pct': Metric.HOST_CPU, 'ram_used_mb': Metric.HOST_RAM, 'outlet_temp_c': Metric.HOST_OUTLET_TEMP,
    'inlet_temp_c': Metric.HOST_INLET_TEMP, 'airflow_cfm': Metric.HOST_AIRFLOW, 'power_w': Metric.HOST_POWER}
OF_INSTANCES = {
    'cpu_util_pct': Metric.INSTANCE_CPU, 'ram_used_mb': Metric.INSTANCE_RAM,
    'l3_cache_bytes': Metric.INSTANCE_L3_CACHE, 'cpu_steal_pct': Metric.INSTANCE_CPU_STEAL}
EARLIER = {'l3_cache_prev_bytes': Metric.INSTANCE_L3_CACHE}

# Every row has these, even where they are not known; the others stand where they were measured.
ALWAYS = ('cpu_util_pct', 'ram_used_mb')

HOST_FIELDS = tuple(Field(key, nullable(AMOUNT), None) for key in OF_HOSTS)
INSTANCE_FIELDS = tuple(Field(key, nullable(AMOUNT), None) for key in (*OF_INSTANCES, *EARLIER))


def read(hosts: Table, instances: Table) -> Readings:
    """The readings, out of the tables of both lists."""
    of_hosts, of_instances = hosts.inner('metrics', HOST_FIELDS), instances.inner('metrics', INSTANCE_FIELDS)
    return Readings({**_columns(of_hosts, OF_HOSTS), **_columns(of_instances, OF_INSTANCES)},
                    _columns(of_instances, EARLIER))


def host_rows(readings: Readings, count: int) -> list[dict[str, float | None]]:
    """The `metrics` of each host."""
    return _rows(count, {key: readings.columns.get(metric) for key, metric in OF_HOSTS.items()})


def instance_rows(readings: Readings, count: int) -> list[dict[str, float | None]]:
    """The `metrics` of each server."""
    return _rows(count, {key: readings.columns.get(metric) for key, metric in OF_INSTANCES.items()}
                 | {key: readings.earlier.get(metric) for key, metric in EARLIER.items()})


def _columns(table: Table, keys: Mapping[str, Metric]) -> dict[Metric, Floats]:
    """A column for each metric of which any value is known."""
    values = table.amounts(*keys)
    return {metric: values[:, place] for place, (key, metric) in enumerate(keys.items())
            if key in ALWAYS or np.isfinite(values[:, place]).any()}


def _rows(count: int, columns: Mapping[str, Floats | None]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(count)]
    for key, column in columns.items():
        for place, row in enumerate(rows):
            if column is not None and np.isfinite(column[place]):
                row[key] = float(column[place])
            elif key in ALWAYS:
                row[key] = None
    return rows
