# SPDX-License-Identifier: Apache-2.0
"""Generated clusters are legal, repeatable, and have work to do."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from watcher_py.core.cluster import Policy
from watcher_py.core.document import read, write
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.sim.build import build
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.generator import generate
from watcher_py.sim.rules import why_not
from watcher_py.sim.world import World

SIZES = some.tuples(some.integers(1, 40), some.integers(0, 150), some.integers(0, 10**6))


def world_of(document: dict[str, object]) -> World:
    return build(read(document), Clock(speed=0), Faults())


@given(SIZES)
def test_every_server_stands_where_nova_would_let_it_come(size: tuple[int, int, int]) -> None:
    world = world_of(generate(*size))
    for server in list(world.servers.values()):
        host = world.hosts[server.host or '']
        # As if it were to come now: its own claim is taken back, and the host open.
        world.ledger.release(server.uuid)
        assert why_not(world, server, replace(host, enabled=True, up=True)) is None
        world.ledger.claim(server.uuid, host.uuid, server.flavor.sizes, server.project)


@settings(max_examples=20, deadline=None)
@given(SIZES)
@example((27, 120, 1420))       # an affinity group whose only host was full
def test_the_same_seed_gives_the_same_cluster(size: tuple[int, int, int]) -> None:
    assert generate(*size) == generate(*size)


@settings(max_examples=20, deadline=None)
@given(SIZES)
def test_a_host_burns_what_its_servers_burn_and_a_little_more(size: tuple[int, int, int]) -> None:
    snapshot = read(generate(*size))
    nodes, servers = snapshot.cluster.nodes, snapshot.cluster.servers
    cpu = snapshot.readings.column(Metric.INSTANCE_CPU, len(servers)) / 100 * servers.demand[:, 0]
    of_servers = np.bincount(servers.node, cpu, len(nodes))
    of_hosts = snapshot.readings.column(Metric.HOST_CPU, len(nodes)) / 100 * nodes.total[:, 0]
    assert np.all(of_hosts > of_servers)
    assert np.all(of_hosts < of_servers + 2)


def test_other_seeds_give_other_clusters() -> None:
    assert generate(seed=1) != generate(seed=2)


@pytest.mark.parametrize('seed', range(1, 11))
def test_the_demo_has_one_of_everything(seed: int) -> None:
    document = generate(seed=seed)
    cluster = read(document).cluster
    assert (len(cluster.nodes), len(cluster.servers)) == (40, 400)
    assert len(set(cluster.nodes.generation)) == 3
    assert set(cluster.nodes.zone) == {'zone-1', 'zone-2'}
    assert {group.policy for group in cluster.groups} == set(Policy)
    assert 2 in {group.limit for group in cluster.groups}
    assert cluster.servers.locked.any()
    assert set(cluster.servers.pinned_zone) == {None, 'zone-1', 'zone-2'}
    assert {'stopped', 'active'} <= set(cluster.servers.state)
    assert Counter(cluster.nodes.enabled.tolist()) == {True: 39, False: 1}
    closed = int(np.argmin(cluster.nodes.enabled))
    assert 0 < np.count_nonzero(cluster.servers.node == closed) <= 3
    assert any(cluster.servers.extra_specs)


@pytest.mark.parametrize('size', [(10, 100), (40, 400), (50, 500)])
def test_consolidation_has_work(size: tuple[int, int]) -> None:
    cluster = read(generate(*size)).cluster
    allocated = cluster.used().sum(axis=0) / cluster.capacity().sum(axis=0)
    assert 0.3 < allocated[:2].max() < 0.55
    assert cluster.active().all()


def test_a_document_written_again_is_the_same_cluster() -> None:
    document = generate(10, 80)
    again = write(read(document))
    assert again['instances'] == write(read(again))['instances']
    assert {row['id']: row['host'] for row in again['instances']} == {
        row['id']: row['host'] for row in document['instances']}


@pytest.mark.parametrize('size', [(0, 5), (2, -1)])
def test_impossible_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match='can not be made'):
        generate(*size)


def test_hosts_tell_of_their_air_and_one_in_twelve_is_too_hot() -> None:
    hosts = generate(24, 240)['hosts']
    for host in hosts:
        assert host['power']['idle_w'] < host['metrics']['power_w'] < host['power']['max_w']
    assert [place for place, host in enumerate(hosts) if host['metrics']['outlet_temp_c'] > 35] == [11, 23]
