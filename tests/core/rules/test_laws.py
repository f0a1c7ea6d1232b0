# SPDX-License-Identifier: Apache-2.0
"""Whatever the rules and the room let move, Nova lets move: asked of a ledger that is written apart."""

from dataclasses import fields, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import documents
from tests.core.laws import Ledger
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.rules import misplaced, rules_of
from watcher_py.core.whatif import WhatIf


@given(doc=documents(), data=st.data())
def test_nova_refuses_no_move_that_fits_whatever_came_before(doc, data):
    cluster = read(doc).cluster
    trial, ledger = WhatIf(allocation_problem(cluster)), Ledger(cluster)
    movers = np.flatnonzero(trial.problem.movable).tolist()
    for server in data.draw(st.permutations(movers)) if movers else ():
        targets = np.flatnonzero(trial.fits(server))
        if len(targets):
            target = int(data.draw(st.sampled_from(targets.tolist())))
            name = cluster.nodes.name
            move = Migrate(cluster.servers.uuid[server], '', name[trial.node[server]], name[target])
            ledger.start(move)
            ledger.end(move)
            trial.move(server, target)


@given(doc=documents())
def test_a_mask_says_what_it_says_to_each_server_alone(doc):
    """Classes are a way to be quick: a server that is asked about alone gets the same answer."""
    cluster = read(doc).cluster
    rules = rules_of(cluster)
    assert len({bytes(mask) for mask in np.packbits(rules.takes, axis=1)}) == len(rules.takes) or not len(
        cluster.nodes)
    for server in range(len(cluster.servers)):
        alone = rules_of(with_only(cluster, server))
        stray = 'affinity' in {group.policy.value for group in cluster.groups if server in group.members}
        if not stray:
            assert alone.stuck[0] == rules.stuck[server]
            assert alone.takes[alone.class_of[0]].tolist() == rules.takes[rules.class_of[server]].tolist()


@given(doc=documents())
def test_a_class_that_takes_all_nodes_misplaces_nobody(doc):
    cluster = read(doc).cluster
    rules = rules_of(cluster)
    wrong = misplaced(cluster)
    for server, node in enumerate(cluster.servers.node.tolist()):
        assert not (wrong[server] and rules.takes[rules.class_of[server], node])


def with_only(cluster, server):
    """The cluster with this server alone."""
    columns = {field.name: getattr(cluster.servers, field.name) for field in fields(cluster.servers)}
    row = {name: column[[server]] if isinstance(column, np.ndarray) else (column[server],)
           for name, column in columns.items()}
    return replace(cluster, servers=replace(cluster.servers, **row), groups=())
