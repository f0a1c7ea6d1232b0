# SPDX-License-Identifier: Apache-2.0
"""Whatever a strategy wants, it keeps to the restraint that is asked of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.clusters import documents
from tests.core.strategies.every import params_for, strategies
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.document import read
from watcher_py.core.restraint import PARAMETERS

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
RESTRAINED = [strategy for strategy in strategies()
              if strategy.parameters['properties'].keys() >= PARAMETERS.keys()]
every_restrained = pytest.mark.parametrize('strategy', RESTRAINED, ids=lambda strategy: strategy.name)


def decided(strategy, snapshot, **params):
    solution = strategy.decide(snapshot, {**params_for(strategy, snapshot), **params}, UNLIMITED)
    return solution, [each.change for each in solution.proposals if isinstance(each.change, Migrate)]


@every_restrained
@settings(max_examples=10)
@given(doc=documents(), servers=st.integers(0, 3), per_node=st.integers(0, 3),
       share=st.sampled_from((0.0, 0.1, 0.5, 1.0)))
def test_a_plan_keeps_its_caps(strategy, doc, servers, per_node, share):
    assume(doc['hosts'])
    snapshot = read(doc)
    _, moves = decided(strategy, snapshot, max_moves=servers, max_moves_per_node=per_node,
                       max_memory_moved=share)
    memory = snapshot.cluster.servers.demand[:, MEMORY_MB]
    rows = {uuid: row for row, uuid in enumerate(snapshot.cluster.servers.uuid)}
    assert len(moves) <= servers
    assert max(Counter(end for move in moves for end in (move.source, move.target)).values(),
               default=0) <= per_node
    assert sum(memory[rows[move.server]] for move in moves) <= share * memory.sum() + 1e-6


@every_restrained
@settings(max_examples=10)
@given(doc=documents(), ages=st.lists(st.sampled_from((1, 59, 61)), min_size=14, max_size=14))
def test_who_moved_a_moment_ago_rests(strategy, doc, ages):
    assume(doc['hosts'])
    for row, minutes in zip(doc['instances'], ages, strict=False):
        row['moved_at'] = (NOON - timedelta(minutes=minutes)).isoformat()
    snapshot = read({**doc, 'taken_at': NOON.isoformat()})
    _, moves = decided(strategy, snapshot, rest_period=3600)
    resting = {row['id'] for row, minutes in zip(doc['instances'], ages, strict=False) if minutes < 60}
    assert not resting & {move.server for move in moves}


@every_restrained
@settings(max_examples=10)
@given(doc=documents())
def test_a_gain_that_is_not_to_be_had_is_not_strived_for(strategy, doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    wanted, moves = decided(strategy, snapshot)
    refrained, none = decided(strategy, snapshot, minimum_gain=1e9)
    assert none == []
    assert not moves or (refrained.refrained and not wanted.refrained)
    if refrained.outcome:
        assert refrained.outcome.after == refrained.outcome.before
    assert np.isfinite(list(refrained.indicators.values())).all()
