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
    for limits, emptied in ((NO_LIMITS, [1, 2, 3, 4]), (Limits(servers=2), [2, 4])):
        chooser = Chooser(trial_of(standing(5, 1, 3, 2), limits))
        for choice in (chooser.in_parts(), chooser.whole()):
            assert np.flatnonzero(choice.emptied).tolist() == emptied


def test_limits_tell_how_many():
    for limits, freed in ((Limits(memory=6 * 1024), 3), (Limits(memory=5.9 * 1024), 2),
                          (Limits(servers=1), 1), (Limits(per_node=0), 0)):
        chooser = Chooser(trial_of(standing(5, 1, 3, 2), limits))
        assert chooser.most_freed == freed
        assert chooser.in_parts().emptied.sum() == chooser.whole().emptied.sum() == freed


def test_what_has_moved_already_counts_against_the_limits_only_once():
    trial = trial_of(standing(5, 1, 3, 2), Limits(memory=6 * 1024))
    trial.move(1, 2)
    # Five GiB have moved; the other one is enough for the server that stands on the same node now.
    chooser = Chooser(trial)
    assert chooser.most_freed == 1
    assert np.flatnonzero(chooser.in_parts().emptied).tolist() == [2]


def test_nodes_that_are_closed_are_not_filled():
    trial = trial_of(document([host('a'), host('b'), host('c', vcpus=64)],
                              [instance('vm', 'a', vcpus=9), instance('vm2', 'b', vcpus=9)]))
    chooser = Chooser(trial)
    assert (chooser.most_freed, chooser.in_parts().opened.tolist()) == (1, [False, False, True])
    trial.open[2] = False
    assert Chooser(trial).most_freed == 0


def test_a_node_with_a_stuck_server_is_not_emptied():
    doc = standing(5, 1)
    doc['instances'][2]['locked'] = True
    chooser = Chooser(trial_of(doc))
    assert chooser.most_freed == 2
    assert np.flatnonzero(chooser.in_parts().emptied).tolist() == [0, 1]


@pytest.mark.parametrize('choose', [Chooser.in_parts, Chooser.whole])
def test_rounding_costs_next_to_nothing(choose):
    doc = generate(hosts=100, servers=1000, seed=5)
    memory = trial_of(doc).problem.demand[:, 1].sum()
    for share in (0.05, 0.1, 0.2):
        trial = trial_of(doc, Limits(memory=share * memory))
        chooser = Chooser(trial)
        choice = choose(chooser)
        moved = trial.problem.demand[choice.emptied[trial.node], 1].sum()
        assert moved <= share * memory
        assert chooser.most_freed - 1 <= choice.emptied.sum() - choice.opened.sum() <= chooser.most_freed
