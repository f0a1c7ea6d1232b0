# SPDX-License-Identifier: Apache-2.0
"""How many free nodes are kept, and which."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host
from watcher_py.core.document import read
from watcher_py.core.energy.spare import cheapest, spare_of


def cluster(**lists):
    return read(document([host('a'), host('b'), host('c', zone='az-2')], [], **lists)).cluster


def test_each_zone_and_each_aggregate_is_a_part_once():
    aggregates = [{'name': name, 'hosts': hosts} for name, hosts in (
        ('zone 2 again', ['c']), ('mixed', ['a', 'c']), ('empty', []))]
    spare = spare_of(cluster(aggregates=aggregates), 0.1, 1, everywhere=True)
    assert spare.names == ('the cluster', 'zone az-1', 'zone az-2', 'aggregate mixed')
    assert spare.count(np.array([True, False, True])).tolist() == [2, 1, 1, 2]
    assert spare_of(cluster(), 0.1, 1, everywhere=False).names == ('the cluster',)


def test_the_share_is_of_nodes_in_use_and_rounded_down_as_watcher_does():
    many = read(document([host(f'h{row}') for row in range(30)], [])).cluster
    active = np.arange(30) < 29
    assert spare_of(many, 0.1, 1, everywhere=False).needed(active).tolist() == [2]
    assert spare_of(many, 0.1, 2.9, everywhere=False).needed(active).tolist() == [2]
    assert spare_of(many, 0.1, 1, everywhere=False).needed(np.ones(30, dtype=bool)).tolist() == [3]


def test_no_part_lacks_less_than_nothing():
    spare = spare_of(cluster(), 0.0, 1, everywhere=True)
    free = np.array([True, True, False])
    assert spare.missing(~free, free).tolist() == [0, 0, 1]


@given(data=st.data())
def test_what_is_chosen_is_enough_and_as_cheap_as_any_choice(data):
    count, parts = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 3))
    flags = st.lists(st.booleans(), min_size=count, max_size=count)
    candidates = np.array(data.draw(flags))
    members = np.array(data.draw(st.lists(flags, min_size=parts, max_size=parts)))
    cost = np.array(data.draw(st.lists(st.integers(1, 9), min_size=count, max_size=count)), dtype=float)
    least = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=parts, max_size=parts)))
    wanted = np.minimum(least, (members & candidates).sum(axis=1))

    def is_enough(chosen):
        return ((members & chosen).sum(axis=1) >= wanted).all() and not (chosen & ~candidates).any()

    chosen = cheapest(candidates, cost, members, least)
    assert is_enough(chosen)
    others = (np.array(other) for other in itertools.product((False, True), repeat=count))
    assert cost[chosen].sum() == min(cost[other].sum() for other in others if is_enough(other))
