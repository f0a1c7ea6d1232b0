# SPDX-License-Identifier: Apache-2.0
"""Prometheus is asked once a metric, and says why when it can't answer."""

import logging

import numpy as np
import pytest

from watcher_py.core.errors import Invalid, NotFound, Refused, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.contract import Fault, Measured
from watcher_py.datasources.metric_map import Mapped, MetricMap
from watcher_py.datasources.prometheus import LONGEST_ADDRESS, Prometheus
from watcher_py.datasources.web_site import WebSite

NEED = MetricNeed(Metric.HOST_CPU, 3600, 300)
OWN = (Metric.HOST_CPU, Metric.HOST_RAM, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)
NOW = 1000.0


def _answer(*rows, kind='vector', **more):
    return 200, {'status': 'success', 'data': {'resultType': kind, 'result': rows}, **more}


def _row(part, value, **labels):
    return {'metric': {'watcher_part': part, **labels}, 'value': [1, value]}


def _values(label='fqdn', **values):
    return _answer(*(_row('value', value, **{label: name}) for name, value in values.items()))


def _source(script, **more):
    return Prometheus(WebSite('prometheus', script.url), patience=Patience(3, 0), clock=lambda: NOW, **more)


@pytest.mark.parametrize('metric', OWN)
@pytest.mark.parametrize('aggregate', ['mean', 'max', 'count', 'p99.9'])
def test_each_metric_is_one_query_for_all(script, metric, aggregate):
    script.answer(_values())
    _source(script).read(MetricNeed(metric, 3600, 300, aggregate))
    assert [(path, asked['time']) for path, asked, _ in script.asked] == [('/api/v1/query', '1000.0')]


def test_the_labels_are_the_operators(script):
    script.answer(_values('host', cn1='12.5'), _values('server', s1='3'))
    source = _source(script, fqdn_label='host', instance_label='server')
    assert source.read(NEED).values == {'cn1': 12.5}
    assert source.read(MetricNeed(Metric.INSTANCE_RAM, 60, 60)).values == {'s1': 3.0}
    assert 'by (host)' in script.asked[0][1]['query']
    assert 'by (server)' in script.asked[1][1]['query']


def test_zero_is_a_value_and_what_is_no_number_is_none(script):
    script.answer(_values(idle='0', nan='NaN', up='+Inf', down='-Inf'))
    assert _source(script).read(NEED) == Measured(
        {'idle': 0.0}, dict.fromkeys(['nan', 'up', 'down'], Fault.NOT_FINITE))


def test_the_worst_fault_of_a_name_is_told(script):
    script.answer(_answer(
        *(_row('value', 'NaN', fqdn=name) for name in ('stale', 'twice', 'repeated')),
        _row('value', '3', fqdn='repeated'), _row('stale', '1', fqdn='stale'),
        _row('twice', '1', fqdn='stale'), _row('twice', '1', fqdn='twice')))
    assert _source(script).read(NEED) == Measured(
        {}, {'stale': Fault.STALE, 'twice': Fault.TWICE, 'repeated': Fault.TWICE})


def test_what_has_no_name_is_nobodys(script):
    script.answer(_answer(_row('value', '5'), _row('stale', '1', fqdn=''), _row('value', '1', fqdn='cn1')))
    assert _source(script).read(NEED) == Measured({'cn1': 1.0})


def test_the_age_of_the_newest_sample_is_prometheus_own_reckoning(script):
    script.answer(_answer(_row('age', '12.5'), _row('value', '1', fqdn='cn1')))
    assert _source(script).read(NEED) == Measured({'cn1': 1.0}, {}, NOW - 12.5)


