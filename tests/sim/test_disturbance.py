# SPDX-License-Identifier: Apache-2.0
"""Servers take cache and CPUs from those beside them, and from nobody else."""

from typing import Any

import pytest

from watcher_py.core.document import read
from watcher_py.core.metrics import Metric
from watcher_py.sim import disturbance
from watcher_py.sim.build import build
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults


def server(name: str, on: str, **metrics: float) -> dict[str, Any]:
    return {'id': name, 'name': name, 'host': on, 'vcpus': 2, 'ram_mb': 512, 'disk_gb': 1,
            'metrics': {'cpu_util_pct': 100.0, **metrics}}


@pytest.fixture
def world() -> Any:
    hosts = [{'id': name, 'name': name, 'vcpus': 8, 'ram_mb': 4096, 'disk_gb': 10} for name in ('a', 'b')]
    servers = [server('quiet', 'a', l3_cache_bytes=4e6, l3_cache_prev_bytes=8e6, cpu_steal_pct=20.0),
               server('loud', 'a', l3_cache_bytes=9e6, l3_cache_prev_bytes=3e6),
               server('other', 'a')]
    snapshot = read({'format': 'watcher-cluster', 'version': 1, 'hosts': hosts, 'instances': servers})
    return build(snapshot, Clock(speed=0), Faults())


def values(world: Any, metric: Metric, window: float) -> dict[str, float]:
    told = disturbance.cache if metric is Metric.INSTANCE_L3_CACHE else disturbance.steal
    now = world.now()
    return {server.uuid: value for server, value in told(world, now - window, now)}


def test_the_cache_changed_a_hundred_seconds_ago(world: Any) -> None:
    assert values(world, Metric.INSTANCE_L3_CACHE, 100) == {'quiet': 4e6, 'loud': 9e6}
    assert values(world, Metric.INSTANCE_L3_CACHE, 200) == {'quiet': 6e6, 'loud': 6e6}


def test_who_is_rid_of_a_neighbour_has_the_cache_back(world: Any) -> None:
    world.settle(world.server('loud'), 'b')
    assert values(world, Metric.INSTANCE_L3_CACHE, 100) == {'quiet': 8e6, 'loud': 9e6}


def test_a_server_waits_as_long_as_others_have_the_cpus(world: Any) -> None:
    assert values(world, Metric.INSTANCE_CPU_STEAL, 100) == {'quiet': pytest.approx(20.0)}
    world.settle(world.server('loud'), 'b')
    assert values(world, Metric.INSTANCE_CPU_STEAL, 100) == {'quiet': pytest.approx(10.0)}
    world.settle(world.server('other'), 'b')
    assert values(world, Metric.INSTANCE_CPU_STEAL, 100) == {'quiet': 0.0}


def test_nothing_is_told_of_a_server_that_does_not_run(world: Any) -> None:
    world.change('quiet', vm_state='stopped')
    assert values(world, Metric.INSTANCE_CPU_STEAL, 100) == {}
    assert values(world, Metric.INSTANCE_L3_CACHE, 100).keys() == {'loud'}
