# SPDX-License-Identifier: Apache-2.0
"""Load over time, in the units that it is shown in, of what is in the cloud now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tests.core.clusters import document, host
from watcher_py.core import document as documents
from watcher_py.core.errors import NotFound, Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.configured import Sources
from watcher_py.datasources.contract import Series
from watcher_py.engine.load_history import history, series
from watcher_py.engine.present import Present


@dataclass
class Past:
    """A source that has these series, and notes what it is asked."""

    known: Mapping[str, Series]
    name: str = 'prometheus'
    needs: list[MetricNeed] = field(default_factory=list)

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        self.needs.append(need)
        return self.known


class Dead(Past):
    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        raise Unavailable(f'{self.name} does not answer')


def values(*numbers: float, of_all_vcpus: bool = False) -> Series:
    """One each five minutes."""
    return Series(np.arange(len(numbers)) * 300.0, np.array(numbers), of_all_vcpus)


@pytest.fixture
def seen(desk: Any) -> Any:
    """What is looked at with these sources."""
    return lambda *sources: Present(desk.collector, Sources(sources))


def test_a_host_has_what_it_measured(seen: Any) -> None:
    source = Past({'cn1.example.org': values(10, 120.0), 'cn2': values(1)})
    assert series(seen(source), Metric.HOST_CPU, 'cn1-id', 24) == {
        'metric': 'host_cpu_usage', 'resource': 'cn1-id', 'unit': '%', 'times': [0.0, 300.0],
        'values': [10, 100]}
    assert source.needs == [MetricNeed(Metric.HOST_CPU, 86400, 300)]


@pytest.mark.parametrize(('of_all_vcpus', 'value'), [(False, 25), (True, 50)])
def test_a_servers_cpu_is_a_share_of_all_that_it_has(seen: Any, of_all_vcpus: bool, value: float) -> None:
    source = Past({'vm-a': values(50, of_all_vcpus=of_all_vcpus)})
    assert series(seen(source), Metric.INSTANCE_CPU, 'name of vm-a', 1)['values'] == [value]


def test_memory_is_not_divided(seen: Any) -> None:
    told = series(seen(Past({'cn1': values(2048)})), Metric.HOST_RAM, 'cn1', 1)
    assert (told['unit'], told['values']) == ('MiB', [2048])


def test_what_no_source_knows_has_no_past(seen: Any) -> None:
    told = series(seen(Past({'cn2': values(1)})), Metric.HOST_CPU, 'cn1', 1)
    assert (told['times'], told['values']) == ([], [])


def test_the_next_source_is_asked_where_the_first_has_nothing(seen: Any) -> None:
    sources = Dead({}), Past({}, 'gnocchi'), Past({'cn1': values(7)}, 'grafana')
    assert series(seen(*sources), Metric.HOST_CPU, 'cn1', 1)['values'] == [7]


def test_it_is_said_why_nothing_is_known(seen: Any) -> None:
    with pytest.raises(Unavailable, match='prometheus does not answer'):
        series(seen(Dead({}), Past({}, 'gnocchi')), Metric.HOST_CPU, 'cn1', 1)
    with pytest.raises(NotFound, match='no datasource is configured'):
        history(seen(), 24)


def test_a_host_that_is_not_there_has_no_past(seen: Any) -> None:
    with pytest.raises(NotFound, match='knows no host vm-a'):
        series(seen(Past({})), Metric.HOST_CPU, 'vm-a', 1)


def test_the_history_is_that_of_the_hosts_which_are_there(seen: Any) -> None:
    source = Past({'cn1': values(10, 20), 'cn2': values(30), 'controller': values(100, 100)})
    assert history(seen(source), 24) == {
        'times': [0.0, 300.0], 'cpu_mean': [20, 20], 'cpu_deviation': [10, 0], 'cpu_max': [30, 20]}


def test_without_values_it_has_no_moments(seen: Any) -> None:
    assert history(seen(Past({})), 24) == {'times': [], 'cpu_mean': [], 'cpu_deviation': [], 'cpu_max': []}


@pytest.mark.parametrize(('hours', 'step'), [(1, 300), (24, 300), (48, 600), (168, 3600), (744, 14400)])
def test_a_longer_past_is_told_in_longer_steps(seen: Any, hours: int, step: int) -> None:
    source = Past({})
    history(seen(source), hours)
    assert source.needs == [MetricNeed(Metric.HOST_CPU, hours * 3600, step)]


def test_of_many_hosts_longer_steps_do(desk: Any, seen: Any) -> None:
    desk.collector.cluster = documents.read(document([host(f'cn{row}') for row in range(1000)], [])).cluster
    source = Past({})
    history(seen(source), 24)
    assert source.needs == [MetricNeed(Metric.HOST_CPU, 86400, 900)]
