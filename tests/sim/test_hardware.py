# SPDX-License-Identifier: Apache-2.0
"""What hosts draw, blow and give off at the start is the document's; then it follows their load."""

import math
from typing import Any

import pytest

from watcher_py.core import document as document_module
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.sim.hardware import hardware_of

AIR = {'outlet_temp_c': 40.0, 'inlet_temp_c': 24.0, 'airflow_cfm': 60.0}


@pytest.fixture
def document(document: dict[str, Any]) -> dict[str, Any]:
    """Server plain works without a pause, and its host has no load but that."""
    document['instances'] = [row for row in document['instances'] if row['id'] == 'plain']
    document['instances'][0]['metrics'] = {'cpu_util_pct': 100.0, 'ram_used_mb': 10.0}
    alpha, beta, gamma = document['hosts'][:3]
    for row, load in ((alpha, 25.0), (beta, 0.0), (gamma, 0.0)):
        row['metrics'] = {'cpu_util_pct': load, 'ram_used_mb': 10.0, **AIR}
    alpha['power'] = beta['power'] = {'idle_w': 100.0, 'max_w': 500.0}
    document['server_groups'] = []
    document['machines'] = [{'id': 'metal', 'host': 'host-fast', 'power_state': 'power off'}]
    document['hosts'][5]['metrics'] |= AIR
    document['hosts'][5]['power'] = alpha['power']
    return document


def read(cloud: Any, metric: Metric) -> dict[str, float]:
    site = WebSite('prometheus', cloud.prometheus_url)
    source = Prometheus(site, patience=Patience(1), clock=cloud.clock.now)
    return dict(source.read(MetricNeed(metric, 300, 300)).values)


def move(cloud: Any, admin: Any) -> None:
    admin.live('plain', 'beta')
    cloud.clock.advance(60)
    admin.server('plain')


def test_power_goes_with_the_cpus_from_idle_to_the_most(cloud: Any, admin: Any) -> None:
    assert read(cloud, Metric.HOST_POWER) == {'alpha': 200.0, 'beta': 100.0}
    move(cloud, admin)
    assert read(cloud, Metric.HOST_POWER) == {'alpha': 100.0, 'beta': 200.0}


@pytest.mark.parametrize(('load', 'watts'), [(25.0, 250.0), (0.0, 200.0)])
def test_power_that_was_measured_is_that_of_the_start(document: Any, load: float, watts: float) -> None:
    """A host of which no more is known draws half of the most when it is idle."""
    row = document['hosts'][2]
    row['metrics'] |= {'power_w': watts, 'cpu_util_pct': load}
    hardware = hardware_of(document_module.read(document), 2)
    assert hardware.scale is not None
    assert hardware.work * hardware.scale == pytest.approx(watts)
    assert hardware.idle * hardware.scale == pytest.approx(200.0)


def test_air_and_heat_are_the_documents_at_first_and_follow_the_load(cloud: Any, admin: Any) -> None:
    assert read(cloud, Metric.HOST_OUTLET_TEMP)['alpha'] == pytest.approx(40.0)
    assert read(cloud, Metric.HOST_AIRFLOW)['alpha'] == pytest.approx(60.0)
    move(cloud, admin)
    # Half of the power: its root each in air and in warmth.
    outlet, airflow = read(cloud, Metric.HOST_OUTLET_TEMP), read(cloud, Metric.HOST_AIRFLOW)
    assert outlet['alpha'] == pytest.approx(24 + 16 * math.sqrt(0.5))
    assert outlet['beta'] == pytest.approx(24 + 16 * math.sqrt(2))
    assert airflow['alpha'] * airflow['beta'] == pytest.approx(60 * 60)
    assert read(cloud, Metric.HOST_INLET_TEMP) == {'alpha': 24.0, 'beta': 24.0, 'gamma': 24.0}


def test_nothing_is_told_of_a_host_that_is_down_or_switched_off(cloud: Any) -> None:
    assert read(cloud, Metric.HOST_OUTLET_TEMP).keys() == {'alpha', 'beta', 'gamma'}
    cloud.world.host_down('alpha')
    for metric in (Metric.HOST_POWER, Metric.HOST_OUTLET_TEMP, Metric.HOST_INLET_TEMP, Metric.HOST_AIRFLOW):
        assert 'alpha' not in read(cloud, metric)
