# SPDX-License-Identifier: Apache-2.0
"""Values come in many units and are reckoned in one."""

import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.datasources.units import factor


@pytest.mark.parametrize(('value', 'metric', 'unit', 'expected'), [
    (0.5, Metric.HOST_CPU, 'ratio', 50),
    (2048, Metric.HOST_RAM, 'KiB', 2),
    (2 ** 20, Metric.INSTANCE_RAM, 'B', 1),
    (3, Metric.INSTANCE_RAM_ALLOCATED, 'GiB', 3072),
    (1.073741824, Metric.INSTANCE_ROOT_DISK, 'GB', 1),
    (2, Metric.INSTANCE_L3_CACHE, 'KiB', 2048),
    (5e8, Metric.INSTANCE_CPU, 'ns', 50),
    (0.5, Metric.INSTANCE_CPU, 's', 50),
    (12, Metric.HOST_AIRFLOW, '10 CFM', 120),
    (100, Metric.HOST_AIRFLOW, 'm3/h', 58.8577779),
    (1500, Metric.HOST_POWER, 'mW', 1.5),
    (21, Metric.HOST_INLET_TEMP, 'C', 21),
])
def test_a_value_is_brought_to_the_metrics_unit(value, metric, unit, expected):
    assert value * factor(metric, unit) == pytest.approx(expected)


@pytest.mark.parametrize('metric', Metric)
def test_every_metric_has_units(metric):
    with pytest.raises(Invalid, match=f"'parsec' is no unit of {metric}; there are "):
        factor(metric, 'parsec')
