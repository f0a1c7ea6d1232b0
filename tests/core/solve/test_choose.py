# SPDX-License-Identifier: Apache-2.0
"""Choosing the nodes to empty."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.choose import Chooser
from watcher_py.core.whatif import WhatIf
from watcher_py.sim.generator import generate


def trial_of(doc, limits=NO_LIMITS):
    return WhatIf(allocation_problem(read(doc).cluster), limits)


def standing(*memory):
    """One server of so many GiB on each of as many hosts, and a large host."""
    hosts = [host('large', vcpus=128, ram_mb=2 ** 20, disk_gb=10 ** 4)]
    hosts += [host(f'h{row}') for row in range(len(memory))]
    return document(hosts, [instance('vm', 'large')] + [
        instance(f'vm{row}', f'h{row}', ram_mb=gib * 1024) for row, gib in enumerate(memory)])


def test_the_nodes_with_the_least_memory_are_emptied():
    chooser = Chooser(trial_of(standing(5, 1, 3, 2)))
    assert chooser.most_freed == 4
    assert np.flatnonzero(chooser.choose(2).emptied).tolist() == [2, 4]


def test_limits_tell_how_many():
    for limits, freed in ((Limits(memory=6 * 1024), 3), (Limits(memory=5.9 * 1024), 2),
                          (Limits(servers=1), 1), (Limits(per_node=0), 0)):
        chooser = Chooser(trial_of(standing(5, 1, 3, 2), limits))
        assert chooser.most_freed == freed
        assert chooser.choose(freed).emptied.sum() == freed


def test_what_has_moved_already_counts_against_the_limits_only_once():
    trial = trial_of(standing(5, 1, 3, 2), Limits(memory=6 * 1024))
    trial.move(1, 2)
    # Five GiB have moved; the other one is enough for the server that stands on the same node now.
    chooser = Chooser(trial)
    assert chooser.most_freed == 1
    assert np.flatnonzero(chooser.choose(1).emptied).tolist() == [2]


def test_nodes_that_are_closed_are_not_filled():
    trial = trial_of(document([host('a'), host('b'), host('c', vcpus=64)],
                              [instance('vm', 'a', vcpus=9), instance('vm2', 'b', vcpus=9)]))
    chooser = Chooser(trial)
    assert (chooser.most_freed, chooser.choose(1).opened.tolist()) == (1, [False, False, True])
    trial.open[2] = False
    assert Chooser(trial).most_freed == 0


def test_a_node_with_a_stuck_server_is_not_emptied():
    doc = standing(5, 1)
    doc['instances'][2]['locked'] = True
    chooser = Chooser(trial_of(doc))
    assert chooser.most_freed == 2
    assert np.flatnonzero(chooser.choose(2).emptied).tolist() == [0, 1]


@pytest.mark.parametrize('in_parts', [True, False])
def test_rounding_costs_next_to_nothing(in_parts):
    doc = generate(hosts=100, servers=1000, seed=5)
    memory = trial_of(doc).problem.demand[:, 1].sum()
    for share in (0.05, 0.1, 0.2):
        trial = trial_of(doc, Limits(memory=share * memory))
        chooser = Chooser(trial)
        choice = chooser.choose(chooser.most_freed, in_parts)
        moved = trial.problem.demand[choice.emptied[trial.node], 1].sum()
        assert moved <= share * memory
        assert chooser.most_freed - 1 <= choice.emptied.sum() - choice.opened.sum() <= chooser.most_freed
