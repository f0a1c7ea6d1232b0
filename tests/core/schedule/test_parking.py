# SPDX-License-Identifier: Apache-2.0
"""Which third node takes a server for a while."""

import numpy as np

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.pace import USUAL
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule.draft import Task
from watcher_py.core.schedule.moment import Moment
from watcher_py.core.schedule.moves import moves_of
from watcher_py.core.schedule.parking import third_nodes


def thirds(hosts, coming=None, work=None, busy=(), closed=(), **server):
    """The names of third nodes for a server that is to move from the first host to the last."""
    cluster = read(document(hosts, [instance('vm', hosts[0]['name'], **server)])).cluster
    problem, names = allocation_problem(cluster), [row['name'] for row in hosts]
    moves = moves_of(cluster, [Migrate('vm', 'vm', names[0], names[-1])], USUAL)
    task = Task(problem, moves, USUAL, np.array([name not in closed for name in names]))
    moment = Moment(task, {})
    for name in busy:
        moment.lanes.free[names.index(name)] = 0
    moment.work = work or moment.work
    moment.coming[:] += np.array(coming or 0.0)
    return [names[node] for node in third_nodes(moment, task, 0).tolist()]


def test_the_least_busy_comes_first():
    assert thirds([host('a'), host('b'), host('c'), host('to')], work=[0, 60.0, 30.0, 0]) == ['c', 'b']


def test_one_where_it_would_be_in_the_way_of_arrivals_comes_last():
    hosts, coming = [host('a'), host('b'), host('c'), host('to')], [[0] * 3, [15, 0, 0], [14, 0, 0], [0] * 3]
    assert thirds(hosts, coming, work=[0, 0.0, 90.0, 0], vcpus=2) == ['c', 'b']


def test_one_without_room_lane_or_leave_is_none():
    hosts = [host('a'), host('small', vcpus=1), host('busy'), host('closing'), host('off', status='disabled'),
             host('to')]
    assert thirds(hosts, busy=['busy'], closed=['closing']) == []


def test_one_that_is_smaller_than_the_server_is_none_however_overcommitted():
    assert thirds([host('a'), host('b', vcpus=4, cpu_ratio=8.0), host('to')], vcpus=8) == []


def test_a_running_server_is_parked_where_it_can_come_from_as_well_as_go_to():
    old, new, newest = ({'cpu': {'model': name, 'rank': rank}} for rank, name in enumerate(('x', 'y', 'z')))
    hosts = [host('a', **old), host('b', **new), host('c', **newest), host('d', **old), host('to', **new)]
    assert thirds(hosts) == ['b', 'd']
    assert thirds(hosts, state='stopped') == ['b', 'd']
