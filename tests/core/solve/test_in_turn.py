# SPDX-License-Identifier: Apache-2.0
"""Nodes emptied in a given order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.in_turn import empty_in_turn


def emptied(doc, order, limits=NO_LIMITS):
    return empty_in_turn(allocation_problem(read(doc).cluster), limits, np.array(order), UNLIMITED).tolist()


def pair(**values):
    return document([host('a'), host('b')], [instance('x', 'a', **values), instance('y', 'b')])


def test_the_first_of_the_order_is_emptied():
    assert emptied(pair(), [0, 1]) == [1, 1]
    assert emptied(pair(), [1, 0]) == [0, 0]


def test_a_node_is_emptied_in_whole_or_left():
    doc = document([host('a'), host('b', vcpus=3)], [instance('x', 'a'), instance('y', 'a')])
    assert emptied(doc, [0]) == [0, 0]
    assert emptied(pair(locked=True), [0]) == [0, 1]


def test_limits_are_kept():
    assert emptied(pair(), [0, 1], Limits(servers=0)) == [0, 1]
    assert emptied(pair(ram_mb=4096), [1, 0], Limits(memory=5000)) == [1, 1]


@given(doc=documents(), data=st.data())
def test_what_is_not_emptied_keeps_all_its_servers(doc, data):
    cluster = read(doc).cluster
    problem = allocation_problem(cluster)
    order = data.draw(st.permutations(range(len(cluster.nodes))))
    node = empty_in_turn(problem, NO_LIMITS, np.array(order, dtype=np.int64), UNLIMITED)
    moved = node != problem.node
    assert not (moved & ~problem.movable).any()
    assert not set(problem.node[moved].tolist()) & set(node.tolist())
