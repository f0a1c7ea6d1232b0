# SPDX-License-Identifier: Apache-2.0
"""Bringing servers home that were moved for nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from tests.core.test_whatif import CHOICES, wander
from watcher_py.core.budget import UNLIMITED, Budget
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.home import bring_home
from watcher_py.core.whatif import WhatIf


def trial_of(hosts, instances):
    return WhatIf(allocation_problem(read(document(hosts, instances)).cluster))


def away(trial):
    """Memory of servers that stand elsewhere though their home is in use."""
    problem = trial.problem
    astray = (trial.node != problem.node) & trial.open[problem.node]
    return problem.demand[astray, 1].sum()


def test_who_finds_room_at_home_goes_there():
    trial = trial_of([host('a'), host('b')], [instance('one', 'a'), instance('two', 'a')])
    trial.move(0, 1)
    trial.move(1, 1)
    bring_home(trial, UNLIMITED)
    assert trial.node.tolist() == [0, 0]


def test_nobody_goes_home_to_a_closed_node():
    trial = trial_of([host('a'), host('b')], [instance('one', 'a')])
    trial.move(0, 1)
    trial.open[0] = False
    bring_home(trial, UNLIMITED)
    assert trial.node.tolist() == [1]


def test_one_goes_home_in_exchange_for_several():
    trial = trial_of([host('a'), host('b'), host('gone')], [
        instance('large', 'a', vcpus=12), *(instance(f'guest{row}', 'gone', vcpus=6) for row in range(2))])
    trial.move(0, 1)
    for guest in (1, 2):
        trial.move(guest, 0)
    trial.open[2] = False
    bring_home(trial, UNLIMITED)
    assert trial.node.tolist() == [0, 1, 1]


def test_nodes_are_not_filled_anew_for_little_memory():
    trial = trial_of([host('a'), host('b'), host('gone'), host('c', ram_mb=10 ** 6)], [
        instance('large', 'a', vcpus=12, ram_mb=1024),
        *(instance(f'guest{row}', 'gone', vcpus=6) for row in range(2)),
        instance('huge', 'gone', vcpus=4, ram_mb=10 ** 5)])
    trial.move(0, 1)
    for guest in (1, 2):
        trial.move(guest, 0)
    trial.move(3, 3)
    trial.open[2] = False
    bring_home(trial, UNLIMITED)
    assert trial.node.tolist() == [1, 0, 0, 3]


def test_a_spent_budget_leaves_them_where_they_are():
    trial = trial_of([host('a'), host('b')], [instance('one', 'a')])
    trial.move(0, 1)
    bring_home(trial, Budget(is_spent=lambda: True))
    assert trial.node.tolist() == [1]


@settings(max_examples=50)
@given(documents(), CHOICES, st.integers(0, 5))
def test_never_more_memory_is_away_than_before(doc, choices, closed):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    wander(trial, choices)
    empty = np.bincount(trial.node, minlength=len(trial.open)) == 0
    trial.open &= ~empty | (np.arange(len(empty)) != closed)
    before = away(trial)
    bring_home(trial, UNLIMITED)
    assert away(trial) <= before
    assert is_legal(trial.problem, trial.node)
    assert trial.open[trial.node[trial.node != trial.problem.node]].all()
