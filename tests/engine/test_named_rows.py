# SPDX-License-Identifier: Apache-2.0
"""A name means one node or none: cn1 is not cn10."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core import document
from watcher_py.core.metrics import Metric
from watcher_py.engine.named_rows import names_of


def _cluster(*hosts):
    return document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [{'id': f'id-{name}', 'name': name, 'hypervisor': hypervisor,
                   'vcpus': 8, 'ram_mb': 1024, 'disk_gb': 10} for name, hypervisor in hosts],
        'instances': [{'id': 's1', 'host': f'id-{hosts[0][0]}',
                       'vcpus': 1, 'ram_mb': 512, 'disk_gb': 1}]}).cluster


def _meant(hosts, *given):
    return names_of(Metric.HOST_CPU, _cluster(*hosts), set(given))


@pytest.mark.parametrize('name', ['id-cn1', 'cn1', 'cn1.example.org'])
def test_a_node_is_known_by_each_of_its_names(name):
    assert _meant([('cn1', 'cn1.example.org')], name) == [name]


def test_of_several_names_that_of_the_hypervisor_comes_first():
    assert _meant([('host', 'hypervisor')], 'host', 'hypervisor') == ['hypervisor']


def test_cn1_is_not_cn10():
    hosts = [('cn10', 'cn10'), ('cn1', 'cn1'), ('cn1.domain', 'cn1.domain')]
    assert _meant(hosts, 'cn10', 'cn1', 'cn1.domain') == ['cn10', 'cn1', 'cn1.domain']
    assert _meant(hosts, 'cn10') == ['cn10', None, None]
    assert _meant(hosts, 'cn1') == [None, 'cn1', None]


@pytest.mark.parametrize(('node', 'name'), [('cn1', 'cn1.example.org'), ('cn1.example.org', 'cn1')])
def test_the_first_label_is_enough_where_it_is_nobody_elses(node, name):
    assert _meant([(node, node)], name) == [name]


@pytest.mark.parametrize(('hosts', 'given', 'meant'), [
    (['cn1.a', 'cn1.b'], ['cn1'], [None, None]),
    (['cn1'], ['cn1.a', 'cn1.b'], [None]),
    (['cn1.a', 'cn1.b'], ['cn1.a'], ['cn1.a', None]),
], ids=['two nodes', 'two names', 'one is exact'])
def test_a_first_label_that_two_share_means_nobody(hosts, given, meant):
    assert _meant([(host, host) for host in hosts], *given) == meant


NAMES = st.builds('{}{}'.format, st.sampled_from(['cn1', 'cn10', 'cn2']), st.sampled_from(['', '.a', '.b']))


@given(st.lists(NAMES, unique=True, min_size=1), st.sets(NAMES))
def test_a_name_means_one_node_its_own_before_any_other(nodes, names):
    meant = _meant([(node, node) for node in nodes], *names)
    told = [name for name in meant if name is not None]
    assert len(set(told)) == len(told)
    for node, name in zip(nodes, meant, strict=True):
        assert (name == node) if node in names else (name is None or name not in nodes)
        assert name is None or name.split('.')[0] == node.split('.')[0]


def test_a_server_is_known_by_its_uuid_alone():
    cluster = _cluster(('cn1', 'cn1'))
    assert names_of(Metric.INSTANCE_CPU, cluster, {'s1', 's10'}) == ['s1']
    assert names_of(Metric.INSTANCE_CPU, cluster, {'s10'}) == [None]
