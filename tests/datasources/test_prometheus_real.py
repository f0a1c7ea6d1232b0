# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus that is fed with known series gives the known values, and what is wrong is told apart."""

from dataclasses import replace

import numpy as np
import pytest

from tests.datasources import known
from tests.datasources.known import END, NOW, PERIOD, STEP, counter, gauge, wave
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.contract import Fault
from watcher_py.datasources.metric_map import Mapped, MetricMap
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite

MIB = 2 ** 20
TOTAL = 64 * 1024 * MIB
IDLE = [wave(cpu, 0.1, 0.9) for cpu in range(2)]
WORK = wave(3, 2e8, 3e9)                    # ns a second: of one CPU, 20 to 300 %
USED = gauge(wave(4, 1000.0, 3000.0))       # MiB
FREE = gauge(wave(5, 1e9, 4e10))            # B
QUARTER_HOUR = 900
LATE = 137


def _cpu(host, rates, cpu=0, job='node', **when):
    labels = {'mode': 'idle', 'cpu': cpu, 'fqdn': host, 'job': job}
    return 'node_cpu_seconds_total', labels, counter(rates, **when)


def _work(server, rates=WORK, host='cn1', **when):
    return 'ceilometer_cpu', {'resource': server, 'publisher': host}, counter(rates, **when)


def _ram(server, samples, host='cn1'):
    return 'ceilometer_memory_usage', {'resource': server, 'publisher': host}, samples


def _memory(host, samples, instance='one'):
    labels = {'fqdn': host, 'instance': instance}
    return [('node_memory_MemAvailable_bytes', labels, samples),
            ('node_memory_MemTotal_bytes', labels, [(time, float(TOTAL)) for time, _ in samples])]


def _idle(share):
    return np.full(len(WORK), share)


def _sensor(kind, name, value):
    labels = {'fqdn': 'cn1', 'id': name.lower(), 'name': name}
    return f'ipmi_{kind}', labels, [(time, value) for time, _ in USED]


def _delay(server, vcpu, rate):
    return 'libvirt_domain_vcpu_delay_seconds_total', {'resource': server, 'vcpu': vcpu}, counter(_idle(rate))


SERIES = [
    _cpu('cn1', IDLE[0]), _cpu('cn1', IDLE[1], cpu=1),
    _cpu('booted', _idle(1.0), since=END - 480),
    _cpu('was-off', _idle(1.0), until=END - 4000), _cpu('was-off', _idle(1.0), since=END - 1500),
    _cpu('silent', IDLE[0], until=END - QUARTER_HOUR - 60), _cpu('gone', IDLE[0], until=END - PERIOD - 600),
    _cpu('forgotten', IDLE[0], until=END - 2 * PERIOD - 600),
    _cpu('two', IDLE[0]), _cpu('two', IDLE[1], job='other'), _cpu('', IDLE[0]),
    *_memory('cn1', FREE), *_memory('two', FREE), *_memory('two', FREE, 'other'),
    _work('s1'), _work('polled', every=STEP), _work('polled-late', every=STEP, late=LATE),
    _work('rarely', _idle(1e9), every=3 * STEP), _work('young', _idle(8e8), since=END - 450),
    _work('moved', _idle(4e8), until=END - 600), _work('moved', _idle(4e8), 'cn2', since=END - 540),
    _ram('moved', USED[:-20]), _ram('moved', USED[-20:], 'cn2'),
    _ram('s1', USED), _ram('nan', [*USED[:-5], (USED[-5][0], float('nan')), *USED[-4:]]),
    _ram('infinite', [*USED[:-1], (USED[-1][0], float('inf'))]),
    ('node_hwmon_temp_celsius', {'fqdn': 'cn1', 'sensor': 'outlet'}, [(time, 40.5) for time, _ in USED]),
    ('node_hwmon_temp_celsius', {'fqdn': 'cn1', 'sensor': 'cpu'}, [(time, 70.0) for time, _ in USED]),
    ('ipmi_power_milliwatts', {'bmc': 'cn1'}, [(time, value * 1000) for time, value in USED]),
    ('libvirt_cpu_seconds', {'domain': 's1'}, counter(WORK / 1e9)),
    _sensor('temperature_celsius', 'Inlet Temp', 22.0), _sensor('temperature_celsius', 'CPU1 Temp', 80.0),
    _sensor('temperature_celsius', 'Exhaust Temp', 40.0), _sensor('temperature_celsius', 'outlet 2', 42.0),
    _sensor('sensor_value', 'Sys Airflow', 38.0),
    ('ipmi_dcmi_power_consumption_watts', {'fqdn': 'cn1'}, [(time, 250.0) for time, _ in USED]),
    ('ceilometer_cpu_l3_cache', {'resource': 's1'}, [(time, 3e6) for time, _ in USED]),
    _delay('s1', 0, 0.1), _delay('s1', 1, 0.3),
]


