# SPDX-License-Identifier: Apache-2.0
"""The emulated Grafana tells the same of a cloud as its Prometheus."""

import pytest

from tests.datasources import known
from watcher_py.core import document
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.grafana import Grafana
from watcher_py.datasources.panels import Panel
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import Access, WebSite
from watcher_py.sim.clock import Clock
from watcher_py.sim.grafana import DATABASE, TOKEN
from watcher_py.sim.server import Cloud

VCPUS = 2
NEED = MetricNeed(Metric.HOST_CPU, known.PERIOD, known.STEP)
MEASUREMENTS = {Metric.HOST_CPU: ('host_cpu', 'host'), Metric.HOST_RAM: ('host_ram', 'host'),
                Metric.INSTANCE_CPU: ('server_cpu', 'uuid'), Metric.INSTANCE_RAM: ('server_ram', 'uuid')}


@pytest.fixture(scope='module')
def cloud():
    snapshot = document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [{'id': 'n1', 'name': 'cn1', 'vcpus': 8, 'ram_mb': 4096, 'disk_gb': 10,
                   'metrics': {'cpu_util_pct': 30, 'ram_used_mb': 2000}}],
        'instances': [{'id': 's1', 'host': 'n1', 'vcpus': VCPUS, 'ram_mb': 1024, 'disk_gb': 1,
                       'metrics': {'cpu_util_pct': 40, 'ram_used_mb': 500}}]})
    with Cloud(snapshot, Clock(speed=0, start=known.END)) as cloud:
        yield cloud


@pytest.fixture
def grafana(cloud):
    panels = {metric: Panel('7', DATABASE, f'SELECT {{0}}("value") FROM "{{4}}"."{name}" WHERE '
                            f'"{tag}" =~ /^{{1}}$/ AND time > now()-{{2}}s')
              for metric, (name, tag) in MEASUREMENTS.items()}
    site = WebSite('grafana', f'{cloud.url}/grafana/api/datasources/proxy', Access(bearer=TOKEN))
    return Grafana(site, panels, {'one_week': 604800}, patience=Patience(1), clock=lambda: known.END)


@pytest.fixture
def prometheus(cloud):
    site = WebSite('prometheus', cloud.prometheus_url)
    return Prometheus(site, patience=Patience(1), clock=lambda: known.END)


@pytest.mark.parametrize('aggregate', known.AGGREGATES)
@pytest.mark.parametrize('metric', MEASUREMENTS)
def test_grafana_and_prometheus_measure_the_same(grafana, prometheus, metric, aggregate):
    need = MetricNeed(metric, known.PERIOD, known.STEP, aggregate)
    by_grafana, by_prometheus = grafana.read(need), prometheus.read(need)
    of_each = VCPUS if metric is Metric.INSTANCE_CPU else 1
    assert {name: value * of_each for name, value in by_grafana.values.items()} == pytest.approx(
        dict(by_prometheus.values))
    assert by_grafana.newest == by_prometheus.newest


def test_their_series_are_the_same(grafana, prometheus):
    by_grafana, by_prometheus = grafana.series(NEED)['cn1'], prometheus.series(NEED)['cn1']
    assert list(by_grafana.times) == list(by_prometheus.times)
    assert list(by_grafana.values) == pytest.approx(list(by_prometheus.values))
