# SPDX-License-Identifier: Apache-2.0
"""What keeps a server off each node is said of each, and of those alone that do not take it."""

from hypothesis import given, settings

from tests.core.clusters import document, documents, host, instance
from watcher_py.core import document as documented
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.refusal import why_not, why_not_on_each
from watcher_py.core.strategy import Stated


def evidence(doc):
    snapshot = documented.read(doc)
    return Evidence(snapshot.cluster, Stated(snapshot.problem), snapshot.problem.node)


def test_each_node_is_told_what_it_lacks_itself():
    doc = document([host('cn1'), host('cn2', vcpus=1), host('cn3', ram_mb=4096), host('cn4')],
                   [instance('vm', 'cn1')])
    assert why_not_on_each(evidence(doc), 0) == ['', 'it lacks 1 VCPU', 'it lacks 4096 MEMORY_MB', '']


@settings(max_examples=30)
@given(doc=documents())
def test_of_all_nodes_the_same_is_said_as_of_one(doc):
    seen = evidence(doc)
    trial = seen.trial()
    for server in range(len(seen.node)):
        told = why_not_on_each(seen, server)
        assert told == [why_not(seen, trial, server, node) for node in range(len(told))]
        takes = trial.fits(server)
        takes[seen.node[server]] = True
        assert [not why for why in told] == takes.tolist()
