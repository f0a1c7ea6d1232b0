# SPDX-License-Identifier: Apache-2.0
"""Readings stand in the row of what was measured; what nobody knows stays unknown, and is counted."""

from dataclasses import dataclass, field
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core import document
from watcher_py.core.errors import Invalid, NotFound, Refused, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.contract import Fault, Measured
from watcher_py.engine.measure import gather


@dataclass
class Source:
    """A source that knows these values, or fails."""

    values: dict[str, float] | Exception
    name: str = 'source'
    faults: dict[str, Fault] = field(default_factory=dict)
    newest: float | None = None
    asked: list[MetricNeed] = field(default_factory=list)
    of_all_vcpus: bool = False

    def read(self, need):
        self.asked.append(need)
        if isinstance(self.values, Exception):
            raise self.values
        return Measured(self.values, self.faults, self.newest, self.of_all_vcpus)


def _cluster(*hosts, **servers):
    return document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [{'id': f'id-{name}', 'name': name, 'hypervisor': hypervisor,
                   'vcpus': 8, 'ram_mb': 1024, 'disk_gb': 10} for name, hypervisor in hosts],
        'instances': [{'id': uuid, 'host': f'id-{hosts[0][0]}', 'vcpus': vcpus, 'ram_mb': 512, 'disk_gb': 7,
                       'state': state} for uuid, (vcpus, state) in servers.items()]}).cluster


def _hosts(*names):
    return _cluster(*zip(names, names, strict=True))


def _need(metric, aggregate='mean'):
    return MetricNeed(metric, 3600, 300, aggregate)


def _read(metric, cluster, values, aggregate='mean'):
    gathered = gather([_need(metric, aggregate)], cluster, [Source(values)])
    return list(gathered.readings.columns[metric])


def test_where_all_is_well_there_is_nothing_to_note():
    gathered = gather([_need(Metric.HOST_RAM)], _hosts('cn1'), [Source({'cn1': 7.0, 'stranger': 1.0})])
    assert (list(gathered.readings.columns[Metric.HOST_RAM]), gathered.notes) == ([7.0], [])


def test_cpu_of_a_server_is_of_all_its_vcpus_and_at_most_100():
    cluster = _cluster(('cn1', 'cn1'), four=(4, 'active'), two=(2, 'active'), none=(0, 'active'))
    column = _read(Metric.INSTANCE_CPU, cluster, {'four': 100.0, 'two': 230.0, 'none': 5.0})
    np.testing.assert_equal(column, [25.0, 100.0, np.nan])


def test_cpu_that_a_source_tells_of_all_vcpus_is_that():
    cluster = _cluster(('cn1', 'cn1'), four=(4, 'active'))
    gathered = gather([_need(Metric.INSTANCE_CPU)], cluster, [Source({'four': 60.0}, of_all_vcpus=True)])
    assert gathered.readings.columns[Metric.INSTANCE_CPU] == [60.0]


def test_a_count_of_samples_is_no_percentage():
    cluster = _cluster(('cn1', 'cn1'), four=(4, 'active'))
    assert _read(Metric.INSTANCE_CPU, cluster, {'four': 240.0}, 'count') == [240.0]


def test_a_powered_off_server_uses_nothing_and_any_other_without_series_is_unknown():
    cluster = _cluster(('cn1', 'cn1'), off=(2, 'stopped'), on=(2, 'active'), other=(1, 'active'))
    np.testing.assert_equal(_read(Metric.INSTANCE_CPU, cluster, {'other': 3.0}), [0.0, np.nan, 3.0])
    np.testing.assert_equal(_read(Metric.INSTANCE_RAM, cluster, {'other': 3.0}), [0.0, np.nan, 3.0])


def test_a_powered_off_server_is_not_missed():
    cluster = _cluster(('cn1', 'cn1'), off=(2, 'stopped'), on=(1, 'active'))
    gathered = gather([_need(Metric.INSTANCE_CPU)], cluster, [Source({'on': 3.0}), unasked := Source({})])
    assert (gathered.notes, unasked.asked) == ([], [])


def test_what_a_source_has_no_good_value_of_comes_from_the_next_that_has():
    first = Source({'cn1': 1.0}, 'first', {'cn2': Fault.STALE, 'cn4': Fault.TWICE})
    second, third = Source({'cn1': 9.0, 'cn2': 2.0}, 'second'), Source({'cn2': 9.0, 'cn3': 3.0}, 'third')
    gathered = gather([_need(Metric.HOST_RAM)], _hosts('cn1', 'cn2', 'cn3', 'cn4'), [first, second, third])
    np.testing.assert_equal(list(gathered.readings.columns[Metric.HOST_RAM]), [1.0, 2.0, 3.0, np.nan])
    assert gathered.notes == ['host_ram_usage: 3 of 4 known (1 from first, 1 from second, 1 from third), '
                              '1 duplicated']


