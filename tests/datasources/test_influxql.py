# SPDX-License-Identifier: Apache-2.0
"""A query for one host or server becomes one for all of them, in steps."""

import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.influxql import question, retention

NEED = MetricNeed(Metric.HOST_CPU, 3600, 300, 'max')
PERIODS = {'five_years': 31556952, 'one_week': 604800, 'one_month': 2592000}


def _asked(template, attribute=None):
    found = question(template, attribute, NEED, 'one_week')
    return found.text, found.tag


@pytest.mark.parametrize(('template', 'text'), [
    ('SELECT 100-{0}("{0}_value") FROM "{4}"."cpu" WHERE "host" =~ /^{1}$/ AND time > now()-{2}s',
     'SELECT 100-mean("mean_value") FROM "one_week"."cpu" WHERE "host" =~ /./ AND time > now()-3900s '
     'GROUP BY time(300s), "host" fill(none)'),
    ("SELECT {0}(v) FROM cpu WHERE host = '{1}' AND time > now()-{2}s;",
     'SELECT mean(v) FROM cpu WHERE "host" =~ /./ AND time > now()-3900s '
     'GROUP BY time(300s), "host" fill(none)'),
    ('SELECT {0}(v) FROM cpu WHERE host =~ /{1}/ group by time({3}s) fill(null) '
     'ORDER BY time DESC LIMIT 1 SLIMIT 1',
     'SELECT mean(v) FROM cpu WHERE "host" =~ /./ GROUP BY time(300s), "host" fill(null) '
     'ORDER BY time DESC'),
    ('SELECT {0}(v) FROM cpu WHERE host=~/^{1}$/ GROUP BY host tz(\'Europe/Bern\')',
     'SELECT mean(v) FROM cpu WHERE "host" =~ /./ GROUP BY time(300s), host fill(none) '
     "tz('Europe/Bern')"),
])
def test_whom_a_query_is_about_is_anyone(template, text):
    assert _asked(template) == (text, 'host')


def test_a_query_about_all_is_told_apart_by_the_attribute():
    text = 'SELECT mean(v) FROM cpu GROUP BY time(300s), "hypervisor_hostname" fill(none)'
    assert _asked('SELECT {0}(v) FROM cpu', 'hypervisor_hostname') == (text, 'hypervisor_hostname')
    assert _asked('SELECT {0}(v) FROM cpu GROUP BY time({3}s), host') == (
        'SELECT mean(v) FROM cpu GROUP BY time(300s), host fill(none)', None)


@pytest.mark.parametrize(('template', 'reason'), [
    ('SELECT {0}(v) FROM "{1}"', 'is about one host or server'),
    ('SELECT {0}(v) FROM cpu WHERE host =~ /^{1}-.*$/', 'is about one host or server'),
    ('SELECT {0}(v) FROM cpu WHERE x =~ /a{7}/', 'may stand in braces'),
    ('SELECT {0}(v) FROM {cpu}', 'may stand in braces'),
    ('SELECT {0}(v) FROM {', 'may stand in braces'),
])
def test_a_query_that_can_not_be_about_all_is_told(template, reason):
    with pytest.raises(Invalid, match=reason):
        _asked(template)


@pytest.mark.parametrize(('period', 'name'), [
    (3600, 'one_week'), (604800, 'one_week'), (604801, 'one_month'), (1e10, 'five_years')])
def test_the_shortest_retention_that_is_long_enough_is_taken(period, name):
    assert retention(PERIODS, MetricNeed(Metric.HOST_CPU, period, 300)) == name


def test_without_any_retention_nothing_can_be_asked():
    with pytest.raises(Invalid, match='retention_periods is empty'):
        retention({}, NEED)
