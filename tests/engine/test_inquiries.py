# SPDX-License-Identifier: Apache-2.0
"""The engine tells what it sees of the cloud, and what it can't see."""

from dataclasses import replace
from typing import Any

import pytest

from watcher_py.core import document
from watcher_py.core.errors import NotFound, Unavailable
from watcher_py.core.metrics import Metric
from watcher_py.core.strategy import Part
from watcher_py.engine.inquiries import cluster_document, data_model, strategy_info


def states(desk: Any, strategy: Any, sources: Any = None) -> list[Any]:
    sources = desk.tools.sources.usual if sources is None else sources
    return [row['state'] for row in strategy_info(strategy, sources, desk.collector)]


def test_a_strategys_state_tells_what_is_there(desk: Any, make_strategy: Any) -> None:
    strategy = make_strategy(metrics=(Metric.INSTANCE_CPU, Metric.HOST_CPU))
    source, metrics, model = strategy_info(strategy, desk.tools.sources.usual, desk.collector)
    assert (source['type'], source['state'], source['mandatory']) == (
        'Datasource', 'prometheus: available', True)
    assert (metrics['type'], metrics['mandatory'], metrics['state']) == ('Metrics', False, [
        {'instance_cpu_usage': 'available'}, {'host_cpu_usage': 'not available'}])
    assert model == {'type': 'CDM', 'state': [{'compute_model': 'available'}], 'mandatory': True,
                     'comment': ''}


def test_a_strategys_state_tells_of_each_part_that_it_needs(desk: Any, make_strategy: Any) -> None:
    strategy = replace(make_strategy(), parts=frozenset(Part))
    assert states(desk, strategy)[-1] == [{f'{model}_model': 'available'}
                                          for model in ('compute', 'baremetal', 'storage')]


def test_a_strategys_state_tells_how_well_the_cloud_is_known(desk: Any, make_strategy: Any) -> None:
    desk.collector.gaps = ('servers: boom; frozen: cn1', 'migrations: boom')
    *_, model = strategy_info(make_strategy(), desk.tools.sources.usual, desk.collector)
    assert (model['state'], model['comment']) == (
        [{'compute_model': 'available'}], 'servers: boom; frozen: cn1; migrations: boom')


def test_a_strategys_state_tells_what_is_not_there(desk: Any, make_strategy: Any) -> None:
    def fail() -> None:
        raise Unavailable('Nova does not answer')

    desk.collector.before = fail
    assert states(desk, make_strategy(metrics=(Metric.HOST_CPU,))) == [
        'prometheus: not available', [{'host_cpu_usage': 'not available'}],
        [{'compute_model': 'not available'}]]


def test_a_strategy_that_needs_no_metric_says_so(desk: Any, make_strategy: Any) -> None:
    assert states(desk, make_strategy(metrics=())) == [
        'This strategy needs no datasource', [], [{'compute_model': 'available'}]]


def test_where_no_source_is_configured_it_is_said(desk: Any, make_strategy: Any) -> None:
    assert states(desk, make_strategy(), sources=[])[0] == 'No datasource is configured'


def test_the_data_model_has_a_row_for_each_server_and_each_empty_node(desk: Any) -> None:
    rows = data_model(desk.collector, 'compute', [])['context']
    assert [(row['node_uuid'], row.get('server_uuid')) for row in rows] == [
        ('cn1-id', 'vm-a'), ('cn1-id', 'vm-b'), ('cn2-id', 'vm-c'), ('cn3-id', None)]
    assert rows[3] == {
        'node_uuid': 'cn3-id', 'node_hostname': 'cn3', 'node_status': 'enabled', 'node_disabled_reason': None,
        'node_state': 'up', 'node_memory': 65536, 'node_memory_mb_reserved': 0, 'node_disk': 500,
        'node_disk_gb_reserved': 0, 'node_vcpus': 16, 'node_vcpu_reserved': 0, 'node_memory_ratio': 1.0,
        'node_vcpu_ratio': 1.0, 'node_disk_ratio': 1.0}
    assert {key: value for key, value in rows[1].items() if key.startswith('server_')} == {
        'server_uuid': 'vm-b', 'server_watcher_exclude': False, 'server_name': 'name of vm-b',
        'server_state': 'active', 'server_memory': 4096, 'server_disk': 20, 'server_vcpus': 2,
        'server_metadata': {'tier': 'web'}, 'server_project_id': 'p', 'server_locked': False,
        'server_pinned_az': 'az-1', 'server_flavor_extra_specs': {}}


def test_the_data_model_keeps_to_the_scope(desk: Any) -> None:
    scope = [{'compute': [{'availability_zones': [{'name': 'az-2'}]}]}]
    rows = data_model(desk.collector, 'compute', scope)['context']
    assert [row['node_uuid'] for row in rows] == ['cn3-id']


def test_there_is_no_other_data_model(desk: Any) -> None:
    with pytest.raises(NotFound, match='no data model of type storage'):
        data_model(desk.collector, 'storage', [])


def test_the_cluster_comes_as_a_document_with_its_load(desk: Any) -> None:
    snapshot = document.read(cluster_document(desk.collector, desk.tools.sources.usual))
    assert snapshot.cluster.servers.uuid == desk.collector.cluster.servers.uuid
    load = snapshot.readings.column(Metric.INSTANCE_CPU, 3).tolist()
    assert load[:2] == [25.0, 10.0]         # of two vCPUs each