HOSTS = ('cn1', 'cn2', 'cn3')
KNOWN = st.dictionaries(st.sampled_from([*HOSTS, 'stranger']), st.floats(0, 100) | st.sampled_from(Fault))


@given(st.lists(KNOWN, max_size=3))
def test_every_host_has_the_first_value_there_is_or_is_counted_among_the_unknown(known):
    sources = [Source({host: word for host, word in each.items() if not isinstance(word, Fault)}, f'{number}',
                      {host: word for host, word in each.items() if isinstance(word, Fault)})
               for number, each in enumerate(known)]
    gathered = gather([_need(Metric.HOST_CPU)], _hosts(*HOSTS), sources)
    first = [next((source.values[host] for source in sources if host in source.values), np.nan)
             for host in HOSTS]
    np.testing.assert_equal(list(gathered.readings.column(Metric.HOST_CPU, len(HOSTS))), first)
    [coverage] = gathered.coverage
    assert coverage.known == np.isfinite(first).sum()
    assert coverage.known + sum(coverage.faults.values()) + coverage.missing == coverage.of == len(HOSTS)


def test_each_metric_falls_back_by_itself():
    cluster = _cluster(('cn1', 'cn1'), s1=(1, 'active'))
    first, second = Source({'cn1': 1.0}, 'first'), Source({'s1': 2.0}, 'second')
    gathered = gather([_need(Metric.HOST_CPU), _need(Metric.INSTANCE_CPU)], cluster, [first, second])
    assert {metric: list(column) for metric, column in gathered.readings.columns.items()} == {
        Metric.HOST_CPU: [1.0], Metric.INSTANCE_CPU: [2.0]}
    assert [need.metric for need in second.asked] == [Metric.INSTANCE_CPU]


def test_every_source_is_asked_for_the_same_aggregate():
    sources = [Source({}), Source({}), Source({})]
    gather([_need(Metric.HOST_CPU, 'p95')], _hosts('cn1'), sources)
    assert [need.aggregate for source in sources for need in source.asked] == ['p95'] * 3


def test_what_is_unknown_is_told_apart_in_one_line():
    source = Source({'cn1': 1.0}, 'prometheus', {'cn2': Fault.STALE, 'cn3': Fault.NOT_FINITE,
                                                 'cn4': Fault.STALE, 'stranger': Fault.TWICE})
    gathered = gather([_need(Metric.HOST_CPU)], _hosts('cn1', 'cn2', 'cn3', 'cn4', 'cn5'), [source])
    assert gathered.notes == ['host_cpu_usage: 1 of 5 known (1 from prometheus), 2 stale, 1 not a number, '
                              '1 missing']


def test_what_is_stale_is_told_beside_what_failed():
    sources = [Source({}, 'first', {'cn1': Fault.STALE}), Source(Unavailable('no answer'))]
    assert gather([_need(Metric.HOST_CPU)], _hosts('cn1', 'cn2'), sources).notes == [
        'host_cpu_usage: 0 of 2 known, 1 stale, 1 missing; no answer']


def test_a_source_that_fails_is_told_even_if_another_has_it_all():
    sources = [Source(Unavailable('no answer')), Source(Refused('go away')), Source({'cn1': 1.0}, 'last')]
    gathered = gather([_need(Metric.HOST_CPU)], _hosts('cn1'), sources)
    assert gathered.notes == ['host_cpu_usage: 1 of 1 known (1 from last); no answer; go away']


def test_a_source_that_just_does_not_have_it_is_told_only_when_nobody_has():
    lacking, empty = Source(NotFound('not here')), Source({}, 'empty')
    has = Source({'cn1': 1.0}, 'third')
    assert gather([_need(Metric.HOST_CPU)], _hosts('cn1'), [lacking, empty, has]).notes == []
    assert gather([_need(Metric.HOST_CPU)], _hosts('cn1', 'cn2'), [has, lacking, empty]).notes == [
        'host_cpu_usage: 1 of 2 known (1 from third), 1 missing']
    assert gather([_need(Metric.HOST_CPU)], _hosts('cn1'), [lacking, empty]).notes == [
        'host_cpu_usage: not here; empty has no values']


def test_a_metric_that_nobody_could_give_is_unknown_and_the_reason_is_told():
    cluster = _cluster(('cn1', 'cn1'), off=(2, 'stopped'))
    gathered = gather([_need(Metric.INSTANCE_CPU)], cluster, [Source(Invalid('no such aggregate'))])
    assert np.isnan(gathered.readings.column(Metric.INSTANCE_CPU, 1)).all()
    assert gathered.notes == ['instance_cpu_usage: no such aggregate']


