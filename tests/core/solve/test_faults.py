# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a placement is found, and counted once."""

import numpy as np
from hypothesis import given

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.faults import faults_of, lasting_faults


def test_each_kind_of_fault_is_found():
    problem = allocation_problem(read(document(
        [host('a', vcpus=4, ram_mb=10240), host('b')],
        [*(instance(f'vm{row}', 'a') for row in range(3)), instance('vm3', 'b')],
        server_groups=[{'id': 'g', 'policy': 'anti-affinity',
                        'members': ['vm0', 'vm1', 'vm2', 'vm3']}])).cluster)
    faults = faults_of(problem, np.array([False, False, False, True]), problem.node)
    assert faults.misplaced.tolist() == [3]
    crowd, = faults.crowds
    assert (crowd.node, crowd.members.tolist(), crowd.excess) == (0, [0, 1, 2], 2)
    assert faults.beyond.tolist() == [[True, True, False], [False, False, False]]
    assert faults.count() == 1 + 2 + 2


def test_a_misplaced_server_is_at_fault_until_it_moves():
    problem = allocation_problem(read(document([host('a'), host('b')], [instance('vm', 'a')])).cluster)
    assert faults_of(problem, np.array([True]), problem.node).count() == 1
    assert faults_of(problem, np.array([True]), np.array([1])).count() == 0


@given(documents())
def test_no_more_faults_last_than_there_are(doc):
    problem = allocation_problem(read(doc).cluster)
    faults = faults_of(problem, np.ones(len(problem.node), dtype=bool), problem.node)
    assert 0 <= lasting_faults(problem, faults) <= faults.count()
