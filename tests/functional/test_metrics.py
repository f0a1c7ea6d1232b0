# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus and a real Gnocchi that are fed with the same series give the same, known values."""

import json
import uuid
from dataclasses import dataclass

import numpy as np
import pytest
from keystoneauth1.adapter import Adapter

from tests.datasources import known, real_prometheus
from tests.datasources.known import END, NOW, PERIOD, STEP, wave
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import gnocchi
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.catalog_site import CatalogSite
from watcher_py.datasources.contract import Fault
from watcher_py.datasources.gnocchi import Gnocchi
from watcher_py.datasources.gnocchi_site import Gate
from watcher_py.datasources.metric_map import Mapped, MetricMap
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.units import factor
from watcher_py.datasources.web_site import WebSite

pytestmark = pytest.mark.openstack

AGGREGATES = ('mean', 'min', 'max', 'count', 'p50', 'p95')
# Both get a sample a step, just before it ends: what Gnocchi keeps is then all that Prometheus knows.
TIMES = np.arange(known.START, END, STEP) + STEP - 1
TOTAL = 2.0 ** 36
# % of one CPU, of which a host's counter tells the idle part, and what a host or server else measures.
VALUES = {metric: wave(number, 10.0, 90.0) for number, metric in enumerate(Metric)}
OWN = (Metric.HOST_CPU, Metric.HOST_RAM, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)


@dataclass(frozen=True)
class Fed:
    """Both, and whom they know."""

    prometheus: Prometheus
    gnocchi: Gnocchi
    host: str
    server: str
    other_policy: str
    broken: dict

    def name(self, metric):
        return self.host if metric.is_of_nodes else self.server


@pytest.fixture(scope='module')
def fed(stack, gnocchi, tmp_path_factory):
    run = uuid.uuid4().hex[:8]
    host, server, other = f'host-{run}', str(uuid.uuid4()), str(uuid.uuid4())
    broken = {fault: f'{fault.name.lower().replace("_", "-")}-{run}' for fault in Fault}
    archive = Archive(Adapter(stack.cloud.session, service_type='metric'))
    with real_prometheus.running(_openmetrics(host, server), tmp_path_factory.mktemp('prometheus')) as url:
        try:
            _archive(archive, host, server, other)
            _archive_broken(archive, broken)
            archive.process()
            yield Fed(_prometheus(url), _gnocchi(stack.cloud.session), host, server, other, broken)
        finally:
            archive.remove()


@pytest.mark.parametrize('aggregate', AGGREGATES)
@pytest.mark.parametrize('metric', list(Metric))
def test_each_aggregate_of_each_metric_is_the_known_value_on_both(fed, metric, aggregate):
    need = MetricNeed(metric, PERIOD, STEP, aggregate)
    truth = known.aggregate(aggregate, known.last_steps(VALUES[metric]))
    name = fed.name(metric)
    by_prometheus, by_gnocchi = (source.read(need).values[name] for source in (fed.prometheus, fed.gnocchi))
    assert by_prometheus == pytest.approx(truth, rel=1e-6)
    assert by_gnocchi == pytest.approx(truth, rel=1e-6)
    assert by_prometheus == pytest.approx(by_gnocchi, rel=1e-6)


@pytest.mark.parametrize('metric', OWN)
def test_series_are_the_same_on_both(fed, metric):
    need, name = MetricNeed(metric, PERIOD, STEP), fed.name(metric)
    for source in (fed.prometheus, fed.gnocchi):
        series = source.series(need)[name]
        assert list(series.times) == list(range(END - PERIOD + STEP, END + 1, STEP))
        assert list(series.values) == pytest.approx(list(known.last_steps(VALUES[metric])), rel=1e-6)


@pytest.mark.parametrize('aggregate', AGGREGATES)
def test_a_server_of_another_archive_policy_has_its_values_too(fed, aggregate):
    need = MetricNeed(Metric.INSTANCE_CPU, PERIOD, STEP, aggregate)
    truth = known.aggregate(aggregate, known.last_steps(VALUES[Metric.INSTANCE_CPU]))
    assert fed.gnocchi.read(need).values[fed.other_policy] == pytest.approx(truth, rel=1e-6)


@pytest.mark.parametrize('fault', list(Fault))
def test_what_gnocchi_can_not_tell_is_told_apart(fed, fault):
    measured = fed.gnocchi.read(MetricNeed(Metric.HOST_RAM, PERIOD, STEP))
    assert measured.faults[fed.broken[fault]] is fault
    assert fed.broken[fault] not in measured.values