def test_series_end_with_the_last_whole_step(script):
    script.answer(_answer({'metric': {'fqdn': 'cn1'}, 'values': [[600, '1.5'], [900, 'NaN']]},
                          {'metric': {}, 'values': [[900, '1']]}, kind='matrix'))
    series = _source(script).series(MetricNeed(Metric.HOST_CPU, 600, 300))
    [(path, asked, _)] = script.asked
    assert path == '/api/v1/query_range'
    assert (asked['start'], asked['end'], asked['step']) == ('600.0', '900.0', '300')
    assert series.keys() == {'cn1'}
    np.testing.assert_equal((series['cn1'].times, series['cn1'].values), ([600.0], [1.5]))


def test_a_long_query_is_posted(script):
    script.answer(_values())
    query = 'x' * LONGEST_ADDRESS
    names = MetricMap({('prometheus', Metric.HOST_POWER): Mapped(query=query)})
    _source(script, metric_map=names).read(MetricNeed(Metric.HOST_POWER, 600, 300))
    [(path, asked, headers)] = script.asked
    assert (path, headers['Content-Type']) == ('/api/v1/query', 'application/x-www-form-urlencoded')
    assert query in asked['query']


def test_a_warning_is_told_once(script, caplog):
    script.answer(_answer(_row('value', '1', fqdn='cn1'), warnings=['a part is missing'],
                          infos=['a rate of a gauge']))
    source = _source(script)
    with caplog.at_level(logging.WARNING):
        assert source.read(NEED) == source.read(NEED) == Measured({'cn1': 1.0})
    assert sorted(record.getMessage().split(' warns: ')[1] for record in caplog.records) == [
        'a part is missing', 'a rate of a gauge']


@pytest.mark.parametrize(('answer', 'error', 'reason'), [
    ((400, {'status': 'error', 'error': 'parse error'}), Invalid, 'HTTP 400: parse error'),
    ((422, {'status': 'error', 'error': 'too many samples'}), Invalid, 'HTTP 422: too many samples'),
    ((401, 'Unauthorized'), Refused, 'HTTP 401: Unauthorized'),
    ((403, ''), Refused, 'HTTP 403: Forbidden'),
    ((404, '404 page not found'), Unavailable, 'HTTP 404, not an answer of Prometheus'),
], ids=['bad', 'too many', 'unauthorized', 'forbidden', 'elsewhere'])
def test_a_refusal_is_not_tried_again(script, answer, error, reason):
    script.answer(answer)
    with pytest.raises(error, match=reason):
        _source(script).read(NEED)
    assert len(script.asked) == 1


@pytest.mark.parametrize('body', [
    '<html>', [], {}, {'data': None}, {'data': {'resultType': 'matrix', 'result': []}},
    {'data': {'resultType': 'vector', 'result': None}}, {'data': {'resultType': 'vector', 'result': [{}]}},
    {'data': {'resultType': 'vector', 'result': [{'metric': {'fqdn': 'cn1'}, 'value': [1, '1']}]}},
    {'data': {'resultType': 'vector', 'result': [_row('value', 'none', fqdn='cn1')]}},
    {'data': {'resultType': 'vector', 'result': [{**_row('value', '1'), 'value': []}]}},
    {'data': {'resultType': 'vector', 'result': [_row('strange', '1', fqdn='cn1')]}},
], ids=range(11))
def test_what_prometheus_would_not_say_is_no_answer(script, body):
    script.answer((200, body))
    with pytest.raises(Unavailable, match='HTTP 200, not an answer of Prometheus'):
        _source(script).read(NEED)
    assert len(script.asked) == 1


def test_an_aggregate_that_is_none_is_invalid(script):
    with pytest.raises(Invalid, match='median'):
        _source(script).read(MetricNeed(Metric.HOST_CPU, 60, 60, 'median'))
    assert script.asked == []


def test_a_metric_that_only_the_map_could_name_is_not_found(script):
    with pytest.raises(NotFound, match='instance_root_disk_size unless the metric map names it'):
        _source(script).read(MetricNeed(Metric.INSTANCE_ROOT_DISK, 600, 300))
    assert script.asked == []
