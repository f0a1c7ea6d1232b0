# SPDX-License-Identifier: Apache-2.0
"""Placement's classes beyond the three sizes become columns that agree with the servers."""

from dataclasses import replace

from tests.core.clusters import document, host, instance
from watcher_py.cloud.placement_rows import Inventory, Provider
from watcher_py.core.document import read
from watcher_py.engine.collector.further import counted


def found(usages=None, children=(), **inventories):
    return Provider('u', 'n', {'VCPU': Inventory(16, 0, 1), **inventories}, usages or {}, frozenset({'OWN'}),
                    tuple(children))


def card(name, total, used=0):
    return Provider(name, name, {'VGPU': Inventory(total, 0, 1, max_unit=total)}, {'VGPU': used},
                    frozenset({'CUSTOM_A40'}))


def cluster_of(servers=(), nodes=1):
    hosts = [host(name) for name in 'ab'[:nodes]]
    return read(document(hosts, [instance(f'vm{number}', 'a', extra_specs=specs)
                                 for number, specs in enumerate(servers)])).cluster


def without_columns(cluster):
    return replace(cluster, resources=cluster.resources[:3],
                   servers=replace(cluster.servers, demand=cluster.servers.demand[:, :3]),
                   nodes=replace(cluster.nodes, **{name: getattr(cluster.nodes, name)[:, :3]
                                                   for name in ('total', 'reserved', 'ratio', 'held')}))


def with_providers(cluster, providers):
    return counted(cluster, providers)[0]


def test_a_cloud_of_three_classes_stays_as_it_is():
    assert with_providers(cluster_of(), [found()]).resources == ('VCPU', 'MEMORY_MB', 'DISK_GB')


def test_classes_of_the_node_and_of_what_is_nested_are_read_with_their_limits_and_traits():
    cluster = with_providers(cluster_of(), [found(
        children=[card('g', 4)], PCPU=Inventory(8, 1, 2, min_unit=2, max_unit=6, step_size=2))])
    assert cluster.resources[3:] == ('PCPU', 'VGPU')
    assert cluster.capacity()[0, 3:].tolist() == [14, 4]
    own, nested = cluster.nodes.providers[0]
    assert (own.name, own.traits, own.inventories['PCPU'].most) == ('', frozenset(), 6)
    assert (nested.name, nested.traits, nested.inventories['VGPU'].most) == ('g', {'CUSTOM_A40'}, 4)


def test_what_no_server_accounts_for_is_held_where_it_is_used():
    servers = without_columns(cluster_of([{'resources:VGPU': '1'}]))
    cluster = with_providers(servers, [found(children=[card('g', 4), card('h', 4, used=3)])])
    assert [one.inventories['VGPU'].held for one in cluster.nodes.providers[0]] == [0, 2]
    assert cluster.capacity()[0, 3] == 6


def test_the_count_is_told_of_every_class_and_of_nodes_that_placement_knows():
    servers = without_columns(cluster_of([{'resources:VGPU': '2'}], nodes=2))
    _, surplus = counted(servers, [found({'VCPU': 5}, children=[card('g', 4, used=1)]), None])
    took = servers.servers.demand[0]
    assert surplus.tolist() == [[5 - took[0], -took[1], -took[2], -1], [0, 0, 0, 0]]


def test_a_node_that_placement_does_not_know_has_none():
    cluster = with_providers(cluster_of(nodes=2), [None, found(PCPU=Inventory(8, 0, 1))])
    assert cluster.nodes.total[:, 3].tolist() == [0, 8]
