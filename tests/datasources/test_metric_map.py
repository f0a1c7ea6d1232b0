# SPDX-License-Identifier: Apache-2.0
"""Names of metrics are the operator's; what can't be meant is told with its place and what is allowed."""

import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.datasources.metric_map import Mapped, MetricMap, read


@pytest.fixture
def reading(tmp_path):
    """Reads a map of this text."""
    def given(text, may_lack=False):
        path = tmp_path / 'metric_map.yaml'
        path.write_text(text)
        return read(str(path), may_lack)
    return given


def test_a_name_alone_is_watchers_form(reading):
    found = reading('gnocchi: {instance_cpu_usage: cpu_time}\nprometheus: {host_power: watts}')
    assert found.of('gnocchi', Metric.INSTANCE_CPU) == Mapped(name='cpu_time')
    assert found.of('prometheus', Metric.HOST_POWER) == Mapped(name='watts')
    assert found.of('aetos', Metric.HOST_POWER) is None
    assert found.of('gnocchi', Metric.HOST_POWER) is None


def test_a_label_and_a_unit_may_be_said(reading):
    found = reading('prometheus: {host_ram_usage: {query: "sum by (node) (x)", label: node, unit: KiB}}')
    assert found.of('prometheus', Metric.HOST_RAM) == Mapped(
        query='sum by (node) (x)', label='node', unit='KiB')


@pytest.mark.parametrize('text', ['', '{}', '# nothing', 'gnocchi: {}'])
def test_an_empty_file_maps_nothing(reading, text):
    assert reading(text) == MetricMap()


def test_only_a_file_that_nobody_named_may_be_missing(tmp_path):
    path = str(tmp_path / 'nowhere.yaml')
    assert read(path, may_lack=True) == MetricMap()
    with pytest.raises(Invalid, match=r'no metric map at .*nowhere\.yaml'):
        read(path, may_lack=False)


@pytest.mark.parametrize(('text', 'said'), [
    ('[', "can't be read"),
    ('gnocchi', 'the file: a mapping is expected'),
    ('gnocchi: [a]', "gnocchi: a mapping is expected, not ['a']"),
    ('ganglia: {}', "datasource 'ganglia' is not known; there are aetos, gnocchi, grafana, prometheus"),
    ('gnocchi: {cpu: x}', "metric of gnocchi 'cpu' is not known; there are host_cpu_usage, host_ram_usage"),
    ('gnocchi: {host_power: 7}', 'gnocchi: host_power: a mapping is expected, not 7'),
    ('gnocchi: {host_power: ""}', "gnocchi: host_power: name is to be a text, not ''"),
    ('gnocchi: {host_power: {name: 7}}', 'gnocchi: host_power: name is to be a text, not 7'),
    ('gnocchi: {host_power: {names: x}}',
     "gnocchi: host_power: key 'names' is not known; there are name, query, label, unit"),
    ('gnocchi: {host_power: {label: x}}', 'gnocchi: host_power: either a name or a query is needed'),
    ('aetos: {host_power: {name: x, query: y}}', 'aetos: host_power: either a name or a query is needed'),
    ('gnocchi: {host_power: {query: x}}', 'gnocchi: host_power: only aetos and prometheus take a query'),
    ('aetos: {host_power: {name: x, unit: HP}}',
     "aetos: host_power: 'HP' is no unit of host_power; there are W, mW, uW, kW"),
], ids=range(13))
def test_what_can_not_be_meant_is_told_with_its_place(reading, text, said):
    with pytest.raises(Invalid) as error:
        reading(text, may_lack=True)
    assert said in str(error.value)
    assert 'metric_map.yaml' in str(error.value)


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / 'map'
    path.write_bytes(b'\xff\xfe\x00')
    with pytest.raises(Invalid, match="can't be read"):
        read(str(path), may_lack=True)
