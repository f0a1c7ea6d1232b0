# SPDX-License-Identifier: Apache-2.0
"""Who disturbs whom."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.noise import priorities, signals


def server(name, on='a', priority='', cores=0.0, **metrics):
    """Of two vCPUs."""
    return instance(name, on, metadata={'watcher-priority': priority},
                    metrics={'cpu_util_pct': cores / 2 * 100, 'ram_used_mb': 0.0, **metrics})


def snapshot(*servers):
    return read(document([host('a'), host('b')], list(servers)))


def pairs(*servers):
    return [(each.sufferer, each.noisy) for each in signals(snapshot(*servers), 35.0, 10.0).disturbances()]


@pytest.mark.parametrize(('given', 'priority'), [
    ('1', 1), (' 7 ', 7), ('', 5), ('high', 5), ('-1', 5), ('1.5', 5), ('9' * 30, 5)])
def test_a_priority_that_is_no_whole_number_is_five(given, priority):
    assert priorities(snapshot(server('vm', priority=given)).cluster).tolist() == [priority]


def test_as_many_are_noisy_as_it_takes_if_waiting_goes_with_what_others_use():
    # Beside 3 cores it waits for 30 %: it takes two less.
    waits, first, second, third = server('waits', priority='1', cpu_steal_pct=30.0), *(
        server(f'vm{row}', cores=1.0) for row in range(3))
    assert pairs(waits, first, second, third) == [(0, 1), (0, 2)]


def test_what_more_important_neighbours_use_is_not_taken_from_the_others():
    waits = server('waits', priority='2', cpu_steal_pct=20.0)
    assert pairs(waits, server('first', priority='1', cores=2.0), server('last', cores=0.5)) == [(0, 2)]


def test_of_equals_the_cache_tells_who_disturbs_and_waiting_does_not():
    fell, rose = {'l3_cache_bytes': 1e6, 'l3_cache_prev_bytes': 9e6}, {'l3_cache_bytes': 9e6,
                                                                      'l3_cache_prev_bytes': 1e6}
    assert pairs(server('suffers', **fell), server('noisy', **rose)) == [(0, 1)]
    assert pairs(server('suffers', **fell), server('dear', priority='4', **rose)) == []
    assert pairs(server('waits', cpu_steal_pct=20.0), server('busy', cores=2.0)) == []


def test_who_is_seen_by_both_signals_is_one_disturbance():
    suffers = server('suffers', priority='1', cpu_steal_pct=20.0, l3_cache_bytes=1e6, l3_cache_prev_bytes=9e6)
    noisy = server('noisy', cores=1.0, l3_cache_bytes=9e6, l3_cache_prev_bytes=1e6)
    assert pairs(suffers, noisy) == [(0, 1)]


def test_nobody_suffers_from_one_on_another_node():
    suffers = server('suffers', priority='1', cpu_steal_pct=20.0)
    assert pairs(suffers, server('far', on='b', cores=2.0)) == []
