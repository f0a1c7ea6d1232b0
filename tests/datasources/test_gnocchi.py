# SPDX-License-Identifier: Apache-2.0
"""What Gnocchi has archived becomes an aggregate over the period, in the unit of the metric."""

import pytest

from tests.datasources.archived import (
    END,
    FINE,
    OF_ALL,
    OF_MEAN,
    OF_RATE,
    PERIOD,
    STEP,
    counter,
    gauge,
    gnocchi,
    need,
)
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.metrics import Metric
from watcher_py.datasources.contract import Fault
from watcher_py.datasources.gnocchi import METRICS
from watcher_py.datasources.metric_map import Mapped
from watcher_py.datasources.units import factor


@pytest.fixture
def source(fake):
    return gnocchi(fake)


@pytest.mark.parametrize(('aggregate', 'value'), [
    ('mean', 25), ('min', 10), ('max', 40), ('count', 4), ('p0', 10), ('p50', 25), ('p75', 32.5)])
@pytest.mark.parametrize('archived', [OF_MEAN, OF_ALL], ids=['mean', 'all'])
def test_an_aggregate_is_over_all_of_the_period(fake, source, archived, aggregate, value):
    fake.add('instance', 's1', archived=archived, memory_resident=gauge(10, 20, 30, 40))
    assert source.read(need(aggregate=aggregate)).values == {'s1': value}


@pytest.mark.parametrize(('aggregate', 'value'), [
    ('mean', 100), ('min', 50), ('max', 150), ('p50', 100), ('count', 4)])
def test_cpu_time_is_the_share_of_one_cpu(fake, source, aggregate, value):
    fake.add('instance', 's1', cpu=counter(50, 100, 150))
    assert source.read(need(Metric.INSTANCE_CPU, aggregate)).values == {'s1': pytest.approx(value)}


