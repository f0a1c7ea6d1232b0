# SPDX-License-Identifier: Apache-2.0
"""What every strategy decides can be explained, also from what is kept of it."""

import pytest
from hypothesis import assume, given, settings

from tests.core.clusters import documents
from tests.core.strategies.every import decide, params_for
from tests.core.strategies.test_laws import every_strategy
from watcher_py.core.document import read
from watcher_py.core.explain.archive import pack, unpack
from watcher_py.core.explain.ask import explain
from watcher_py.core.explain.evidence import ends, gather


def evidence_of(strategy, snapshot):
    """As an engine has it after the plan was stored: with what was decided, and the end of the plan."""
    solution, plan = decide(strategy, snapshot)
    node = ends(snapshot.cluster, (action.change for action in plan.actions))
    again, there = unpack(pack(snapshot, node))
    params = params_for(strategy, snapshot)
    return solution, plan, gather(again, strategy, params, there, solution.stayed, solution.refrained)


@every_strategy
@settings(max_examples=6)
@given(doc=documents())
def test_everything_is_explained_as_it_was_decided(strategy, doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    _, plan, evidence = evidence_of(strategy, snapshot)
    moved = {action.change.server for action in plan.actions if action.change.action_type == 'migrate'}
    for uuid in snapshot.cluster.servers.uuid:
        told = explain(evidence, uuid)
        assert told.verdict == ('moved' if uuid in moved else 'stayed')
        assert told.reason
    for row, uuid in enumerate(snapshot.cluster.nodes.uuid):
        assert (explain(evidence, uuid).verdict == 'active') is bool(evidence.active[row])


@every_strategy
@settings(max_examples=10)
@given(doc=documents())
def test_the_value_that_is_told_is_the_one_that_was_promised(strategy, doc):
    assume(doc['hosts'])
    solution, plan, evidence = evidence_of(strategy, read(doc))
    moved = (evidence.node != evidence.problem.node).nonzero()[0].tolist()
    for row in moved if not plan.left_out else ():
        told = {effect.objective: effect.value
                for effect in explain(evidence, evidence.cluster.servers.uuid[row]).effects}
        promised = solution.outcome.after
        assert told.get(solution.outcome.objective, promised) == pytest.approx(promised, abs=1e-9)