def test_the_newest_sample_is_told_by_both(fed):
    need = MetricNeed(Metric.INSTANCE_CPU, PERIOD, STEP)
    assert fed.gnocchi.read(need).newest == END
    assert fed.prometheus.read(need).newest == END - 1


class Archive:
    """Resources of Gnocchi's that are made here, and go with the test."""

    def __init__(self, api):
        self._api = api
        self._made = []                 # (resource type, id)
        self._metrics = []

    def add(self, kind, original, samples, policy='ceilometer-low-rate', **attributes):
        """Samples by the name of the metric."""
        made = self._api.post(f'/v1/resource/{kind}', json={
            'id': original, 'metrics': {name: {'archive_policy_name': policy} for name in samples},
            **attributes}).json()
        self._made.append((kind, made['id']))
        self._metrics += made['metrics'].values()
        for name, points in samples.items():
            measures = [{'timestamp': time, 'value': value} for time, value in points]
            # keystoneauth's own JSON would have no NaN.
            self._api.post(f'/v1/metric/{made["metrics"][name]}/measures', data=json.dumps(measures),
                           headers={'Content-Type': 'application/json'})

    def process(self):
        """Now, and not when its turn comes."""
        for metric in self._metrics:
            self._api.get(f'/v1/metric/{metric}/measures?refresh=true')

    def remove(self):
        for kind, one in self._made:
            self._api.delete(f'/v1/resource/{kind}/{one}')


def _gnocchi(session):
    return Gnocchi(Gate(CatalogSite('gnocchi', 'metric', lambda: session)), clock=lambda: NOW)


def _prometheus(url):
    mapped = {('prometheus', metric): Mapped(name=f'known_{metric.value}')
              for metric in Metric if metric not in OWN}
    return Prometheus(WebSite('prometheus', url), metric_map=MetricMap(mapped), patience=Patience(tries=1),
                      clock=lambda: NOW)


def _gauge(values):
    return [(int(time), float(value)) for time, value in zip(TIMES, values, strict=True)]


def _counter(rates):
    """Grows by the rate, a second, from each sample to the next."""
    return _gauge(1e12 + np.concatenate([[0.0], np.cumsum(rates[1:])]) * STEP)


def _openmetrics(host, server):
    used = VALUES[Metric.HOST_RAM] * 2 ** 20
    labels = {metric: {'fqdn': host} if metric.is_of_nodes else {'resource': server} for metric in Metric}
    of_host = labels[Metric.HOST_CPU]
    return known.openmetrics(
        ('node_cpu_seconds_total', {'mode': 'idle', 'cpu': '0', **of_host},
         [(time, value - 1e12) for time, value in _counter(1 - VALUES[Metric.HOST_CPU] / 100)]),
        ('node_memory_MemTotal_bytes', of_host, _gauge(np.full(len(TIMES), TOTAL))),
        ('node_memory_MemAvailable_bytes', of_host, _gauge(TOTAL - used)),
        ('ceilometer_cpu', labels[Metric.INSTANCE_CPU], _counter(VALUES[Metric.INSTANCE_CPU] * 1e7)),
        ('ceilometer_memory_usage', labels[Metric.INSTANCE_RAM], _gauge(VALUES[Metric.INSTANCE_RAM])),
        *((f'known_{metric.value}', labels[metric], _gauge(VALUES[metric]))
          for metric in Metric if metric not in OWN))


def _archive(archive, host, server, other):
    samples = {metric: _gauge(VALUES[metric] / factor(metric, own.unit))
               for metric, own in gnocchi.METRICS.items()}
    samples[Metric.INSTANCE_CPU] = _counter(VALUES[Metric.INSTANCE_CPU] * 1e7)
    of_hosts, of_servers = ({gnocchi.METRICS[metric].name: each for metric, each in samples.items()
                             if metric.is_of_nodes is of_nodes} for of_nodes in (True, False))
    archive.add('host', f'{host}_{host}', of_hosts)
    archive.add('instance', server, of_servers)
    archive.add('instance', other, {'cpu': of_servers['cpu']}, policy='ceilometer-high-rate')


def _archive_broken(archive, broken):
    good = _gauge(VALUES[Metric.HOST_RAM])
    nan = [*good[:-2], (good[-2][0], float('nan')), good[-1]]
    for number in range(2):
        archive.add('host', f'{broken[Fault.TWICE]}-{number}', {'hardware.memory.used': good},
                    host_name=broken[Fault.TWICE])
    archive.add('host', broken[Fault.STALE], {'hardware.memory.used': good[:-4]})
    archive.add('host', broken[Fault.NOT_FINITE], {'hardware.memory.used': nan})
