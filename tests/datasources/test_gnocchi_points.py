# SPDX-License-Identifier: Apache-2.0
"""A thousand series are one query, whatever their archive policies are."""

import pytest

from tests.datasources.archived import (
    COARSE,
    END,
    FINE,
    OF_ALL,
    OF_MEAN,
    OF_RATE,
    counter,
    gauge,
    gnocchi,
    need,
)
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.datasources import gnocchi_points


@pytest.fixture
def source(fake):
    return gnocchi(fake)


def test_a_thousand_series_are_one_query(fake, source):
    fake.page = 400                 # Gnocchi's own limit may be lower than ours
    for number in range(2100):
        fake.add('instance', f's{number}', archived=OF_MEAN, memory_resident=gauge(number))
    expected = {f's{number}': number for number in range(2100)}
    assert source.read(need()).values == expected
    assert len(fake.queries()) == 3
    assert len([path for path in fake.asked if 'search' in path]) == 6
    fake.asked.clear()
    assert source.read(need(aggregate='max')).values == expected
    assert fake.asked == ['/v1/aggregates'] * 3


@pytest.mark.parametrize(('archived', 'step'), [(FINE, 60), (COARSE, 600)], ids=['fine', 'coarse'])
def test_where_the_granularity_is_not_kept_the_next_is_taken(fake, source, archived, step):
    end = END // step * step
    fake.add('instance', 's1', archived=archived, memory_resident=gauge(10, 30, every=step, until=end))
    assert source.read(need()).values == {'s1': 20}
    assert source.read(need(aggregate='count')).values == {'s1': 2}


def test_archive_policies_may_differ(fake, source):
    samples = gauge(5, until=END // 600 * 600)
    for number, archived in enumerate((OF_MEAN, FINE, COARSE, OF_ALL, OF_MEAN)):
        fake.add('instance', f's{number}', archived=archived, memory_resident=samples)
    for _ in range(2):
        values = source.read(need(aggregate='max')).values
        assert values == dict.fromkeys(('s0', 's1', 's2', 's3', 's4'), 5)


def test_a_method_that_is_not_kept_is_told_with_those_that_are(fake, source):
    fake.add('instance', 's1', archived=('odd', ('max', 'min'), (300,)), cpu=counter(1))
    with pytest.raises(Invalid, match=r'odd keeps max, min; .* needs last or mean or rate:mean'):
        source.read(need(Metric.INSTANCE_CPU))


def test_a_policy_that_keeps_nothing_of_use_takes_no_other_with_it(fake, source):
    for number in range(4):
        fake.add('instance', f's{number}', archived=('odd', ('max',), (300,)), cpu=counter(1))
        fake.add('instance', f't{number}', cpu=counter(40))
    assert source.read(need(Metric.INSTANCE_CPU)).values == dict.fromkeys(
        ('t0', 't1', 't2', 't3'), pytest.approx(40))


def test_archive_policies_may_have_nothing_in_common(fake, source):
    fake.add('instance', 's1', archived=OF_MEAN, cpu=counter(40))
    fake.add('instance', 's2', archived=OF_RATE, cpu=counter(40, 40))
    assert source.read(need(Metric.INSTANCE_CPU)).values == dict.fromkeys(('s1', 's2'), pytest.approx(40))


def test_archive_policies_that_differ_without_end_are_given_up(fake, source):
    for number in range(100):
        fake.add('instance', f's{number}', archived=(OF_MEAN, OF_RATE)[number % 2], cpu=counter(40, 40))
    with pytest.raises(Invalid, match='the archive policies of metric cpu differ too much'):
        source.read(need(Metric.INSTANCE_CPU))
    assert len(fake.asked) < 100


def test_a_metric_that_goes_meanwhile_takes_no_other_with_it(fake, source):
    for name in ('s1', 's2', 's3'):
        fake.add('instance', name, archived=OF_MEAN, memory_resident=gauge(1))
    source.read(need())
    rows = sorted(fake.resources['instance'], key=lambda row: row['id'])
    del fake.metrics[rows[0]['metrics']['memory.resident']]
    assert len(source.read(need()).values) == 2
    other = gnocchi(fake)
    assert len(other.read(need()).values) == 2


def test_many_moments_are_asked_for_without_filling(fake, source, monkeypatch):
    monkeypatch.setattr(gnocchi_points, 'MOMENTS', 3)
    fake.add('instance', 's1', memory_resident=gauge(1, float('nan'), 3))
    assert source.read(need()).values == {'s1': 2}
