# SPDX-License-Identifier: Apache-2.0
"""Bringing nodes below a threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.laws import check_laws
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.schedule import schedule
from watcher_py.core.strategies.workload_balance import STRATEGY, state
from watcher_py.core.strategy import with_defaults


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def busy(name, on, cores):
    """A server of 16 vCPUs that uses so many cores."""
    return instance(name, on, vcpus=16, metrics={'cpu_util_pct': cores / 16 * 100, 'ram_used_mb': 0.0})


def of(**cores):
    """Hosts of 16 cores by name, each with servers that use so many cores."""
    hosts = [host(name, cpu_ratio=8.0, metrics={'cpu_util_pct': sum(each) / 16 * 100, 'ram_used_mb': 0.0})
             for name, each in cores.items()]
    return document(hosts, [busy(f'{name}{row}', name, each)
                            for name, row_of in cores.items() for row, each in enumerate(row_of)])


def moves(solution):
    return [(proposal.change.server, proposal.change.target) for proposal in solution.proposals]


def test_as_many_servers_move_as_it_takes():
    solution = decide(of(a=[2, 2, 2, 2], b=[2, 2, 2], c=[], d=[]))
    assert len(solution.proposals) == 3
    assert solution.outcome.after == pytest.approx(0.25)


def test_one_server_that_is_enough_moves_and_it_is_the_smallest_such():
    assert moves(decide(of(a=[4, 3, 1, 1], b=[]), threshold=40.0)) == [('a1', 'b')]


def test_a_node_that_is_hardly_above_is_relieved_by_little():
    # 4.05 cores of 16 are 25.3 %; a tenth of a core is enough.
    assert moves(decide(of(a=[2, 1.95, 0.1], b=[]))) == [('a2', 'b')]


def test_below_the_threshold_nothing_moves():
    solution = decide(of(a=[4], b=[]))
    assert solution.proposals == ()
    assert solution.refrained == 'no node is above what is enough'


def test_no_other_node_is_lifted_above_the_threshold():
    solution = decide(of(a=[3, 3], b=[2]))
    assert solution.proposals == ()
    assert solution.stayed['a-id'].startswith('it stays above what is enough')
    assert solution.refrained == ''


def test_what_no_node_takes_whole_is_relieved_in_part():
    # 14 cores on a; b and c take 4 each.
    solution = decide(of(a=[2] * 7, b=[], c=[]))
    assert len(solution.proposals) == 4
    assert solution.outcome.after == pytest.approx(6 / 16)


def test_memory_is_balanced_on_request():
    doc = of(a=[], b=[])
    doc['hosts'][0]['metrics']['ram_used_mb'] = 32768.0
    doc['instances'] = [instance(f'vm{row}', 'a', metrics={'ram_used_mb': 16384.0}) for row in range(2)]
    assert len(decide(doc, metrics='instance_ram_usage').proposals) == 1
    assert decide(doc).proposals == ()
    params = with_defaults(STRATEGY.parameters, {'metrics': 'instance_ram_usage'})
    assert STRATEGY.needs(params) == [MetricNeed(Metric.INSTANCE_RAM, 300, 300),
                                      MetricNeed(Metric.HOST_RAM, 300, 300)]


def test_a_strange_metric_is_named():
    with pytest.raises(Invalid, match='temperature'):
        decide(of(a=[1]), metrics='temperature')


@settings(max_examples=50)
@given(doc=documents(), threshold=st.floats(5, 100))
def test_nodes_below_the_threshold_stay_below(doc, threshold):
    snapshot = read(doc)
    params = with_defaults(STRATEGY.parameters, {'threshold': threshold})
    solution = STRATEGY.decide(snapshot, params, UNLIMITED)
    placed = check_laws(snapshot, solution, schedule(snapshot, solution))
    share, = state(snapshot, params).terms[0].shares
    before, after = share.levels(snapshot.cluster.servers.node), share.levels(placed)
    known = np.isfinite(before)
    assert (after[known] <= np.maximum(before[known], threshold / 100) + 1e-6).all()
    # Who leaves, leaves a node that was above, or is traded for one that does.
    home = snapshot.cluster.servers.node
    moved = placed != home
    relieved = set(np.flatnonzero(before > threshold / 100).tolist())
    assert all(source in relieved or target in relieved
               for source, target in zip(home[moved].tolist(), placed[moved].tolist(), strict=True))
