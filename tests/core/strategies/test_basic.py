# SPDX-License-Identifier: Apache-2.0
"""Consolidation by its other name."""

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies import basic, vm_workload_consolidation
from watcher_py.core.strategy import with_defaults


def test_it_decides_as_the_other_consolidation_does():
    snapshot = read(document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b'),
                                                      instance('vm3', 'b')]))
    decisions = [strategy.decide(snapshot, with_defaults(strategy.parameters, {}), UNLIMITED)
                 for strategy in (basic.STRATEGY, vm_workload_consolidation.STRATEGY)]
    assert decisions[0].proposals == decisions[1].proposals != ()


def test_load_of_servers_and_of_nodes_is_aggregated_as_is_asked():
    params = with_defaults(basic.PARAMETERS, {'period': 60, 'aggregation_method': {'instance': 'max'}})
    assert {(need.metric.is_of_nodes, need.aggregate, need.period) for need in basic.needs(params)} == {
        (True, 'mean', 60), (False, 'max', 60)}
