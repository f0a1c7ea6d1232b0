# SPDX-License-Identifier: Apache-2.0
"""How many more servers there is room for, and how many if the largest host is lost."""

from tests.core.clusters import document, host, instance
from tests.engine.looks import look
from watcher_py.core.capacity import Size
from watcher_py.engine import capacity
from watcher_py.engine.capacity import told

SMALL = Size(2, 8192, 20)


def test_room_is_told_by_zone_and_by_what_runs_out_first():
    hosts = [host('a'), host('b', zone='az-2', ram_mb=16384), host('c', status='disabled', zone='az-3')]
    one, = told(look(document(hosts, [instance('vm', 'a')])), SMALL)['sizes']
    assert (one['slots'], one['by_zone']) == (9, {'az-1': 7, 'az-2': 2, 'az-3': 0})
    assert (one['limited_by'], one['closed_hosts'], one['servers']) == ({'VCPU': 1, 'MEMORY_MB': 1}, 1, 1)


def test_after_the_loss_of_the_largest_host_its_servers_take_room_elsewhere():
    answer = told(look(document([host('large', ram_mb=131072), host('b')], [instance('vm', 'large')])), SMALL)
    assert (answer['largest_host'], answer['unplaced_after_loss']) == ('large', 0)
    assert [row['slots_after_loss_of_largest_host'] for row in answer['sizes']] == [7]


def test_some_servers_of_the_largest_host_may_find_no_place():
    hosts = [host('large', ram_mb=131072), host('b', vcpus=1)]
    answer = told(look(document(hosts, [instance('vm', 'large')])), None)
    assert (answer['unplaced_after_loss'], answer['sizes'][0]['slots_after_loss_of_largest_host']) == (1, 0)


def test_without_a_size_the_most_common_ones_are_told(monkeypatch):
    monkeypatch.setattr(capacity, 'SIZES', 1)
    rows = [instance('one', 'a'), instance('two', 'a'), instance('odd', 'a', vcpus=4)]
    one, = told(look(document([host('a')], rows)), None)['sizes']
    assert (one['vcpus'], one['servers']) == (2, 2)


def test_where_no_host_takes_servers_there_is_none_to_lose():
    answer = told(look(document([host('off', status='disabled')], [])), SMALL)
    assert (answer['largest_host'], answer['unplaced_after_loss']) == (None, None)
    assert (answer['sizes'][0]['slots'], answer['sizes'][0]['slots_after_loss_of_largest_host']) == (0, None)
