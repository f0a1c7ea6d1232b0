# SPDX-License-Identifier: Apache-2.0
"""The relaxation of emptying nodes."""

import pytest

from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.freeing import Freeing, emptiable
from watcher_py.sim.generator import generate


@pytest.mark.parametrize('seed', range(1, 4))
def test_thrift_spares_memory_for_next_to_nothing_of_a_node(seed):
    problem = allocation_problem(read(generate(hosts=60, servers=600, seed=seed)).cluster)
    freeing = Freeing(problem, problem.node, emptiable(problem, problem.node))
    most, thrifty = freeing.most(), freeing.most(thrift=0.01)
    assert most.nodes - 0.01 <= thrifty.nodes <= most.nodes + 1e-6
    assert thrifty.memory <= most.memory * (1 + 1e-6)
