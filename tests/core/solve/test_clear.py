# SPDX-License-Identifier: Apache-2.0
"""Clearing chosen nodes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.choose import Choice
from watcher_py.core.solve.clear import clear
from watcher_py.core.solve.freeing import emptiable
from watcher_py.core.whatif import WhatIf


def cleared(doc, emptied, opened=(), budget=UNLIMITED):
    """Where the servers stand, by name of host, once these hosts are cleared."""
    trial = WhatIf(allocation_problem(read(doc).cluster))
    names = [row['name'] for row in doc['hosts']]
    clear(trial, Choice(np.isin(names, emptied), np.isin(names, opened)), budget)
    return [names[node] for node in trial.node.tolist()]


def test_an_empty_node_takes_nobody_unless_it_is_opened():
    doc = document([host('a'), host('b'), host('spare')],
                   [instance('vm', 'a', vcpus=9), instance('vm2', 'b', vcpus=9)])
    assert cleared(doc, ['a', 'b']) == ['a', 'b']
    assert cleared(doc, ['a'], opened=['spare']) == ['spare', 'b']


def test_a_node_that_can_not_be_cleared_gets_all_its_servers_back():
    doc = document([host('a'), host('b')], [
        instance('vm', 'a', vcpus=4), instance('vm2', 'a', vcpus=9), instance('vm3', 'b', vcpus=9)])
    assert cleared(doc, ['a']) == ['a', 'a', 'b']


def test_a_node_that_is_kept_takes_the_servers_of_another():
    doc = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')])
    assert cleared(doc, ['a', 'b']) == ['b', 'b', 'b']


def test_a_budget_that_is_spent_brings_all_home():
    doc = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b')])
    assert cleared(doc, ['a'], budget=Budget(is_spent=lambda: True)) == ['a', 'b']


@given(documents(), st.integers(0, 255))
def test_every_server_that_moved_left_a_node_that_is_empty(doc, which):
    problem = allocation_problem(read(doc).cluster)
    nodes = np.arange(len(problem.room))
    trial = WhatIf(problem)
    emptied = emptiable(problem, problem.node) & ((which >> nodes % 8) % 2 == 1)
    clear(trial, Choice(emptied, np.zeros(len(nodes), dtype=bool)), UNLIMITED)
    moved = trial.node != problem.node
    assert is_legal(problem, trial.node)
    assert not np.isin(problem.node[moved], trial.node).any()
    assert np.isin(problem.node[moved], np.flatnonzero(emptied)).all()
    assert np.isin(trial.node, problem.node).all()
