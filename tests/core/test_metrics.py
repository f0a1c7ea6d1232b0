# SPDX-License-Identifier: Apache-2.0
"""What may be asked to be measured, and what is unknown until it was."""

import numpy as np
import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed, Readings


def _need(aggregate='mean', period=3600.0, granularity=300.0):
    return MetricNeed(Metric.HOST_CPU, period, granularity, aggregate)


@pytest.mark.parametrize(('aggregate', 'percentile'), [
    ('p0', 0), ('p5', 5), ('p50', 50), ('p99.9', 99.9), ('p100', 100), ('mean', None), ('p101', None),
    ('p1e1', None), ('95', None)])
def test_percentiles_are_named_by_their_number(aggregate, percentile):
    assert _need(aggregate).percentile == percentile


@pytest.mark.parametrize('aggregate', ['mean', 'min', 'max', 'count', 'p95'])
def test_these_aggregates_are_understood(aggregate):
    _need(aggregate).check()


@pytest.mark.parametrize('aggregate', ['', 'median', 'p101', 'P95', 'rate:mean'])
def test_others_are_invalid(aggregate):
    with pytest.raises(Invalid, match='is no aggregate; there are mean, min, max, count'):
        _need(aggregate).check()


@pytest.mark.parametrize(('period', 'granularity'), [(0, 300), (3600, 0), (-1, 300), (float('nan'), 300)])
def test_a_time_that_is_none_is_invalid(period, granularity):
    with pytest.raises(Invalid, match='above 0 seconds'):
        _need('mean', period, granularity).check()


@pytest.mark.parametrize(('period', 'granularity', 'fresh'), [
    (3600, 300, 900), (600, 300, 600), (300, 300, 300)])
def test_three_samples_may_be_missing_but_not_the_whole_period(period, granularity, fresh):
    assert _need('mean', period, granularity).fresh_within == fresh


def test_hosts_and_servers_have_metrics_of_their_own():
    assert {metric.value.split('_')[0] for metric in Metric if metric.is_of_nodes} == {'host'}
    assert {metric.value.split('_')[0] for metric in Metric if not metric.is_of_nodes} == {'instance'}


def test_what_was_never_measured_is_unknown():
    readings = Readings({Metric.HOST_CPU: np.array([1.0])})
    assert list(readings.column(Metric.HOST_CPU, 1)) == [1.0]
    assert np.isnan(readings.column(Metric.HOST_RAM, 3)).tolist() == [True] * 3


def test_each_metric_has_a_unit():
    assert all(metric.unit for metric in Metric)
