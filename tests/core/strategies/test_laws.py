# SPDX-License-Identifier: Apache-2.0
"""The laws that hold for every strategy, on clusters of any kind."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.clusters import document, documents
from tests.core.laws import check_laws
from tests.core.strategies import every
from tests.core.strategies.every import decide
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.metrics import Metric
from watcher_py.core.replay import replay
from watcher_py.core.strategies import host_maintenance, rule_repair, vm_workload_consolidation

every_strategy = pytest.mark.parametrize('strategy', every.strategies(), ids=lambda strategy: strategy.name)


@every_strategy
@given(doc=documents(), seed=st.integers(0, 1000))
def test_every_move_is_legal_at_its_moment_the_promise_is_kept_and_the_answer_the_same(strategy, doc, seed):
    assume(doc['hosts'])
    snapshot = read(doc)
    solution, plan = decide(strategy, snapshot)
    assert decide(strategy, read(doc)) == (solution, plan)
    strategy.goal.check(solution.indicators)
    placed = check_laws(snapshot, solution, plan, seed)
    replayed = replay(snapshot.cluster, plan)
    assert replayed.refused == ()
    assert replayed.node.tolist() == placed.tolist()


@pytest.mark.parametrize('strategy', every.without_a_name_to_go_by(), ids=lambda strategy: strategy.name)
def test_an_empty_cluster_gives_an_empty_plan(strategy):
    _, plan = decide(strategy, read(document([], [])))
    assert plan.actions == ()


@given(doc=documents())
def test_consolidation_moves_nobody_unless_nodes_end_empty(doc):
    snapshot = read(doc)
    solution, plan = decide(vm_workload_consolidation.STRATEGY, snapshot)
    placed = check_laws(snapshot, solution, plan)
    cluster = snapshot.cluster
    before, after = set(cluster.servers.node.tolist()), set(placed.tolist())
    assert (placed == cluster.servers.node).all() or len(after) < len(before)
    assert (solution.outcome.before, solution.outcome.after) == (len(before), len(after))
    emptied = {cluster.nodes.name[node] for node in before - after}
    for proposal in solution.proposals:
        if isinstance(proposal.change, Migrate):
            assert proposal.reason.startswith('empties') == (proposal.change.source in emptied)
    # What is stuck stays, and says why; so does each node that stays active.
    for uuid, before, after in zip(cluster.servers.uuid, cluster.servers.node, placed, strict=True):
        assert before == after or uuid not in solution.stayed
    assert all(cluster.nodes.uuid[node] in solution.stayed for node in set(placed.tolist()))


@given(doc=documents())
def test_servers_and_nodes_without_readings_stay_out_of_a_consolidation(doc):
    snapshot = read(doc)
    solution, plan = decide(vm_workload_consolidation.STRATEGY, snapshot)
    placed = check_laws(snapshot, solution, plan)
    cluster = snapshot.cluster
    nodes = np.isnan(snapshot.readings.column(Metric.HOST_CPU, len(cluster.nodes)))
    servers = np.isnan(snapshot.readings.column(Metric.INSTANCE_CPU, len(cluster.servers)))
    servers &= np.array([state != 'stopped' for state in cluster.servers.state], dtype=bool)
    moved = placed != cluster.servers.node
    assert not (moved & servers).any()
    assert not nodes[cluster.servers.node[moved]].any()
    assert not nodes[placed[moved]].any()


@given(doc=documents())
def test_maintenance_moves_other_servers_only_to_make_way(doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    solution, plan = decide(host_maintenance.STRATEGY, snapshot)
    placed = check_laws(snapshot, solution, plan)
    cluster = snapshot.cluster
    # Others move only off nodes that then take a server of the node.
    left_for = set(cluster.servers.node[placed != cluster.servers.node].tolist()) - {0}
    assert left_for <= set(placed[cluster.servers.node == 0].tolist())
    assert solution.outcome.after == (placed == 0).sum()
    left = np.flatnonzero(placed == 0)
    assert {cluster.servers.uuid[row] for row in left} == set(solution.stayed)


@given(doc=documents())
def test_repaired_twice_is_repaired_once(doc):
    snapshot = read(doc)
    solution, plan = decide(rule_repair.STRATEGY, snapshot)
    placed = check_laws(snapshot, solution, plan)
    again = replace(snapshot, cluster=snapshot.cluster.placed(placed))
    second, _ = decide(rule_repair.STRATEGY, again)
    assert second.outcome.before == solution.outcome.after
    if not solution.outcome.after:
        assert second.proposals == ()
