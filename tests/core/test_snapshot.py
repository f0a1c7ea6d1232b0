# SPDX-License-Identifier: Apache-2.0
"""What a decision is made on."""

from dataclasses import replace

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read


def test_the_problem_is_stated_once_for_a_snapshot_and_anew_for_another():
    snapshot = read(document([host('a'), host('b')], [instance('vm', 'a')]))
    assert snapshot.problem is snapshot.problem
    moved = replace(snapshot, cluster=snapshot.cluster.placed(1 - snapshot.cluster.servers.node))
    assert (snapshot.problem.node.tolist(), moved.problem.node.tolist()) == ([0], [1])
