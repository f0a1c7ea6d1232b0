# SPDX-License-Identifier: Apache-2.0
"""`strategy state` says what is measured, of how many, how fresh, and what is wrong."""

from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.contract import Fault
from watcher_py.engine.availability import rows
from watcher_py.engine.coverage import Coverage


def _coverage(metric=Metric.HOST_CPU, of=3, **more):
    empty = {'given': {}, 'faults': {}, 'missing': of, 'found': {}}
    return Coverage(MetricNeed(metric, 600, 300), of, **{**empty, **more})


def _rows(*coverage, sources=('prometheus',)):
    return [(row['type'], row['state'], row['mandatory'], row['comment'])
            for row in rows(coverage, sources, now=1000.0)]


def test_what_is_measured_is_available_with_its_number_and_age():
    known = _coverage(given={'prometheus': 2}, found={'prometheus': 9}, faults={Fault.STALE: 1}, missing=0,
                      newest=987.6)
    assert _rows(known) == [
        ('Datasource', 'prometheus: available', True, ''),
        ('Metrics', [{'host_cpu_usage': 'available'}], False,
         'host_cpu_usage: 2 of 3 known (2 from prometheus), 1 stale, newest 12 s old')]


def test_what_nobody_has_is_not_available_and_the_reason_is_told_once():
    failed = [_coverage(metric, failures=('no answer',)) for metric in (Metric.HOST_CPU, Metric.HOST_RAM)]
    assert _rows(*failed) == [
        ('Datasource', 'prometheus: not available', True, 'no answer'),
        ('Metrics', [{'host_cpu_usage': 'not available'}, {'host_ram_usage': 'not available'}], False,
         'host_cpu_usage: 0 of 3 known, 3 missing; host_ram_usage: 0 of 3 known, 3 missing')]


def test_series_that_are_all_stale_are_not_available():
    stale = _coverage(faults={Fault.STALE: 3}, missing=0, found={'prometheus': 0})
    assert _rows(stale)[1][1] == [{'host_cpu_usage': 'not available'}]


def test_the_first_source_that_answers_is_named():
    known = _coverage(given={'second': 3}, found={'second': 3}, missing=0, lacks=('nothing here',))
    assert _rows(known, sources=('first', 'second'))[0] == (
        'Datasource', 'second: available', True, 'nothing here')


def test_a_strategy_that_measures_nothing_needs_no_source():
    assert _rows()[0][1] == 'This strategy needs no datasource'
    assert _rows(_coverage(), sources=())[0][1] == 'No datasource is configured'


def test_a_metric_is_named_once_and_its_two_periods_are_told_apart():
    last, earlier = (Coverage(MetricNeed(Metric.INSTANCE_L3_CACHE, 100, 100, is_earlier=is_earlier), 2,
                              {'gnocchi': known}, {}, 2 - known, {'gnocchi': known})
                     for is_earlier, known in ((False, 2), (True, 1)))
    assert _rows(last, earlier)[1][1:] == (
        [{'instance_l3_cache_usage': 'available'}], False,
        'instance_l3_cache_usage: 2 of 2 known (2 from gnocchi); '
        'instance_l3_cache_usage of the period before: 1 of 2 known (1 from gnocchi), 1 missing')