@pytest.fixture(scope='module')
def url(a_prometheus):
    return a_prometheus(known.openmetrics(*SERIES))


@pytest.fixture
def source(url):
    return _source(url)


def _source(url, **mapped):
    names = {('prometheus', Metric(name)): each for name, each in mapped.items()}
    return Prometheus(WebSite('prometheus', url), metric_map=MetricMap(names), patience=Patience(tries=1),
                      clock=lambda: NOW)


def _need(metric, aggregate='mean', period=PERIOD):
    return MetricNeed(metric, period, STEP, aggregate)


OF_CN1 = known.last_steps(100 - (IDLE[0] + IDLE[1]) * 50)
OF_S1 = known.last_steps(WORK / 1e7)
SCRAPES = PERIOD // known.SCRAPED_EVERY
TRUTH = {
    Metric.HOST_CPU: ('cn1', OF_CN1), Metric.INSTANCE_CPU: ('s1', OF_S1),
    Metric.HOST_RAM: ('cn1', [(TOTAL - free) / MIB for free in known.last_samples(FREE)]),
    Metric.INSTANCE_RAM: ('s1', known.last_samples(USED))}


@pytest.mark.parametrize('aggregate', known.AGGREGATES)
@pytest.mark.parametrize('metric', TRUTH)
def test_each_aggregate_of_each_metric_is_the_known_value(source, metric, aggregate):
    name, truth = TRUTH[metric]
    assert source.read(_need(metric, aggregate)).values[name] == _exactly(known.aggregate(aggregate, truth))


@pytest.mark.parametrize('metric', TRUTH)
def test_a_count_is_of_samples(source, metric):
    name, _ = TRUTH[metric]
    assert source.read(_need(metric, 'count')).values[name] == SCRAPES


@pytest.mark.parametrize(('server', 'late'), [('polled', 0), ('polled-late', LATE)])
@pytest.mark.parametrize('aggregate', known.AGGREGATES)
def test_a_counter_that_is_polled_once_a_step_has_each_aggregate(source, server, late, aggregate):
    polls = [value for _, value in counter(WORK, every=STEP, late=late)]
    truth = known.last_steps(np.diff(polls) / STEP / 1e7)
    value = source.read(_need(Metric.INSTANCE_CPU, aggregate)).values[server]
    assert value == _exactly(known.aggregate(aggregate, truth))


@pytest.mark.parametrize('aggregate', ['mean', 'min', 'max', 'p95'])
def test_a_period_of_one_step_is_its_rate(source, aggregate):
    measured = source.read(_need(Metric.INSTANCE_CPU, aggregate, period=STEP))
    assert measured.values['moved'] == _exactly(40)


def test_what_was_not_measured_is_not_taken_for_zero(source):
    hosts = source.read(_need(Metric.HOST_CPU)).values
    assert hosts['booted'] == pytest.approx(0, abs=1e-6)
    assert hosts['was-off'] == pytest.approx(0, abs=1e-6)
    servers = source.read(_need(Metric.INSTANCE_CPU)).values
    assert servers['young'] == _exactly(80)
    assert servers['rarely'] == _exactly(100)


def test_stale_duplicated_and_unheard_of_are_told_apart(source):
    hosts = source.read(_need(Metric.HOST_CPU))
    assert hosts.faults == {'silent': Fault.STALE, 'gone': Fault.STALE, 'two': Fault.TWICE}
    assert hosts.values.keys() == {'cn1', 'booted', 'was-off'}
    memory = source.read(_need(Metric.HOST_RAM))
    assert (memory.faults, memory.values.keys()) == ({'two': Fault.TWICE}, {'cn1'})


@pytest.mark.parametrize('aggregate', known.AGGREGATES)
def test_what_is_not_a_number_is_told_apart(source, aggregate):
    servers = source.read(_need(Metric.INSTANCE_RAM, aggregate))
    assert servers.faults == {'nan': Fault.NOT_FINITE, 'infinite': Fault.NOT_FINITE}
    assert servers.values.keys() == {'s1', 'moved'}


def test_a_server_that_has_migrated_is_not_there_twice(source):
    servers = source.read(_need(Metric.INSTANCE_CPU))
    assert servers.values['moved'] == _exactly(40)
    assert servers.faults == {}


@pytest.mark.parametrize('aggregate', ['min', 'max'])
def test_the_extremes_of_a_server_that_has_migrated_are_those_of_both_places(source, aggregate):
    servers = source.read(_need(Metric.INSTANCE_RAM, aggregate)).values
    assert servers['moved'] == servers['s1']


