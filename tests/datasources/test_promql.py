# SPDX-License-Identifier: Apache-2.0
"""Queries are text: what is asked of them beyond what a real Prometheus shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.promql import Expression, Gauge, Idle, Rate, Used, filled, question, step

RECIPES = {
    'gauge': Gauge('g'), 'used': Used('available', total='total'), 'rate': Rate('c'),
    'idle': Idle('c{mode="idle"}', several=('cpu',)), 'query': Expression('sum by (host) (q)')}
AGGREGATES = (st.sampled_from(['mean', 'min', 'max', 'count', 'p100', 'p99.99999', 'p0.00001'])
              | st.integers(0, 100).map('p{}'.format))


@pytest.mark.parametrize('recipe', RECIPES.values(), ids=RECIPES)
@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6), AGGREGATES)
def test_every_need_has_a_well_formed_query(recipe, period, granularity, aggregate):
    need = MetricNeed(Metric.HOST_CPU, period, granularity, aggregate)
    for text in (question(recipe, need, 'host'), step(recipe, need, 'host')):
        assert all(text.count(left) == text.count(right) for left, right in ('()', '[]', '{}'))
        assert '[0s' not in text
        assert 'e+' not in text


def test_the_operators_query_is_filled_with_the_need():
    need = MetricNeed(Metric.HOST_POWER, 3600, 299.6)
    template = 'sum by ($label) (rate(x{d=~"sd.$"}[$granularity])) or y[$period:${granularity}] or $other'
    assert filled(template, need, 'fqdn') == (
        'sum by (fqdn) (rate(x{d=~"sd.$"}[300s])) or y[3600s:300s] or $other')
