# SPDX-License-Identifier: Apache-2.0
"""Readings stand in the row of what was measured; what nobody knows stays unknown."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from watcher_py.core import document
from watcher_py.core.errors import NotFound, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.engine.measure import gather


@dataclass
class Source:
    """A source that knows these values, or fails."""

    values: dict[str, float] | Exception
    name: str = 'source'
    asked: list[MetricNeed] = field(default_factory=list)

    def read(self, need):
        self.asked.append(need)
        if isinstance(self.values, Exception):
            raise self.values
        return self.values


def _cluster(*hosts, **servers):
    return document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [{'id': f'id-{name}', 'name': name, 'hypervisor': hypervisor,
                   'vcpus': 8, 'ram_mb': 1024, 'disk_gb': 10} for name, hypervisor in hosts],
        'instances': [{'id': uuid, 'host': f'id-{hosts[0][0]}', 'vcpus': vcpus, 'ram_mb': 512, 'disk_gb': 1,
                       'state': state} for uuid, (vcpus, state) in servers.items()]}).cluster


def _need(metric):
    return MetricNeed(metric, 3600, 300)


def _read(metric, cluster, values):
    readings, notes = gather([_need(metric)], cluster, [Source(values)])
    assert notes == []
    return list(readings.columns[metric])


@pytest.mark.parametrize('key', ['id-cn1', 'cn1', 'cn1.example.org'])
def test_a_host_is_known_by_each_of_its_names(key):
    assert _read(Metric.HOST_RAM, _cluster(('cn1', 'cn1.example.org')), {key: 7.0}) == [7.0]


def test_cn1_is_not_cn10():
    cluster = _cluster(('cn10', 'cn10'), ('cn1', 'cn1'))
    assert _read(Metric.HOST_RAM, cluster, {'cn10': 10.0, 'cn1': 1.0}) == [10.0, 1.0]
    np.testing.assert_equal(_read(Metric.HOST_RAM, cluster, {'cn10': 10.0}), [10.0, np.nan])


def test_the_first_label_is_enough_where_it_is_nobody_elses():
    assert _read(Metric.HOST_RAM, _cluster(('cn1', 'cn1')), {'cn1.example.org': 7.0}) == [7.0]
    assert _read(Metric.HOST_RAM, _cluster(('cn1.example.org', 'cn1.example.org')), {'cn1': 7.0}) == [7.0]


@pytest.mark.parametrize(('hosts', 'values', 'column'), [
    ([('cn1.a', 'cn1.a'), ('cn1.b', 'cn1.b')], {'cn1': 7.0}, [np.nan, np.nan]),
    ([('cn1', 'cn1')], {'cn1.a': 7.0, 'cn1.b': 8.0}, [np.nan]),
    ([('cn1.a', 'cn1.a'), ('cn1.b', 'cn1.b')], {'cn1.a': 7.0}, [7.0, np.nan]),
])
def test_a_first_label_that_two_share_says_nothing(hosts, values, column):
    np.testing.assert_equal(_read(Metric.HOST_RAM, _cluster(*hosts), values), column)


def test_cpu_of_a_server_is_of_all_its_vcpus_and_at_most_100():
    cluster = _cluster(('cn1', 'cn1'), four=(4, 'active'), two=(2, 'active'), none=(0, 'active'))
    column = _read(Metric.INSTANCE_CPU, cluster, {'four': 100.0, 'two': 230.0, 'none': 5.0})
    np.testing.assert_equal(column, [25.0, 100.0, np.nan])


def test_a_powered_off_server_uses_nothing_and_any_other_without_series_is_unknown():
    cluster = _cluster(('cn1', 'cn1'), off=(2, 'stopped'), on=(2, 'active'), other=(1, 'active'))
    np.testing.assert_equal(_read(Metric.INSTANCE_CPU, cluster, {'other': 3.0}), [0.0, np.nan, 3.0])
    np.testing.assert_equal(_read(Metric.INSTANCE_RAM, cluster, {'other': 3.0}), [0.0, np.nan, 3.0])


def test_each_metric_comes_from_the_first_source_that_has_it():
    cluster = _cluster(('cn1', 'cn1'))
    deaf, empty = Source(Unavailable('no answer')), Source({}, 'empty')
    lacking, last = Source(NotFound('not here')), Source({'cn1': 4.0})
    unasked = Source({'cn1': 5.0})
    readings, notes = gather([_need(Metric.HOST_CPU)], cluster, [deaf, lacking, empty, last, unasked])
    assert list(readings.columns[Metric.HOST_CPU]) == [4.0]
    assert notes == ['host_cpu_usage: no answer', 'host_cpu_usage: not here',
                     'host_cpu_usage: empty has no values']
    assert unasked.asked == []


def test_a_metric_that_nobody_could_give_is_unknown_and_the_reason_is_told():
    cluster = _cluster(('cn1', 'cn1'), off=(2, 'stopped'))
    readings, notes = gather([_need(Metric.INSTANCE_CPU)], cluster, [Source(Unavailable('no answer'))])
    assert np.isnan(readings.column(Metric.INSTANCE_CPU, 1)).all()
    assert notes == ['instance_cpu_usage: no answer']


def test_without_any_source_the_operator_is_told():
    readings, notes = gather([_need(Metric.HOST_CPU)], _cluster(('cn1', 'cn1')), [])
    assert notes == ['host_cpu_usage: no datasource is configured']
    assert readings.columns == {}


def test_one_query_a_metric_however_many_servers():
    servers = {f's{number}': (1, 'active') for number in range(100)}
    source = Source(dict.fromkeys(servers, 1.0))
    needs = [_need(Metric.INSTANCE_CPU), _need(Metric.INSTANCE_RAM)]
    gather(needs, _cluster(('cn1', 'cn1'), **servers), [source])
    assert len(source.asked) == 2


def test_an_empty_cluster_has_empty_columns():
    readings, _ = gather([_need(Metric.INSTANCE_CPU)], _cluster(), [Source({'stranger': 1.0})])
    assert readings.columns[Metric.INSTANCE_CPU].shape == (0,)
