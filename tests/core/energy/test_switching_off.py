# SPDX-License-Identifier: Apache-2.0
"""The ways to switch nodes off, against all there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.problem import SLACK
from watcher_py.core.strategies.saving_energy import STRATEGY
from watcher_py.core.strategy import with_defaults

HOSTS = ('a', 'b', 'c', 'd')


@st.composite
def fleets(draw):
    """A few hosts of which it is known what they draw, and servers of which some can't move."""
    hosts = [host(name, zone=draw(st.sampled_from(('az-1', 'az-2'))), vcpus=8,
                  power={'idle_w': draw(st.sampled_from((50.0, 100.0))), 'max_w': 200.0},
                  metrics={'cpu_util_pct': draw(st.sampled_from((10.0, 40.0))), 'ram_used_mb': 2048.0})
             for name in HOSTS[:draw(st.integers(1, 4))]]
    servers = [instance(f'vm{row}', draw(st.sampled_from(hosts))['name'],
                        vcpus=draw(st.sampled_from((2, 4, 6))),
                        locked=draw(st.sampled_from((False, False, True))),
                        metrics={'cpu_util_pct': draw(st.sampled_from((5.0, 50.0))), 'ram_used_mb': 100.0})
               for row in range(draw(st.integers(0, 4)))]
    machines = [{'id': row['name'], 'host': row['id'], 'power_state': 'power on',
                 'maintenance': draw(st.sampled_from((False, False, False, True)))} for row in hosts]
    return document(hosts, servers, machines=machines)


def legal(problem):
    """All placements that the problem allows."""
    takes = problem.rules.takes[problem.rules.class_of]
    choices = [[home, *(row for row in np.flatnonzero(takes[server]).tolist() if row != home)]
               if problem.movable[server] else [home] for server, home in enumerate(problem.node.tolist())]
    for choice in itertools.product(*choices):
        node = np.array(choice, dtype=np.int64)
        room = problem.used(node) <= np.maximum(problem.room, problem.used(problem.node)) + SLACK
        if room.all():
            yield node


def least(snapshot, problem, spare):
    """W of the best there is, when so many free hosts stay on as far as there are so many."""
    nodes, machines = snapshot.cluster.nodes, snapshot.cluster.machines
    slope = (nodes.max_watts - nodes.idle_watts) / nodes.total[:, 0]
    now = nodes.idle_watts + slope * snapshot.readings.columns['host_cpu_usage'] / 100 * nodes.total[:, 0]
    cores = problem.demand[:, problem.resources]
    best = np.inf
    for node in legal(problem):
        load = np.bincount(node, cores, len(nodes)) - np.bincount(problem.node, cores, len(nodes))
        drawn, free = now + slope * load, np.bincount(node, minlength=len(nodes)) == 0
        could = np.flatnonzero(free & ~machines.maintenance).tolist()
        for off in itertools.chain.from_iterable(
                itertools.combinations(could, count) for count in range(len(could) + 1)):
            if not off or free.sum() - len(off) >= spare:
                best = min(best, drawn.sum() - drawn[list(off)].sum())
    return best


@given(doc=fleets(), spare=st.integers(0, 2))
def test_no_way_draws_less_than_the_bound_and_no_plan_promises_more_than_there_is(doc, spare):
    snapshot = read(doc)
    params = with_defaults(STRATEGY.parameters, {
        'min_free_hosts_num': spare, 'free_used_percent': 0, 'spare_everywhere': False})
    found = STRATEGY.decide(snapshot, params, UNLIMITED).outcome
    best = least(snapshot, STRATEGY.state(snapshot, params).problem, spare)
    assert found.bound <= best + 1e-6
    assert found.after >= best - 1e-6
    if not snapshot.cluster.machines.maintenance.any() and not len(snapshot.cluster.servers):
        assert found.after == pytest.approx(best)
