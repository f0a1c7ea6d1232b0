# SPDX-License-Identifier: Apache-2.0
"""The emulated cloud answers what Prometheus is asked, by itself and as Aetos through Keystone."""

import numpy as np
import pytest
from keystoneauth1.identity import Password
from keystoneauth1.session import Session

from tests.datasources import known
from watcher_py.core import document
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.catalog_site import CatalogSite
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.sim import workload
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

STEPS = [(start, start + known.STEP) for start in range(known.END - known.PERIOD, known.END, known.STEP)]
METRICS = (Metric.HOST_CPU, Metric.HOST_RAM, Metric.HOST_POWER, Metric.HOST_AIRFLOW, Metric.HOST_INLET_TEMP,
           Metric.HOST_OUTLET_TEMP, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM, Metric.INSTANCE_L3_CACHE,
           Metric.INSTANCE_CPU_STEAL)


@pytest.fixture(scope='module')
def cloud():
    snapshot = document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [{'id': 'n1', 'name': 'cn1', 'vcpus': 8, 'ram_mb': 4096, 'disk_gb': 10,
                   'metrics': {'cpu_util_pct': 30, 'ram_used_mb': 2000, 'outlet_temp_c': 33.0,
                               'inlet_temp_c': 21.0, 'airflow_cfm': 40.0, 'power_w': 210.0}}],
        'instances': [{'id': 's1', 'host': 'n1', 'vcpus': 2, 'ram_mb': 1024, 'disk_gb': 1,
                       'metrics': {'cpu_util_pct': 40, 'ram_used_mb': 500, 'l3_cache_bytes': 3e6,
                                   'cpu_steal_pct': 7.0}}]})
    with Cloud(snapshot, Clock(speed=0, start=known.END)) as cloud:
        yield cloud


@pytest.fixture
def prometheus(cloud):
    site = WebSite('prometheus', cloud.prometheus_url)
    return Prometheus(site, patience=Patience(1), clock=lambda: known.END)


@pytest.fixture
def aetos(cloud):
    session = Session(Password(**cloud.credentials('watcher')))
    site = CatalogSite('aetos', 'metric-storage', lambda: session)
    return Prometheus(site, patience=Patience(1), name='aetos', clock=lambda: known.END)


@pytest.mark.parametrize('aggregate', [*known.AGGREGATES, 'count'])
@pytest.mark.parametrize('metric', METRICS)
def test_prometheus_and_aetos_measure_the_same(prometheus, aetos, metric, aggregate):
    need = MetricNeed(metric, known.PERIOD, known.STEP, aggregate)
    measured = prometheus.read(need)
    assert measured == aetos.read(need)
    assert measured.newest == known.END
    assert measured.values.keys() == ({'cn1'} if metric.is_of_nodes else {'s1'})


@pytest.mark.parametrize('aggregate', known.AGGREGATES)
def test_the_load_of_a_server_is_that_of_its_workload(cloud, prometheus, aggregate):
    load = [2 * workload.cpu_mean(cloud.world.servers['s1'], *step) for step in STEPS]
    measured = prometheus.read(MetricNeed(Metric.INSTANCE_CPU, known.PERIOD, known.STEP, aggregate))
    assert measured.values == pytest.approx({'s1': known.aggregate(aggregate, load)})


def test_a_period_of_one_step_is_its_mean(cloud, prometheus):
    measured = prometheus.read(MetricNeed(Metric.INSTANCE_CPU, known.STEP, known.STEP, 'max'))
    load = workload.cpu_mean(cloud.world.servers['s1'], *STEPS[-1])
    assert measured.values == pytest.approx({'s1': 2 * load})


@pytest.mark.parametrize('metric', METRICS)
def test_series_have_a_value_for_each_step(prometheus, metric):
    [series] = prometheus.series(MetricNeed(metric, known.PERIOD, known.STEP)).values()
    assert list(series.times) == [end for _, end in STEPS]
    assert np.isfinite(series.values).all()
