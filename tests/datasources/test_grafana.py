# SPDX-License-Identifier: Apache-2.0
"""Grafana is asked once a metric, and what InfluxDB says is told."""

import contextlib

import pytest
from hypothesis import given

from tests.datasources.archived import END, NOW, PERIOD, STEP
from tests.datasources.nonsense import ANSWERS, Parrot
from watcher_py.core.errors import Invalid, NotFound, Refused, Unavailable, WatcherError
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.contract import Fault
from watcher_py.datasources.grafana import Grafana
from watcher_py.datasources.metric_map import Mapped, MetricMap
from watcher_py.datasources.panels import Panel
from watcher_py.datasources.web_site import Access, WebSite

TEMPLATE = 'SELECT {0}("value") FROM "{4}"."load" WHERE "host" =~ /^{1}$/ AND time > now()-{2}s'


def _source(script, metric=Metric.HOST_CPU, query=TEMPLATE, attribute=None, **mapped):
    names = {('grafana', Metric(name)): each for name, each in mapped.items()}
    site = WebSite('grafana', f'{script.url}/api/datasources/proxy/', Access(bearer='s3cret'))
    return Grafana(site, {metric: Panel('7', 'telegraf', query, attribute)}, {'one_week': 604800},
                   MetricMap(names), Patience(2, 0), lambda: NOW)


def _need(metric=Metric.HOST_CPU, aggregate='mean'):
    return MetricNeed(metric, PERIOD, STEP, aggregate)


def _series(tags, *values):
    """As InfluxDB 1.6 answers; the last step ends at END."""
    begins = [END - STEP * (len(values) - number) for number in range(len(values))]
    return {'name': 'load', 'tags': tags, 'columns': ['time', 'mean'],
            'values': [[begin, value] for begin, value in zip(begins, values, strict=True)]}


def _answer(*series):
    return 200, {'results': [{'statement_id': 0, **({'series': list(series)} if series else {})}]}


@pytest.mark.parametrize(('aggregate', 'value'), [
    ('mean', 2.5), ('min', 1), ('max', 4), ('count', 4), ('p50', 2.5), ('p75', 3.25)])
def test_a_metric_is_one_query_for_all(script, aggregate, value):
    script.answer(_answer(_series({'host': 'cn1'}, 1, 2, 3, 4), _series({'host': 'cn10'}, 9, 9, None, 9)))
    found = _source(script).read(_need(aggregate=aggregate))
    assert found.values == {'cn1': value, 'cn10': 3 if aggregate == 'count' else 9}
    assert found.newest == END
    [(path, asked, headers)] = script.asked
    assert path == '/api/datasources/proxy/7/query'
    assert asked == {'db': 'telegraf', 'epoch': 's', 'q': 'SELECT mean("value") FROM "one_week"."load" WHERE '
                     '"host" =~ /./ AND time > now()-3900s GROUP BY time(300s), "host" fill(none)'}
    assert headers['Authorization'] == 'Bearer s3cret'


def test_series_have_a_value_for_each_step(script):
    script.answer(_answer(_series({'host': 'cn1'}, 1, None, 3)))
    series = _source(script).series(_need())['cn1']
    assert (list(series.times), list(series.values)) == ([END - 2 * STEP, END], [1, 3])


def test_stale_and_duplicated_are_told_apart(script):
    script.answer(_answer(
        _series({'host': 'stale'}, 1, None, None, None), _series({'host': 'good'}, 1),
        _series({'host': 'two', 'cpu': '0'}, 1), _series({'host': 'two', 'cpu': '1'}, 1)))
    found = _source(script).read(_need())
    assert found.values == {'good': 1}
    assert found.faults == {'stale': Fault.STALE, 'two': Fault.TWICE}


def test_who_is_not_there_is_not_known(script):
    script.answer(_answer())
    assert _source(script).read(_need()).values == {}


@pytest.mark.parametrize(('metric', 'unit', 'value'), [
    (Metric.HOST_RAM, None, 2), (Metric.HOST_RAM, 'MiB', 2048), (Metric.HOST_AIRFLOW, None, 2048),
    (Metric.INSTANCE_CPU, 'ratio', 204800)])
