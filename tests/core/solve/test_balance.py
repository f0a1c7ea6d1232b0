# SPDX-License-Identifier: Apache-2.0
"""Balancing nodes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal, legal_placements
from watcher_py.core.budget import Budget
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.shares import MEASURED, balanceable
from watcher_py.core.solve.balance import improve
from watcher_py.core.solve.terms import Balance, Measure
from watcher_py.core.whatif import WhatIf
from watcher_py.sim.generator import generate

CPU, RAM = MEASURED
both_measures = pytest.mark.parametrize('measure', list(Measure))


def busy(name, on, cores, **values):
    """A server of 8 vCPUs that uses so many cores."""
    metrics = {'cpu_util_pct': cores / 8 * 100, 'ram_used_mb': 1024.0}
    return instance(name, on, vcpus=8, metrics=metrics, **values)


def stated(doc, names=('servers',), **values):
    """A problem, and the balance of these shares as its term."""
    snapshot = read(doc)
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, dict.fromkeys(names, 1.0))
    return problem, Balance(shares, **values)


def improved(doc, names=('servers',), limits=NO_LIMITS, budget=None, **values):
    problem, term = stated(doc, names, **values)
    trial = WhatIf(problem, limits)
    outcome = improve(trial, term, *([budget] if budget else []))
    return trial, outcome


def loaded(name, cores, **values):
    """A host of 16 cores of which so many are in use; vCPUs are no matter."""
    return host(name, cpu_ratio=8.0, metrics={'cpu_util_pct': cores / 16 * 100, 'ram_used_mb': 0.0}, **values)


def idle(name, **values):
    return loaded(name, 0, **values)


def crowded(count=4):
    """Two hosts, and all servers on one."""
    return document([host('a'), host('b')], [instance(f'vm{row}', 'a') for row in range(count)])


def measured_by_hand(term, node):
    """The measure of a term, summed anew."""
    levels = []
    for share in term.shares:
        carried = [besides + share.load[node == row].sum() for row, besides in enumerate(share.besides)]
        levels.append((np.array(carried) / share.size)[~np.isnan(share.size)])
    if not levels[0].size:
        return 0.0
    if term.measure is Measure.PEAK:
        return max(level.max() for level in levels)
    weights = [share.weight for share in term.shares]
    return np.sqrt(np.average([level.var() for level in levels], weights=weights))


@both_measures
def test_servers_are_dealt_evenly(measure):
    trial, outcome = improved(crowded(), measure=measure)
    assert sorted(trial.node.tolist()) == [0, 0, 1, 1]
    assert outcome.after == pytest.approx(outcome.bound, abs=1e-6) or measure is Measure.PEAK


@both_measures
def test_what_is_even_enough_is_left_alone(measure):
    trial, outcome = improved(crowded(), measure=measure, enough=(0.25,))
    assert trial.node.tolist() == trial.problem.node.tolist()
    assert outcome.after == outcome.before


def test_it_stops_as_soon_as_it_is_even_enough():
    # 8 against 0 servers on 16 cores each: a deviation of 0.25, each move takes 1/16 of it.
    trial, outcome = improved(crowded(8), enough=(0.126,))
    assert (trial.node != 0).sum() == 2
    assert outcome.after == pytest.approx(0.125)


def test_one_fitting_server_moves_rather_than_several():
    doc = document([loaded('a', 8), idle('b')],
                   [busy('large', 'a', 4), *(busy(f'small{row}', 'a', 1) for row in range(4))])
    trial, outcome = improved(doc, [CPU])
    assert trial.node.tolist() == [1, 0, 0, 0, 0]
    assert outcome.after == pytest.approx(0)


def test_nodes_of_different_size_are_as_full_as_each_other():
    doc = document([host('small', vcpus=8), host('large', vcpus=24)],
                   [instance(f'vm{row}', 'small', vcpus=1) for row in range(8)])
    trial, _ = improved(doc)
    assert np.bincount(trial.node).tolist() == [2, 6]


def test_what_a_node_carries_besides_its_servers_counts():
    doc = document([loaded('a', 8), loaded('b', 6)], [busy(f'vm{row}', 'a', 1) for row in range(4)])
    # Half of a's 8 cores are not its servers'.
    trial, _ = improved(doc, [CPU])
    assert np.bincount(trial.node, minlength=2).tolist() == [3, 1]


def test_servers_are_traded_where_none_may_come_alone():
    # All memory is taken: who comes must replace somebody.
    hosts = [loaded('a', 6, ram_mb=16384), loaded('b', 2, ram_mb=16384)]
    doc = document(hosts, [busy('hot1', 'a', 3), busy('hot2', 'a', 3),
                           busy('cool1', 'b', 1), busy('cool2', 'b', 1)])
    trial, outcome = improved(doc, [CPU])
    assert outcome.after == pytest.approx(0)
    assert np.bincount(trial.node).tolist() == [2, 2]


def test_several_shares_are_evened_out_at_once():
    def of(name, on, cores, mib):
        return instance(name, on, vcpus=8, metrics={'cpu_util_pct': cores / 8 * 100, 'ram_used_mb': mib})
    hosts = [host('a', metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 2048.0}),
             host('b', metrics={'cpu_util_pct': 12.5, 'ram_used_mb': 8192.0})]
    doc = document(hosts, [of('cpu1', 'a', 4, 1024.0), of('cpu2', 'a', 4, 1024.0),
                           of('ram1', 'b', 1, 4096.0), of('ram2', 'b', 1, 4096.0)])
    trial, outcome = improved(doc, [CPU, RAM])
    assert outcome.after < 0.001
    assert trial.node[0] != trial.node[1]
    assert trial.node[2] != trial.node[3]


@pytest.mark.parametrize(('weights', 'cores', 'servers'), [
    ({CPU: 1.0, 'servers': 0.01}, [3, 3], [1, 3]), ({CPU: 0.01, 'servers': 1.0}, [2, 4], [2, 2])])
def test_the_share_of_more_weight_wins(weights, cores, servers):
    doc = document([loaded('a', 6), idle('b')],
                   [busy('large', 'a', 3), *(busy(f'small{row}', 'a', 1) for row in range(3))])
    snapshot = read(doc)
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, weights)
    trial = WhatIf(problem)
    improve(trial, Balance(shares))
    assert sorted(np.bincount(trial.node, weights=shares[0].load)) == pytest.approx(cores)
    assert sorted(np.bincount(trial.node)) == servers


def test_a_node_without_a_reading_neither_gives_nor_takes():
    doc = document([loaded('a', 8), host('dark', metrics={}), idle('b')],
                   [*(busy(f'vm{row}', 'a', 2) for row in range(4)), busy('there', 'dark', 7)])
    trial, outcome = improved(doc, [CPU])
    assert np.bincount(trial.node).tolist() == [2, 1, 2]
    assert outcome.after == pytest.approx(0)


def test_a_server_without_a_reading_stays_and_its_node_carries_it():
    doc = document([loaded('a', 8), idle('b')],
                   [instance('dark', 'a', vcpus=8, metrics={}),
                    *(busy(f'vm{row}', 'a', 1) for row in range(4))])
    trial, _ = improved(doc, [CPU])
    # The 4 cores that are nobody else's are the dark one's.
    assert trial.node.tolist() == [0, 1, 1, 1, 1]


def test_disabled_nodes_are_out_of_the_comparison():
    doc = document([loaded('a', 8), idle('b', status='disabled')], [busy('vm', 'a', 4), busy('vm2', 'a', 4)])
    trial, outcome = improved(doc, [CPU])
    assert trial.node.tolist() == [0, 0]
    assert (outcome.before, outcome.after, outcome.bound) == (0, 0, 0)


def test_closed_nodes_take_nobody_and_are_not_compared():
    problem, term = stated(crowded())
    trial = WhatIf(problem)
    trial.open[1] = False
    outcome = improve(trial, term)
    assert trial.node.tolist() == [0, 0, 0, 0]
    assert outcome.after == 0


def test_soft_group_mates_that_stand_apart_are_not_brought_together():
    groups = [{'id': 'g', 'policy': 'soft-anti-affinity', 'members': ['vm0', 'there']}]
    doc = document([host('a'), host('b')], server_groups=groups, instances=[
        *(instance(f'vm{row}', 'a') for row in range(3)), instance('there', 'b')])
    trial, _ = improved(doc)
    assert trial.node[0] == 0
    assert np.bincount(trial.node).tolist() == [2, 2]


def test_a_move_has_to_gain_what_it_costs():
    problem, term = stated(crowded(2))
    # The only move brings the deviation from 1/16 to 0, for 8 GiB.
    for price, expected in ((0.001, [0, 1]), (0.1, [0, 0])):
        trial = WhatIf(problem)
        improve(trial, Balance(term.shares, price=price))
        assert sorted(trial.node.tolist()) == expected


@both_measures
def test_limits_bind(measure):
    trial, _ = improved(crowded(8), limits=Limits(servers=2), measure=measure)
    assert (trial.node != 0).sum() == 2
    trial, _ = improved(crowded(8), limits=Limits(memory=3 * 8192), measure=measure)
    assert (trial.node != 0).sum() == 3
    trial, _ = improved(crowded(8), limits=Limits(per_node=1), measure=measure)
    assert (trial.node != 0).sum() == 1


def test_a_budget_that_is_spent_ends_the_search():
    trial, outcome = improved(crowded(), budget=Budget(is_spent=lambda: True))
    assert trial.node.tolist() == [0, 0, 0, 0]
    assert outcome.after == outcome.before


def test_progress_is_told_up_to_the_end():
    told = []
    improved(crowded(), budget=Budget(tell=lambda message, share: told.append((message, share))))
    shares = [share for _, share in told]
    assert told[-1] == ('deviation 0.0000', 1.0)
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize('seed', [1, 2, 3])
def test_a_cluster_of_a_hundred_nodes_gets_even_by_few_moves(seed):
    snapshot = read(generate(100, 1000, seed))
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, {CPU: 1.0})
    start = improve(WhatIf(problem), Balance(shares, enough=(1.0,))).before
    trial = WhatIf(problem)
    outcome = improve(trial, Balance(shares, enough=(start / 4,)))
    assert outcome.after <= start / 4
    assert (trial.node != problem.node).sum() <= 100
    assert is_legal(problem, trial.node)


@both_measures
@settings(max_examples=50)
@given(doc=documents(), limits=st.builds(Limits, servers=st.integers(0, 4)) | st.just(NO_LIMITS),
       names=st.sampled_from(([CPU], [RAM], [CPU, RAM], ['vcpus', 'disk'], ['memory', 'servers'])))
def test_it_is_legal_never_worse_and_says_what_it_reached(measure, doc, limits, names):
    problem, term = stated(doc, names, measure=measure)
    trial = WhatIf(problem, limits)
    outcome = improve(trial, term)
    moved = trial.node != problem.node
    assert is_legal(problem, trial.node)
    assert moved.sum() <= limits.servers
    assert outcome.bound <= outcome.after <= outcome.before
    assert outcome.before == pytest.approx(measured_by_hand(term, problem.node))
    assert outcome.after == pytest.approx(measured_by_hand(term, trial.node))
    compared = ~np.isnan(term.shares[0].size)
    assert compared[problem.node[moved]].all()
    assert compared[trial.node[moved]].all()


@both_measures
@given(doc=documents(max_hosts=3, max_instances=5),
       names=st.sampled_from(([CPU], ['vcpus'], [CPU, 'memory'])))
def test_no_legal_placement_passes_the_bound(measure, doc, names):
    problem, term = stated(doc, names, measure=measure)
    trial = WhatIf(problem)
    outcome = improve(trial, term)
    compared = ~np.isnan(term.shares[0].size)

    def stays_among_compared(node):
        moved = node != problem.node
        return compared[problem.node[moved]].all() and compared[node[moved]].all()
    values = [measured_by_hand(term, node) for node in legal_placements(problem)
              if stays_among_compared(node)]
    assert min(values, default=0.0) >= outcome.bound - 1e-9
