# SPDX-License-Identifier: Apache-2.0
"""What is frozen, and the sentences that say why."""

import numpy as np

from watcher_py.engine.collector.doubts import NAMED, Doubts, named


def _rows(*flags):
    return np.array(flags, dtype=bool)


def test_each_row_is_named_for_the_first_thing_that_freezes_it():
    doubts = Doubts(('a', 'b', 'c'), 'every pool')
    doubts.add(_rows(True, False, False), None, 'no service')
    doubts.add(_rows(True, True, False), None, 'no capacity')
    doubts.add(_rows(True, True, False), None, 'no luck')
    assert doubts.known.tolist() == [False, False, True]
    assert doubts.gaps == ['no service; frozen: a', 'no capacity; frozen: b']
    assert doubts.why == {0: 'no service', 1: 'no capacity'}


def test_a_list_that_is_missing_is_told_even_when_it_freezes_nobody_any_more():
    doubts = Doubts(('a', 'b'), 'every pool')
    doubts.add(_rows(True, True), 'pools: gone')
    doubts.add(_rows(True, True), 'volumes: gone')
    assert doubts.gaps == ['pools: gone; frozen: every pool', 'volumes: gone']


def test_of_many_names_the_first_are_told_once_each_and_the_others_are_counted():
    names = [f'n{number}' for number in range(NAMED + 2)]
    assert named(['a', 'b', 'a']) == 'a, b'
    assert named(names) == ', '.join(names[:NAMED]) + ' and 2 more'
