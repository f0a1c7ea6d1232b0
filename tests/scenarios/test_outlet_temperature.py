# SPDX-License-Identifier: Apache-2.0
"""A hot host is cooled below its threshold."""

import pytest

from tests.core.clusters import document, host, instance
from tests.scenarios.measured import measured
from watcher_py.core.metrics import Metric


def rack(**outlets):
    """Hosts of 16 cores with four servers of two cores each that never pause; by name, their outlets."""
    hosts = [host(name, power={'idle_w': 200.0, 'max_w': 400.0},
                  metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 2048.0, 'outlet_temp_c': outlet,
                           'inlet_temp_c': 20.0}) for name, outlet in outlets.items()]
    return document(hosts, [
        instance(f'{number:031x}{row}', name, metrics={'cpu_util_pct': 100.0, 'ram_used_mb': 64.0})
        for number, name in enumerate(outlets) for row in range(4)])


def test_a_hot_host_is_cooled_below_the_threshold(town):
    here = town(rack(hot=36.0, cool=22.0, mild=30.0))
    assert measured(here, Metric.HOST_OUTLET_TEMP) == pytest.approx({'hot': 36.0, 'cool': 22.0, 'mild': 30.0})
    plan = here.plan('outlet_temperature')
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    # Each server takes at least two thirds of a degree along: two have to leave, for the coolest host.
    stands = list(here.standing().values())
    assert [stands.count(name) for name in ('hot', 'cool', 'mild')] == [2, 6, 4]
    after = measured(here, Metric.HOST_OUTLET_TEMP)
    assert max(after.values()) < 35.0
    assert after['hot'] == pytest.approx(20 + 16 * (250 / 300) ** 0.5)
