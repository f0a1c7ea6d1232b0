# SPDX-License-Identifier: Apache-2.0
"""How far a cluster differs from another is counted, and told in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.conftest import cloud
from watcher_py.core.cluster import Servers
from watcher_py.engine.collector.drift import Drift, compare


def with_servers(cluster, **columns):
    return replace(cluster, servers=replace(cluster.servers, **columns))


def with_nodes(cluster, **columns):
    return replace(cluster, nodes=replace(cluster.nodes, **columns))


def without_first_server(cluster):
    columns = {name: getattr(cluster.servers, name)[1:] for name in Servers.__dataclass_fields__}
    return with_servers(cluster, **columns)


def test_the_same_cloud_has_not_drifted():
    drift = compare(cloud(), cloud())
    assert not drift
    assert drift.sentence() == 'The cloud is as it was seen by its notifications'


def test_servers_that_were_not_seen_or_are_gone():
    assert compare(without_first_server(cloud()), cloud()) == Drift(servers_missing=1)
    assert compare(cloud(), without_first_server(cloud())) == Drift(servers_surplus=1)


def test_a_server_elsewhere_is_misplaced_whatever_else_it_is():
    moved = with_servers(cloud(), node=np.array([2, 0, 1]), locked=np.array([True, False, False]))
    assert compare(moved, cloud()) == Drift(servers_misplaced=1)


@pytest.mark.parametrize(('column', 'value'), [
    ('state', 'paused'), ('task_state', 'migrating'), ('locked', True), ('metadata', {'tier': 'db'}),
    ('demand', (2.0, 8192.0, 21.0))])
def test_a_server_otherwise_than_it_was_seen_is_different(column, value):
    old = getattr(cloud().servers, column)
    new = np.array([value, *old[1:]]) if isinstance(old, np.ndarray) else (value, *old[1:])
    drift = compare(with_servers(cloud(), **{column: new}), cloud())
    assert drift == Drift(servers_different=1)
    assert drift
    assert drift.sentence() == 'The cloud is not as it was seen by its notifications: servers different: 1'


@pytest.mark.parametrize(('column', 'value'), [
    ('enabled', False), ('up', False), ('zone', 'az-9'), ('disabled_reason', 'fan')])
def test_a_host_otherwise_than_it_was_seen_is_different(column, value):
    old = getattr(cloud().nodes, column)
    new = np.array([value, *old[1:]]) if isinstance(old, np.ndarray) else (value, *old[1:])
    assert compare(with_nodes(cloud(), **{column: new}), cloud()) == Drift(hosts_different=1)


def test_hosts_that_were_not_seen_or_are_gone():
    renamed = with_nodes(cloud(), uuid=('cn1-id', 'cn2-id', 'other'))
    assert compare(renamed, cloud()) == Drift(hosts_missing=1, hosts_surplus=1)


def test_what_placement_counts_is_no_drift():
    nodes = cloud().nodes
    counted = with_nodes(cloud(), held=nodes.held + 1, known=~nodes.known)
    assert not compare(counted, cloud())


def test_one_number_for_the_capacity_is_as_good_as_three():
    nodes = cloud().nodes
    zeros = np.zeros_like(nodes.total)
    stand_in = with_nodes(cloud(), total=cloud().capacity(), reserved=zeros, ratio=zeros + 1)
    assert not compare(stand_in, cloud())
    assert compare(with_nodes(cloud(), total=nodes.total * 2), cloud()) == Drift(hosts_different=3)
