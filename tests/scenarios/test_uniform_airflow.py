# SPDX-License-Identifier: Apache-2.0
"""A host whose fans blow too much is relieved; one that has no reason to is emptied."""

import pytest

from tests.core.clusters import document, host, instance
from tests.scenarios.measured import measured
from watcher_py.core.metrics import Metric


def rack(watts, **airflows):
    """Hosts of 16 cores with four servers of two cores each that never pause; by name, their airflows."""
    hosts = [host(name, power={'idle_w': 200.0, 'max_w': 400.0},
                  metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 2048.0, 'airflow_cfm': airflow,
                           'inlet_temp_c': 20.0, 'power_w': watts})
             for name, airflow in airflows.items()]
    return document(hosts, [
        instance(f'{number:031x}{row}', name, metrics={'cpu_util_pct': 100.0, 'ram_used_mb': 64.0})
        for number, name in enumerate(airflows) for row in range(4)])


@pytest.mark.parametrize(('watts', 'left'), [(400.0, 2), (300.0, 0)])
def test_a_strained_host_is_relieved_and_emptied_where_it_draws_little(town, watts, left):
    airflows = {'strained': 43.0, 'calm': 15.0, 'busy': 30.0}
    here = town(rack(watts, **airflows))
    assert measured(here, Metric.HOST_AIRFLOW) == pytest.approx(airflows)
    ended = here.carry_out(here.plan('uniform_airflow'))
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert list(here.standing().values()).count('strained') == left
    after = measured(here, Metric.HOST_AIRFLOW)
    assert max(after.values()) <= 40.0
    # A quarter of its 300 parts of power goes with the servers' 100.
    assert after['strained'] == pytest.approx(43 * ((200 + 25 * left) / 300) ** 0.5)