def test_a_value_is_in_watchers_unit_or_in_the_one_of_the_map(script, metric, unit, value):
    script.answer(_answer(_series({'host': 'x'}, 2048)))
    mapped = {metric.value: Mapped(name='x', unit=unit)} if unit else {}
    assert _source(script, metric, **mapped).read(_need(metric)).values == {'x': value}


@pytest.mark.parametrize('metric', [Metric.INSTANCE_CPU, Metric.HOST_CPU])
def test_cpu_of_a_server_is_told_of_all_its_vcpus(script, metric):
    script.answer(_answer(_series({'host': 'x'}, 50)))
    source, of_servers = _source(script, metric), metric is Metric.INSTANCE_CPU
    assert source.read(_need(metric)).of_all_vcpus is of_servers
    assert [one.of_all_vcpus for one in source.series(_need(metric)).values()] == [of_servers]


def test_a_counter_is_to_be_made_a_rate_by_the_query(script):
    script.answer(_answer(_series({'host': 'x'}, 2048)))
    source = _source(script, Metric.INSTANCE_CPU, instance_cpu_usage=Mapped(name='x', unit='ns'))
    with pytest.raises(Invalid, match='derivative'):
        source.read(_need(Metric.INSTANCE_CPU))


def test_the_only_tag_names_the_host(script):
    script.answer(_answer(_series({'node': 'cn1'}, 1)))
    source = _source(script, query='SELECT {0}(v) FROM load GROUP BY node')
    assert source.read(_need()).values == {'cn1': 1}


def test_of_many_tags_the_operator_is_to_tell_one(script):
    script.answer(_answer(_series({'node': 'cn1', 'cpu': '0'}, 1)))
    query = 'SELECT {0}(v) FROM load GROUP BY node, cpu'
    with pytest.raises(Invalid, match=r'tags node, cpu: .* attribute_map'):
        _source(script, query=query).read(_need())
    assert _source(script, query=query, attribute='node').read(_need()).values == {'cn1': 1}


def test_what_is_not_configured_is_not_found(script):
    with pytest.raises(NotFound, match='base_url is not set'):
        Grafana(None).read(_need())
    with pytest.raises(NotFound, match='query_map has no host_power'):
        _source(script).read(_need(Metric.HOST_POWER))
    assert script.asked == []


@pytest.mark.parametrize(('answer', 'kind', 'words'), [
    ((401, {'message': 'Invalid API key'}), Refused, 'HTTP 401: Invalid API key'),
    ((404, {'message': 'Unable to find datasource'}), NotFound, 'data source 7: HTTP 404: Unable to find'),
    ((400, {'error': 'error parsing query: found FRM'}), Invalid, 'found FRM'),
    ((200, {'results': [{'error': 'database not found: telegraf'}]}), Invalid, 'database not found'),
    ((200, {'results': [{'series': [{**_series({'host': 'cn1'}, 1), 'partial': True}]}]}), Invalid,
     'max-row-limit is too low'),
    ((502, 'Bad Gateway'), Unavailable, 'HTTP 502'), ((302, ''), Unavailable, 'HTTP 302'),
    ((200, '<html>'), Unavailable, 'not an answer of InfluxDB'), ((200, {}), Unavailable, 'not an answer'),
    ((200, {'results': [3]}), Unavailable, 'not an answer'),
    (_answer({'columns': ['mean'], 'tags': {'host': 'x'}, 'values': [[1]]}), Unavailable, 'not an answer'),
    (_answer(_series({'host': 'cn1'}, 'much')), Unavailable, 'not an answer')])
def test_an_answer_that_is_none_is_told(script, answer, kind, words):
    script.answer(answer)
    with pytest.raises(kind, match=words):
        _source(script).read(_need())


def test_the_token_is_not_shown(script):
    assert 's3cret' not in repr(_source(script))


def test_an_aggregate_that_there_is_not_is_invalid(script):
    with pytest.raises(Invalid, match='median'):
        _source(script).read(_need(aggregate='median'))


@given(ANSWERS)
def test_no_nonsense_is_more_than_an_error(answer):
    panels = {Metric.HOST_CPU: Panel('7', 'telegraf', TEMPLATE)}
    source = Grafana(Parrot([answer]), panels, {'one_week': 604800}, patience=Patience(1))
    with contextlib.suppress(WatcherError):
        source.read(_need())