def test_the_newest_sample_is_told(source):
    assert source.read(_need(Metric.HOST_CPU)).newest == END


def test_the_newest_sample_is_told_when_it_is_some_minutes_old(url):
    later = END + 540
    assert replace(_source(url), clock=lambda: later).read(_need(Metric.HOST_CPU)).newest == END


@pytest.mark.parametrize('metric', [Metric.HOST_CPU, Metric.INSTANCE_CPU])
def test_series_have_a_value_for_each_step(source, metric):
    name, truth = TRUTH[metric]
    series = source.series(_need(metric))
    assert list(series[name].times) == list(range(END - PERIOD + STEP, END + 1, STEP))
    assert list(series[name].values) == _exactly(list(truth))
    assert 'two' not in series


@pytest.mark.parametrize('aggregate', ['mean', 'min', 'p50', 'count'])
def test_series_of_samples_have_the_aggregate_of_each_step(source, aggregate):
    values = source.series(_need(Metric.INSTANCE_RAM, aggregate))['s1'].values
    truth = [known.aggregate(aggregate, [value for time, value in USED if end - STEP <= time <= end])
             for end in range(END - PERIOD + STEP, END + 1, STEP)]
    assert list(values) == _exactly(truth)


@pytest.mark.parametrize(('metric', 'mapped', 'expected'), [
    ('host_outlet_temp', Mapped(name='node_hwmon_temp_celsius{sensor="outlet"}'), {'cn1': 40.5}),
    ('host_inlet_temp', Mapped(query='min by ($label) (node_hwmon_temp_celsius)', unit='C'), {'cn1': 40.5}),
    ('host_power', Mapped(name='ipmi_power_milliwatts', label='bmc', unit='mW'),
     {'cn1': np.mean(known.last_samples(USED))}),
    ('instance_cpu_usage', Mapped(name='libvirt_cpu_seconds', label='domain', unit='s'),
     {'s1': np.mean(OF_S1)}),
    ('instance_cpu_usage', Mapped(
        query='sum by ($label) (rate(libvirt_cpu_seconds[$granularity]))', label='domain', unit='s'),
     {'s1': np.mean(OF_S1)}),
])
def test_a_metric_is_what_the_map_says(url, metric, mapped, expected):
    measured = _source(url, **{metric: mapped}).read(_need(Metric(metric)))
    assert measured.values == _exactly(expected)
    assert measured.faults == {}


@pytest.mark.parametrize('aggregate', ['mean', 'max', 'p95'])
@pytest.mark.parametrize(('metric', 'name', 'expected'), [
    (Metric.HOST_INLET_TEMP, 'cn1', 22.0), (Metric.HOST_AIRFLOW, 'cn1', 38.0),
    (Metric.HOST_POWER, 'cn1', 250.0), (Metric.INSTANCE_L3_CACHE, 's1', 3e6),
    (Metric.INSTANCE_CPU_STEAL, 's1', 20.0)])
def test_what_the_exporters_of_hardware_tell_is_understood(source, metric, name, expected, aggregate):
    measured = source.read(_need(metric, aggregate))
    assert (measured.values, measured.faults) == ({name: _exactly(expected)}, {})


def test_several_sensors_of_a_kind_are_no_fault(source):
    assert source.read(_need(Metric.HOST_OUTLET_TEMP)).values == {'cn1': _exactly(41.0)}
    assert source.read(_need(Metric.HOST_OUTLET_TEMP, 'max')).values == {'cn1': _exactly(42.0)}


def test_series_of_the_operators_query_are_its_values_at_each_step(url):
    power = Mapped(query='sum by ($label) (ipmi_power_milliwatts)', label='bmc', unit='mW')
    series = _source(url, host_power=power).series(_need(Metric.HOST_POWER))['cn1']
    at_steps = [value for time, value in USED if time in series.times]
    assert list(series.values) == _exactly(at_steps)


def test_a_name_of_several_series_is_duplicated(url):
    source = _source(url, host_outlet_temp=Mapped(name='node_hwmon_temp_celsius'))
    assert source.read(_need(Metric.HOST_OUTLET_TEMP)).faults == {'cn1': Fault.TWICE}


def test_what_prometheus_can_not_parse_is_invalid_in_its_own_words(url):
    source = _source(url, host_power=Mapped(query='sum by ($label) (ipmi_power'))
    with pytest.raises(Invalid, match=r'HTTP 400: .*parse error'):
        source.read(_need(Metric.HOST_POWER))


def _exactly(value):
    return pytest.approx(value, rel=1e-6)
