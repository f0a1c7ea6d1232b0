# SPDX-License-Identifier: Apache-2.0
"""Units that metrics come in, and what makes of them the unit that the metric is reckoned in."""

from collections.abc import Mapping

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric

_BYTES = {'B': 1.0, 'kB': 1e3, 'MB': 1e6, 'GB': 1e9, 'TB': 1e12,
          'KiB': 2.0 ** 10, 'MiB': 2.0 ** 20, 'GiB': 2.0 ** 30, 'TiB': 2.0 ** 40}
_SHARES = {'%': 1.0, 'ratio': 100.0}

# Of a counter of CPU time the growth a second, as % of one CPU.
COUNTERS: Mapping[str, float] = {'ns': 1e-7, 'us': 1e-4, 'ms': 0.1, 's': 100.0}


def _bytes_in(unit: str) -> Mapping[str, float]:
    return {name: size / _BYTES[unit] for name, size in _BYTES.items()}


_FACTORS: Mapping[Metric, Mapping[str, float]] = {
    Metric.HOST_CPU: _SHARES,
    Metric.HOST_RAM: _bytes_in('MiB'),
    Metric.HOST_OUTLET_TEMP: {'C': 1.0},
    Metric.HOST_INLET_TEMP: {'C': 1.0},
    Metric.HOST_AIRFLOW: {'CFM': 1.0, '10 CFM': 10.0, 'm3/h': 0.588577779},
    Metric.HOST_POWER: {'W': 1.0, 'mW': 1e-3, 'uW': 1e-6, 'kW': 1e3},
    Metric.INSTANCE_CPU: {**_SHARES, **COUNTERS},
    Metric.INSTANCE_RAM: _bytes_in('MiB'),
    Metric.INSTANCE_RAM_ALLOCATED: _bytes_in('MiB'),
    Metric.INSTANCE_L3_CACHE: _bytes_in('B'),
    Metric.INSTANCE_ROOT_DISK: _bytes_in('GiB'),
    Metric.INSTANCE_CPU_STEAL: _SHARES,
}


def factor(metric: Metric, unit: str) -> float:
    """What a value in this unit is multiplied by."""
    known = _FACTORS[metric]
    if unit not in known:
        raise Invalid(f'{unit!r} is no unit of {metric.value}; there are {", ".join(known)}')
    return known[unit]
