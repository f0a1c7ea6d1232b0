# SPDX-License-Identifier: Apache-2.0
from tests.dashboard.plan.rows import standing
from watcher_py.dashboard.plan.hosts import hosts_of


def test_the_largest_change_is_told_first_and_what_stays_is_apart():
    before = [standing('a', 1, 2), standing('b', 2, 8), standing('c', 1, 2), standing('d', 0, 0)]
    after = [standing('a', 2, 4), standing('b', 0, 0), standing('c', 1, 2), standing('d', 0, 0)]
    hosts = hosts_of(before, after)
    assert [host.name for host in hosts.changed] == ['b', 'a']
    assert [host.name for host in hosts.unchanged] == ['c', 'd']
    assert [host.is_emptied for host in hosts.changed] == [True, False]


def test_one_server_for_another_of_its_size_is_a_change():
    hosts = hosts_of([standing('a', 1, 2, used=1.0)], [standing('a', 1, 2, used=1.5)])
    assert [host.name for host in hosts.changed] == ['a']


def test_all_is_drawn_at_the_scale_of_the_largest_figure():
    hosts = hosts_of([standing('a', 1, 40)], [standing('a', 1, 2)])
    assert hosts.most == {'vcpus': 40, 'memory_mb': 1000}


def test_what_is_unknown_has_no_share():
    row = {**standing('a', 1, 2), 'vcpus': {'capacity': None, 'allocated': None, 'used': None}}
    [host] = hosts_of([row], [row]).unchanged
    assert host.before.amounts['vcpus'].share is None
