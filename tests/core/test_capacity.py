# SPDX-License-Identifier: Apache-2.0
"""How many servers of a size there is room for."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.capacity import Size, common_sizes, largest_node, seats_of
from watcher_py.core.document import read

SMALL, LARGE = Size(2, 8192, 20), Size(8, 16384, 0)


def seats(hosts, size, instances=(), **lists):
    snapshot = read(document(hosts, list(instances), **lists))
    problem = snapshot.problem
    found, = seats_of(snapshot.cluster, problem, problem.room - problem.used(problem.node), [size])
    return found


@pytest.mark.parametrize(('size', 'count', 'limit'), [
    (SMALL, 8, 0), (LARGE, 2, 0), (Size(1, 32768, 0), 2, 1), (Size(1, 1024, 200), 2, 2)])
def test_a_host_has_room_until_the_first_of_its_sizes_runs_out(size, count, limit):
    found = seats([host('a')], size)
    assert (found.count.tolist(), found.limit.tolist()) == ([count], [limit])


def test_what_is_taken_and_what_is_kept_back_is_no_room():
    found = seats([host('a', ram_mb_reserved=8192)], SMALL, [instance('vm', 'a')])
    assert found.count.tolist() == [6]


def test_a_server_is_never_larger_than_the_host_however_that_is_overcommitted():
    assert seats([host('a', cpu_ratio=16.0)], Size(17, 1024, 0)).count.tolist() == [0]
    assert seats([host('a', cpu_ratio=16.0)], Size(16, 1024, 0)).count.tolist() == [16]


def test_hosts_that_take_no_new_servers_have_no_room():
    closed = [host('off', status='disabled'), host('down', state='down'), host('odd', known=False),
              host('own')]
    found = seats(closed, SMALL, aggregates=[
        {'name': 'theirs', 'hosts': ['own'], 'metadata': {'filter_tenant_id': 'red'}}])
    assert found.takes.tolist() == [False] * 4
    assert found.count.tolist() == [0] * 4


def test_a_host_beyond_its_room_has_none():
    assert seats([host('a', vcpus=1)], SMALL, [instance('vm', 'a')]).count.tolist() == [0]


def test_a_cloud_without_hosts_has_room_for_nothing():
    snapshot = read(document([], []))
    found, = seats_of(snapshot.cluster, snapshot.problem, snapshot.problem.room, [SMALL])
    assert found.count.tolist() == []


def test_the_common_sizes_are_those_that_most_servers_have():
    rows = [instance('one', 'a'), instance('two', 'a'), instance('big', 'a', vcpus=8),
            instance('odd', 'a', vcpus=1), instance('none', 'a', vcpus=0)]
    cluster = read(document([host('a')], rows)).cluster
    assert common_sizes(cluster) == [
        (SMALL, 2), (Size(1, 8192, 20), 1), (Size(8, 8192, 20), 1)]


def test_servers_with_further_resources_are_of_no_common_size():
    gold = {'inventories': {'CUSTOM_GOLD': {'total': 4}}}
    cluster = read(document([host('a', **gold)], [instance('vm', 'a', resources={'CUSTOM_GOLD': 1})])).cluster
    assert common_sizes(cluster) == []


def test_the_largest_host_is_the_fullest_of_those_with_most_memory():
    hosts = [host('small', ram_mb=1024), host('empty'), host('full'),
             host('gone', ram_mb=999999, state='down')]
    assert largest_node(read(document(hosts, [instance('vm', 'full')])).cluster) == 2
    assert largest_node(read(document([], [])).cluster) is None
