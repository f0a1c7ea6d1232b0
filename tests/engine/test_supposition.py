# SPDX-License-Identifier: Apache-2.0
"""What would become of the cloud is told in figures before and after."""

import pytest

from tests.core.clusters import document, host, instance
from tests.engine.looks import look
from watcher_py.core.errors import NotFound
from watcher_py.engine import supposition
from watcher_py.engine.supposition import told

TWO = look(document([host('a', metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 2048.0}), host('b')],
                    [instance('one', 'a', metrics={'cpu_util_pct': 100.0}), instance('two', 'b')]))
SIZE = {'vcpus': 2, 'memory_mb': 8192, 'disk_gb': 20}


def test_what_is_lost_starts_anew_and_takes_its_load_along():
    answer = told(TWO, {'lost_hosts': ['a']})
    assert answer['moves'] == [{'server': 'one', 'from': 'a', 'to': 'b', 'starts_anew': True}]
    assert (answer['fits'], answer['placed'], answer['unplaced']) == (True, 1, [])
    assert (answer['before']['cpu_mean'], answer['before']['cpu_max']) == (27.5, 50)
    assert answer['after'] == {
        'hosts': 1, 'hosts_in_use': 1, 'servers': 2, 'cpu_mean': 17.5, 'cpu_deviation': 0, 'cpu_max': 17.5,
        'vcpus': {'capacity': 16, 'allocated': 4}, 'memory_mb': {'capacity': 65536, 'allocated': 16384}}


def test_what_is_emptied_moves():
    answer = told(TWO, {'emptied_hosts': ['b-id']})
    assert answer['moves'] == [{'server': 'two', 'from': 'b', 'to': 'a', 'starts_anew': False}]
    assert answer['after']['hosts'] == 1


def test_what_finds_no_place_says_why():
    answer = told(TWO, {'lost_hosts': ['a', 'b'], 'add': [{'count': 3, **SIZE}]})
    assert (answer['fits'], answer['placed'], answer['moves']) == (False, 0, [])
    assert {row['name'] for row in answer['unplaced']} == {
        'one', 'two', '3 of 3 new servers of 2 vCPUs, 8192 MiB and 20 GB'}
    assert answer['after']['servers'] == 0


def test_new_servers_take_room_and_use_nothing_yet():
    answer = told(TWO, {'add': [{'count': 4, **SIZE}]})
    assert (answer['placed'], answer['added']) == (
        4, [{'count': 4, **SIZE, 'placed': 4, 'hosts': {'a': 2, 'b': 2}}])
    assert (answer['after']['servers'], answer['after']['vcpus']['allocated']) == (6, 12)
    assert answer['after']['cpu_mean'] == answer['before']['cpu_mean']


def test_a_search_ends_in_time(monkeypatch):
    monkeypatch.setattr(supposition, 'PATIENCE', -1.0)
    answer = told(TWO, {'emptied_hosts': ['a']})
    unplaced, = answer['unplaced']
    assert unplaced == {
        'name': 'one', 'why': 'the time for the search was over before a place was found for it'}


def test_a_host_has_to_be_there():
    with pytest.raises(NotFound, match='no host mars'):
        told(TWO, {'lost_hosts': ['mars']})
