# SPDX-License-Identifier: Apache-2.0
"""Of an archive policy the part that comes nearest to what is asked for is taken."""

import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.gnocchi_policy import Kept, Policy, kept, policy_of

HOUR, DAY, YEAR = 3600, 86400, 365 * 86400
# As Gnocchi's own policies are.
HIGH = {1: HOUR, 60: 7 * DAY, HOUR: YEAR}
LOW = {300: 30 * DAY}


def _kept(methods, spans=LOW, aggregate='mean', is_of_growth=False, period=HOUR, granularity=300):
    need = MetricNeed(Metric.INSTANCE_CPU, period, granularity, aggregate)
    return kept(Policy('it', frozenset(methods), spans), need, is_of_growth)


def test_a_policy_is_read_as_gnocchi_tells_it():
    told = {'name': 'high', 'aggregation_methods': ['mean', 'max'], 'back_window': 0, 'definition': [
        {'granularity': '0:00:01', 'timespan': '1:00:00', 'points': 3600},
        {'granularity': '1:00:00', 'timespan': '365 days, 0:00:00', 'points': 8760},
        {'granularity': '0:00:00.500000', 'timespan': '1 day, 0:00:30', 'points': 172860}]}
    assert policy_of(told) == Policy('high', frozenset({'mean', 'max'}),
                                     {1: HOUR, HOUR: YEAR, 0.5: DAY + 30})


def test_a_time_in_another_form_is_told():
    with pytest.raises(Invalid, match="'5 minutes'"):
        policy_of({'name': 'x', 'aggregation_methods': [],
                   'definition': [{'granularity': '5 minutes', 'timespan': '1:00:00'}]})


def test_a_policy_that_keeps_nothing_is_told():
    with pytest.raises(Invalid, match='archive policy x keeps nothing'):
        policy_of({'name': 'x', 'aggregation_methods': ['mean'], 'definition': []})


@pytest.mark.parametrize(('methods', 'aggregate', 'is_of_growth', 'method'), [
    (['mean', 'max'], 'max', False, 'max'), (['mean', 'max'], 'min', False, 'mean'),
    (['mean', 'count'], 'count', False, 'count'), (['last'], 'p95', False, 'last'),
    (['mean', 'rate:mean'], 'max', True, 'mean'), (['last', 'mean', 'max'], 'max', True, 'last'),
    (['rate:mean'], 'mean', True, 'rate:mean')])
def test_the_method_is_the_nearest_to_the_aggregate(methods, aggregate, is_of_growth, method):
    assert _kept(methods, aggregate=aggregate, is_of_growth=is_of_growth) == Kept(method, 300)


@pytest.mark.parametrize('is_of_growth', [False, True])
def test_without_a_method_of_use_those_that_there_are_are_told(is_of_growth):
    with pytest.raises(Invalid, match='archive policy it keeps std, sum; instance_cpu_usage needs '):
        _kept(['sum', 'std'], is_of_growth=is_of_growth)


@pytest.mark.parametrize(('spans', 'granularity', 'period', 'step'), [
    (HIGH, 60, HOUR, 60), (HIGH, 300, HOUR, 60), (HIGH, 10, HOUR, 1), (HIGH, 2 * HOUR, DAY, HOUR),
    (HIGH, 10, DAY, 60), (HIGH, 300, 30 * DAY, HOUR), (HIGH, 300, 2 * YEAR, HOUR), (LOW, 60, HOUR, 300)])
def test_the_granularity_is_the_next_that_goes_back_far_enough(spans, granularity, period, step):
    assert _kept(['mean'], spans, granularity=granularity, period=period).step == step
