# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong with calls: no audit breaks, no host looks empty, no frozen one is touched."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from tests.core.strategies.every import strategies
from tests.engine.collector.facts import lies
from tests.engine.collector.faulty_cloud import FaultyCloud
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, SetService, Stop
from watcher_py.core.cluster import Cluster
from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric, Readings
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Strategy, with_defaults
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.compute import ComputeCollector

BATCHES, RUNS = 20, 25          # 500 in all
ALWAYS = 4                      # batches that no run of the tests leaves out
STRATEGIES = [one for one in strategies() if one.state]


@pytest.mark.parametrize('batch', [
    number if number < ALWAYS else pytest.param(number, marks=pytest.mark.many) for number in range(BATCHES)])
def test_what_goes_wrong_freezes_and_never_empties(batch: int) -> None:
    with FaultyCloud(batch) as cloud:
        collector = cloud.collector()
        assert_all_is_known(collector.newest(0), cloud)
        has_read = True
        for number in range(RUNS):
            dice = Random(f'{batch} {number}')
            if dice.random() < 0.2:
                collector, has_read = cloud.collector(), False
            cloud.live_on(dice)
            broken = f'batch {batch}, run {number}: {cloud.break_calls(dice)}'
            if dice.random() < 0.3:
                cloud.live_on_meanwhile(dice)
            before = cloud.facts()
            collected = read_through(collector, cloud, has_read)
            if collected is not None:
                has_read = True
                assert list(lies(collected.cluster, before, cloud.facts())) == [], broken
                strategy = dice.choice(STRATEGIES)
                assert list(touched(strategy, collected.cluster, dice)) == [], broken
            if dice.random() < 0.1:
                assert_all_is_known(collector.newest(0), cloud)
                has_read = True


def read_through(collector: ComputeCollector, cloud: FaultyCloud, has_read: bool) -> Collected | None:
    """None when nothing at all could be read; what was read once is not forgotten."""
    try:
        return collector.newest(0)
    except Unavailable:
        if has_read:
            raise
        return None
    finally:
        cloud.heal()


def assert_all_is_known(collected: Collected, cloud: FaultyCloud) -> None:
    """As soon as nothing goes wrong any more."""
    facts = cloud.facts()
    assert collected.gaps == ()
    assert collected.cluster.nodes.known.all()
    assert set(collected.cluster.nodes.uuid) == set(facts.hosts)
    assert list(lies(collected.cluster, facts, facts)) == []
    assert set(collected.cluster.servers.uuid) == facts.standing


def touched(strategy: Strategy, cluster: Cluster, dice: Random) -> Iterator[str]:
    """What a plan of this strategy does to nodes that are not known."""
    nodes = cluster.nodes
    frozen = {name for name, known in zip(nodes.name, nodes.known, strict=True) if not known}
    snapshot = Snapshot(cluster, measured(cluster, dice), datetime(2026, 1, 5, 8, tzinfo=UTC))
    params = with_defaults(strategy.parameters, {
        'host_maintenance': {'maintenance_node': dice.choice(nodes.name)},
        'zone_migration': {'compute_nodes': [{'src_node': dice.choice(nodes.name)}]},
        'defragmentation': {'flavors': [{'vcpus': 16, 'ram_mb': 65536, 'count': 3}]}}.get(strategy.name, {}))
    for action in schedule(snapshot, strategy.decide(snapshot, params, UNLIMITED)).actions:
        change = action.change
        if isinstance(change, Migrate):
            names = {change.source, change.target}
        elif isinstance(change, SetService):
            names = {change.node_name}
        elif isinstance(change, Stop):
            names = {change.node}
        else:
            names = set()
        if names & frozen:
            yield f'{strategy.name}: {change}'


def measured(cluster: Cluster, dice: Random) -> Readings:
    """Loads that leave every strategy something to do."""
    nodes, servers = len(cluster.nodes), len(cluster.servers)
    chance = np.random.default_rng(dice.randrange(2**32))
    return Readings({Metric.HOST_CPU: chance.uniform(5, 90, nodes),
                     Metric.HOST_RAM: chance.uniform(1e4, 1e5, nodes),
                     Metric.INSTANCE_CPU: chance.uniform(1, 60, servers),
                     Metric.INSTANCE_RAM: chance.uniform(500, 4000, servers)})
