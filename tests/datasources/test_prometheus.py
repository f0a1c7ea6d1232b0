# SPDX-License-Identifier: Apache-2.0
"""Prometheus is asked once a metric, and says why when it can't answer."""

import socket

import pytest

from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.prometheus import Access, Prometheus

NEED = MetricNeed(Metric.HOST_CPU, 3600, 300)


def _vector(label, **values):
    return 200, {'status': 'success', 'data': {'resultType': 'vector', 'result': [
        {'metric': {label: name}, 'value': [1, value]} for name, value in values.items()]}}


def _source(script, **more):
    return Prometheus(script.url, **{'interval': 0, 'tries': 3, **more})


@pytest.mark.parametrize(('metric', 'aggregate', 'query'), [
    (Metric.HOST_CPU, 'mean',
     '100 - (avg by (fqdn) (rate(node_cpu_seconds_total{mode="idle"}[3600s])) * 100)'),
    (Metric.HOST_CPU, 'max',
     'max_over_time((100 - (avg by (fqdn) (rate(node_cpu_seconds_total{mode="idle"}[300s])) * 100))'
     '[3600s:300s])'),
    (Metric.HOST_RAM, 'mean',
     '(avg by (fqdn) (node_memory_MemTotal_bytes)'
     ' - avg by (fqdn) (avg_over_time(node_memory_MemAvailable_bytes[3600s]))) / 1048576'),
    (Metric.HOST_RAM, 'max',
     '(avg by (fqdn) (node_memory_MemTotal_bytes)'
     ' - avg by (fqdn) (min_over_time(node_memory_MemAvailable_bytes[3600s]))) / 1048576'),
    (Metric.INSTANCE_CPU, 'count', 'sum by (resource) (rate(ceilometer_cpu[3600s])) / 1e9 * 100'),
    (Metric.INSTANCE_CPU, 'min',
     'min_over_time((sum by (resource) (rate(ceilometer_cpu[300s])) / 1e9 * 100)[3600s:300s])'),
    (Metric.INSTANCE_RAM, 'mean', 'avg by (resource) (avg_over_time(ceilometer_memory_usage[3600s]))'),
])
def test_each_metric_is_one_query_for_all(script, metric, aggregate, query):
    script.answer(_vector('fqdn'))
    _source(script).read(MetricNeed(metric, 3600, 300, aggregate))
    assert [(path, asked['query']) for path, asked, _ in script.asked] == [('/api/v1/query', query)]


def test_the_labels_are_the_operators(script):
    script.answer(_vector('host', cn1='12.5'), _vector('server', s1='3'))
    source = _source(script, fqdn_label='host', instance_label='server')
    assert source.read(NEED) == {'cn1': 12.5}
    assert source.read(MetricNeed(Metric.INSTANCE_RAM, 60, 60)) == {'s1': 3.0}
    assert 'by (host)' in script.asked[0][1]['query']
    assert 'by (server)' in script.asked[1][1]['query']


def test_zero_is_a_value_and_what_is_no_number_is_not(script):
    script.answer(_vector('fqdn', idle='0', nan='NaN', up='+Inf', down='-Inf'))
    assert _source(script).read(NEED) == {'idle': 0.0}


def test_a_series_that_comes_twice_or_without_its_label_is_left_out(script):
    status, body = _vector('fqdn', cn1='1', cn2='2')
    body['data']['result'] += [{'metric': {'fqdn': 'cn1'}, 'value': [1, '9']},
                               {'metric': {}, 'value': [1, '5']}]
    script.answer((status, body))
    assert _source(script).read(NEED) == {'cn2': 2.0}


def test_prometheus_may_stand_behind_a_path(script):
    script.answer(_vector('fqdn'))
    Prometheus(f'{script.url}/prometheus/').read(NEED)
    assert script.asked[0][0] == '/prometheus/api/v1/query'


@pytest.mark.parametrize(('access', 'header'), [
    (Access(username='u', password='p'), 'Basic dTpw'),
    (Access(bearer='token'), 'Bearer token'),
    (Access(), None),
])
def test_it_is_let_in_as_it_was_told(script, access, header):
    script.answer(_vector('fqdn'))
    _source(script, access=access).read(NEED)
    assert script.asked[0][2].get('Authorization') == header


def test_secrets_are_not_shown():
    shown = repr(Prometheus('http://x', access=Access(username='u', password='p4ss', bearer='t0ken')))
    assert 'p4ss' not in shown
    assert 't0ken' not in shown


def test_what_passes_is_tried_again(script):
    script.answer((503, 'busy'), (429, 'slow down'), _vector('fqdn', cn1='1'))
    pauses = []
    assert _source(script, interval=7, pause=pauses.append).read(NEED) == {'cn1': 1.0}
    assert pauses == [7, 7]


def test_after_the_last_try_the_reason_is_told(script):
    script.answer((503, {'status': 'error', 'error': 'query timed out'}))
    with pytest.raises(Unavailable, match='HTTP 503: query timed out'):
        _source(script).read(NEED)
    assert len(script.asked) == 3


@pytest.mark.parametrize(('answer', 'reason'), [
    ((400, {'status': 'error', 'errorType': 'bad_data', 'error': 'parse error'}), 'HTTP 400: parse error'),
    ((401, 'Unauthorized'), 'HTTP 401'),
    ((200, '<html>'), 'HTTP 200: not an answer of Prometheus'),
    ((200, []), 'HTTP 200: not an answer of Prometheus'),
    ((200, {'status': 'success', 'data': {'resultType': 'matrix', 'result': []}}), 'not an answer'),
])
def test_what_does_not_pass_is_not_tried_again(script, answer, reason):
    script.answer(answer)
    with pytest.raises(Unavailable, match=reason):
        _source(script).read(NEED)
    assert len(script.asked) == 1


def test_nobody_at_the_port_is_told_in_a_few_words():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))            # bound, and not listening
        source = Prometheus(f'http://127.0.0.1:{taken.getsockname()[1]}', tries=2, interval=0)
        with pytest.raises(Unavailable, match=r'no answer: Connection refused$'):
            source.read(NEED)


def test_an_aggregate_it_does_not_have_is_invalid(script):
    with pytest.raises(Invalid, match='median'):
        _source(script).read(MetricNeed(Metric.HOST_CPU, 60, 60, 'median'))
    assert script.asked == []