def test_without_any_source_the_operator_is_told():
    gathered = gather([_need(Metric.HOST_CPU)], _hosts('cn1'), [])
    assert gathered.notes == ['host_cpu_usage: no datasource is configured']
    assert gathered.readings.columns == {}


@pytest.mark.parametrize(('metric', 'expected'), [
    (Metric.INSTANCE_RAM_ALLOCATED, 512.0), (Metric.INSTANCE_ROOT_DISK, 7.0)])
def test_what_is_allocated_is_known_without_measuring(metric, expected):
    cluster = _cluster(('cn1', 'cn1'), s1=(1, 'active'), s2=(1, 'active'))
    gathered = gather([_need(metric)], cluster, [Source(NotFound('not measured')), Source({'s1': 1.0})])
    assert list(gathered.readings.columns[metric]) == [1.0, expected]
    alone = gather([_need(metric)], cluster, [])
    assert (list(alone.readings.columns[metric]), alone.notes) == ([expected] * 2, [])


def test_one_query_a_metric_however_many_servers():
    servers = {f's{number}': (1, 'active') for number in range(100)}
    source = Source(dict.fromkeys(servers, 1.0))
    needs = [_need(Metric.INSTANCE_CPU), _need(Metric.INSTANCE_RAM)]
    gather(needs, _cluster(('cn1', 'cn1'), **servers), [source])
    assert sorted(source.asked, key=str) == sorted(needs, key=str)


def test_metrics_are_asked_for_at_once():
    both = Barrier(2, timeout=30)

    class Together(Source):
        def read(self, need):
            both.wait()
            return super().read(need)

    needs = [_need(Metric.HOST_CPU), _need(Metric.HOST_RAM)]
    assert gather(needs, _hosts('cn1'), [Together({'cn1': 1.0})]).notes == []


def test_the_newest_sample_of_all_sources_is_told():
    sources = [Source({'cn1': 1.0}, newest=50.0), Source({'cn2': 1.0}, newest=70.0), Source({}, newest=90.0)]
    [coverage] = gather([_need(Metric.HOST_CPU)], _hosts('cn1', 'cn2'), sources).coverage
    assert coverage.newest == 70.0


def test_an_empty_cluster_has_empty_columns():
    gathered = gather([_need(Metric.INSTANCE_CPU)], _cluster(), [Source({'stranger': 1.0})])
    assert gathered.readings.columns[Metric.INSTANCE_CPU].shape == (0,)


class Falling(Source):
    """Cache use was 8 MB until 100 s ago, and is 2 MB since then."""

    def read(self, need):
        super().read(need)
        lately = min(1.0, 100 / need.period)
        return Measured({'s1': 2e6 * lately + 8e6 * (1 - lately)}, self.faults, 50.0)


def _cache_need(**values):
    return MetricNeed(Metric.INSTANCE_L3_CACHE, 100, 300, **values)


def test_the_period_before_is_told_apart_from_the_last_one():
    cluster = _cluster(('cn1', 'cn1'), s1=(1, 'active'))
    gathered = gather([_cache_need(), _cache_need(is_earlier=True)], cluster, [Falling({})])
    assert list(gathered.readings.columns[Metric.INSTANCE_L3_CACHE]) == pytest.approx([2e6])
    assert list(gathered.readings.earlier[Metric.INSTANCE_L3_CACHE]) == pytest.approx([8e6])
    assert gathered.notes == []


def test_sources_are_asked_for_last_periods_only():
    source = Falling({})
    need = _cache_need(aggregate='max', is_earlier=True)
    gather([need], _cluster(('cn1', 'cn1'), s1=(1, 'active')), [source])
    assert [(need.period, need.aggregate, need.is_earlier) for need in source.asked] == [
        (200, 'mean', False), (100, 'mean', False)]


def test_without_the_last_period_the_one_before_is_unknown():
    class Gone(Source):
        def read(self, need):
            return Measured({'s1': 8e6} if need.period > 100 else {}, {'s1': Fault.STALE}, None)

    gathered = gather([_cache_need(is_earlier=True)], _cluster(('cn1', 'cn1'), s1=(1, 'active')), [Gone({})])
    assert np.isnan(gathered.readings.earlier_column(Metric.INSTANCE_L3_CACHE, 1)).all()
    assert gathered.notes == ['instance_l3_cache_usage of the period before: 0 of 1 known, 1 stale']


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_what_came_before_is_never_below_zero(both, later):
    class Uneven(Source):
        def read(self, need):
            return Measured({'s1': both if need.period > 100 else later})

    cluster = _cluster(('cn1', 'cn1'), s1=(1, 'active'))
    gathered = gather([_cache_need(is_earlier=True)], cluster, [Uneven({})])
    assert gathered.readings.earlier[Metric.INSTANCE_L3_CACHE][0] >= 0