@pytest.mark.parametrize('every', [20, 60, 100])
def test_cpu_time_that_is_sampled_more_often_than_it_is_kept_is_the_same(fake, source, every):
    fake.add('instance', 's1', cpu=counter(*[80] * (2 * PERIOD // every), every=every))
    for aggregate in ('mean', 'min', 'max'):
        assert source.read(need(Metric.INSTANCE_CPU, aggregate)).values == {'s1': pytest.approx(80)}


def test_cpu_time_that_is_sampled_less_often_than_it_is_kept_is_the_same(fake, source):
    fake.add('instance', 's1', archived=FINE, cpu=counter(*[80] * 8))
    assert source.read(need(Metric.INSTANCE_CPU)).values == {'s1': pytest.approx(80)}


def test_of_cpu_time_that_is_kept_finer_each_step_is_a_window(fake, source):
    rates = [20] * 5 + [70] * 5 + [30] * 5
    fake.add('instance', 's1', archived=FINE, cpu=counter(*rates, every=60))
    assert source.read(need(Metric.INSTANCE_CPU, 'max')).values == {'s1': pytest.approx(70)}
    assert source.read(need(Metric.INSTANCE_CPU, 'mean')).values == {'s1': pytest.approx(40)}


def test_cpu_time_of_which_only_the_rate_is_kept_is_read_from_that(fake, source):
    fake.add('instance', 's1', archived=OF_RATE, cpu=counter(50, 100, 150))
    assert source.read(need(Metric.INSTANCE_CPU, 'max')).values == {'s1': pytest.approx(150)}


def test_a_counter_that_was_reset_is_not_negative(fake, source):
    before, after = counter(50, 50, until=END - 2 * STEP), gauge(1e9, 1e9 + 150e9)
    fake.add('instance', 's1', cpu=before + after)
    assert source.read(need(Metric.INSTANCE_CPU, 'min')).values == {'s1': pytest.approx(50)}


@pytest.mark.parametrize(('metric', 'kept', 'value'), [
    (Metric.HOST_CPU, 12.5, 12.5), (Metric.HOST_RAM, 2048, 2), (Metric.HOST_OUTLET_TEMP, 40, 40),
    (Metric.HOST_INLET_TEMP, 20, 20), (Metric.HOST_AIRFLOW, 7, 70), (Metric.HOST_POWER, 300, 300),
    (Metric.INSTANCE_RAM, 512, 512), (Metric.INSTANCE_RAM_ALLOCATED, 1024, 1024),
    (Metric.INSTANCE_L3_CACHE, 65536, 65536), (Metric.INSTANCE_ROOT_DISK, 20, 20)])
def test_each_metric_is_in_its_unit(fake, source, metric, kept, value):
    kind, name = ('host', 'cn1_cn1') if metric.is_of_nodes else ('instance', 'cn1')
    ids = fake.add(kind, name, archived=OF_MEAN, it=gauge(kept, kept))
    fake.resources[kind][0]['metrics'] = {METRICS[metric].name: ids['it']}
    assert source.read(need(metric)).values == {'cn1': value}
    assert source.read(need(metric, 'count')).values == {'cn1': 2}


def test_what_is_wrong_is_told_apart(fake, source):
    late = END - 3 * STEP
    for name, samples in {'good': gauge(1, 2), 'stale': gauge(1, 2, until=late), 'silent': [],
                          'nan': gauge(1, float('nan'), 2), 'infinite': gauge(float('inf'))}.items():
        fake.add('host', name, archived=OF_MEAN, hardware_memory_used=samples)
    for samples in (gauge(1), gauge(2)):
        fake.add('host', 'two', archived=OF_MEAN, hardware_memory_used=samples)
    for samples in (gauge(1024), gauge(2, until=late)):
        fake.add('host', 'replaced', archived=OF_MEAN, hardware_memory_used=samples)
    measured = source.read(need(Metric.HOST_RAM))
    assert measured.values == {'good': 1.5 / 1024, 'replaced': 1}
    assert measured.faults == {'stale': Fault.STALE, 'silent': Fault.STALE, 'nan': Fault.NOT_FINITE,
                               'infinite': Fault.NOT_FINITE, 'two': Fault.TWICE}
    assert measured.newest == END


def test_a_metric_that_nobody_has_is_not_found(fake, source):
    fake.add('instance', 's1', memory_resident=gauge(1))
    with pytest.raises(NotFound, match='no metric cpu of resources of type instance'):
        source.read(need(Metric.INSTANCE_CPU))
    with pytest.raises(NotFound, match='of type host or nova_compute or ipmi'):
        source.read(need(Metric.HOST_POWER))


def test_an_aggregate_that_there_is_not_is_invalid(fake, source):
    with pytest.raises(Invalid, match='median'):
        source.read(need(aggregate='median'))
    assert fake.asked == []


@pytest.mark.parametrize(('metric', 'mapped', 'samples', 'value'), [
    ('instance_cpu_usage', Mapped(name='cpu.util', unit='%'), gauge(30), 30),
    ('instance_cpu_usage', Mapped(name='cpu.seconds', unit='s'), counter(1e9 * 40), 40),
    ('instance_ram_usage', Mapped(name='memory.used', unit='GiB'), gauge(2), 2048)])
def test_a_metric_is_what_the_map_says(fake, metric, mapped, samples, value):
    if mapped.unit == 's':
        samples = [(time, value / 1e9 / 1e9) for time, value in samples]
    ids = fake.add('instance', 's1', it=samples)
    fake.resources['instance'][0]['metrics'] = {mapped.name: ids['it']}
    source = gnocchi(fake, **{metric: mapped})
    assert source.read(need(Metric(metric))).values == {'s1': pytest.approx(value)}


def test_series_have_a_value_for_each_step_that_was_measured(fake, source):
    fake.add('instance', 's1', cpu=counter(50, 100, 150), memory_resident=gauge(1, 2, 3))
    series = source.series(need(Metric.INSTANCE_CPU))['s1']
    assert list(series.times) == [END - 2 * STEP, END - STEP, END]
    assert list(series.values) == pytest.approx([50, 100, 150])
    coarser = source.series(need(aggregate='max', granularity=600))['s1']
    assert (list(coarser.times), list(coarser.values)) == ([END - STEP], [2])


def test_there_is_no_metric_that_gnocchi_has_no_name_for():
    assert METRICS.keys() == set(Metric)
    assert all(factor(metric, own.unit) for metric, own in METRICS.items())
