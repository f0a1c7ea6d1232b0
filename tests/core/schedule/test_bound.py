# SPDX-License-Identifier: Apache-2.0
"""No schedule beats the bound."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.pace import Pace
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule.bound import UNIT, fewest_seconds, shortest_makespan
from watcher_py.core.schedule.moves import moves_of

# A GiB lasts a second, and there is nothing else to it.
PACE = Pace(per_node=2, link=2048.0, rewritten=0.0, overhead=0.0)


def bound(cluster, moves, pace=PACE):
    problem = allocation_problem(cluster)
    return shortest_makespan(moves_of(cluster, moves, pace), problem, pace)


def servers(*sizes, on='a'):
    """One of so many GiB each."""
    return [instance(f'{on}{number}', on, vcpus=1, ram_mb=size * 1024) for number, size in enumerate(sizes)]


def off(rows, target, source='a'):
    return [Migrate(row['id'], row['id'], source, target) for row in rows]


@given(st.lists(st.floats(0.5, 20.0), min_size=1, max_size=7), st.integers(1, 3))
def test_jobs_in_lanes_last_at_least_so_long(seconds, lanes):
    best = min(max(sum(job for job, at in zip(seconds, chosen, strict=True) if at == lane)
                   for lane in range(lanes))
               for chosen in product(range(lanes), repeat=len(seconds)))
    proven = fewest_seconds(np.array(seconds), lanes)
    assert proven <= best + 1e-6
    assert lanes != 2 or proven >= best - UNIT * (len(seconds) + 1)


def test_a_node_needs_its_moves_one_after_the_other_in_its_lanes():
    rows = servers(6, 6, 6)
    cluster = read(document([host('a'), host('b')], rows)).cluster
    assert bound(cluster, off(rows, 'b')) == pytest.approx(12.0)


def test_all_nodes_together_need_what_is_allowed_at_once():
    rows = servers(6, 6)
    cluster = read(document([host('a'), host('b'), host('c')], rows)).cluster
    pace = Pace(per_node=2, in_all=1, link=2048.0, rewritten=0.0, overhead=0.0)
    assert bound(cluster, [*off(rows[:1], 'b'), *off(rows[1:], 'c')], pace) == pytest.approx(12.0)


@pytest.mark.parametrize(('leaving', 'seconds'), [
    ([2, 30], 30 + 30),             # only the large one frees enough
    ([15, 15], 15 + 30),            # both are needed, and leave side by side
    ([10, 10, 10], 15 + 30),        # all are needed, in two lanes, if they could be divided
    ([3, 30], 30 + 30)])
def test_an_arrival_without_room_waits_for_departures(leaving, seconds):
    rows, big = servers(*leaving, on='full'), servers(30)
    hosts = [host('a'), host('full', ram_mb=sum(leaving) * 1024), host('c')]
    cluster = read(document(hosts, [*rows, *big])).cluster
    assert bound(cluster, [*off(rows, 'c', 'full'), *off(big, 'full')]) == pytest.approx(seconds, abs=0.2)


def test_no_moves_need_no_time():
    assert bound(read(document([host('a')], [])).cluster, []) == 0.0
