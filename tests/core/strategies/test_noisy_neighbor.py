# SPDX-License-Identifier: Apache-2.0
"""Servers that disturb more important ones leave them, for where they disturb nobody."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.core.clusters import document, documents, host, instance
from tests.core.laws import check_laws
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed, Done
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.noise import signals
from watcher_py.core.schedule import schedule
from watcher_py.core.strategies.noisy_neighbor import STRATEGY
from watcher_py.core.strategy import with_defaults

FELL, ROSE, SAME = (8e6, 4e6), (2e6, 6e6), (5e6, 5e6)


def server(name, on, priority, cache=SAME, cores=0.2, steal=0.0, **values):
    """A server of two vCPUs; of the cache, what it used in the period before and in the last."""
    metrics = {'cpu_util_pct': cores / 2 * 100, 'ram_used_mb': 0.0, 'l3_cache_prev_bytes': cache[0],
               'l3_cache_bytes': cache[1], 'cpu_steal_pct': steal}
    return instance(name, on, metrics=metrics, metadata={'watcher-priority': str(priority)}, **values)


def town(*servers, hosts='abc'):
    return document([host(name) for name in hosts], list(servers))


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def moves(solution):
    return {proposal.change.server: proposal.change.target for proposal in solution.proposals}


def test_who_takes_the_cache_of_a_more_important_server_leaves_it():
    solution = decide(town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE), hosts='ab'))
    assert moves(solution) == {'batch': 'b'}
    assert solution.proposals[0].reason == (
        'it disturbs shop on a: its use of the L3 cache rose by 200 % while that of the other fell by 50 %; '
        'on b nobody is more important than it')
    assert solution.indicators == {'instance_migrations_count': 1, 'disturbed_before_count': 1,
                                   'disturbed_after_count': 0}
    assert (solution.outcome.before, solution.outcome.after, solution.outcome.bound) == (1, 0, 0)


@pytest.mark.parametrize(('suffers', 'other'), [(9, 1), ('', 4), (6, 'high')])
def test_nobody_leaves_for_one_who_is_less_important(suffers, other):
    solution = decide(town(server('shop', 'a', suffers, FELL), server('batch', 'a', other, ROSE)))
    assert solution.proposals == ()
    assert solution.refrained == (
        '1 servers suffer, but from no neighbour that is noisy and not more important')


@pytest.mark.parametrize(('suffers', 'other'), [(5, 5), ('', ''), ('', 'high'), (5, 'x')])
def test_of_equals_who_takes_the_cache_leaves(suffers, other):
    solution = decide(town(server('shop', 'a', suffers, FELL), server('batch', 'a', other, ROSE), hosts='ab'))
    assert moves(solution) == {'batch': 'b'}


@pytest.mark.parametrize(('change', 'is_noise'), [(35.0, False), (36.0, True)])
def test_what_is_within_the_threshold_is_no_noise(change, is_noise):
    rose = (1e6, 1e6 * (1 + change / 100))
    solution = decide(town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, rose)))
    assert bool(solution.proposals) is is_noise


def test_a_rise_beside_one_who_does_not_suffer_is_no_noise():
    doc = town(server('shop', 'a', 1), server('batch', 'a', 9, ROSE), server('web', 'b', 1, FELL))
    solution = decide(doc)
    assert solution.proposals == ()


def test_all_who_disturb_leave_not_one_only():
    solution = decide(town(server('shop', 'a', 1, FELL), *(server(f'batch{row}', 'a', 9, ROSE)
                                                           for row in range(3))))
    assert moves(solution).keys() == {'batch0', 'batch1', 'batch2'}
    assert solution.indicators['disturbed_after_count'] == 0


def test_a_server_goes_where_nobody_is_more_important():
    doc = town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE), server('web', 'b', 2),
               server('test', 'c', 9), server('test2', 'c', 9))
    assert moves(decide(doc)) == {'batch': 'c'}


def test_it_goes_beside_a_more_important_one_that_does_not_suffer_if_there_is_no_other_place():
    doc = town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE), server('web', 'b', 2),
               server('bank', 'c', 1, FELL))
    solution = decide(doc)
    assert moves(solution) == {'batch': 'b'}
    assert solution.proposals[0].reason.endswith('; on b nobody who is more important than it suffers')


def test_it_stays_where_it_would_only_disturb_others_who_suffer_already():
    doc = town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE), server('bank', 'b', 1, FELL),
               hosts='ab')
    solution = decide(doc)
    assert solution.proposals == ()
    assert solution.refrained == ''
    assert solution.stayed['batch'].startswith('it disturbs shop')


def test_who_uses_most_leaves_one_who_waits_for_a_cpu():
    # It waits for 20 % of its time beside 3.5 cores: 1.75 less, and it waits for 10 %.
    doc = town(server('shop', 'a', 1, steal=20.0), server('batch1', 'a', 9, cores=1.0),
               server('batch2', 'a', 9, cores=1.5), server('batch3', 'a', 9, cores=0.5),
               server('web', 'a', 1, cores=0.5))
    solution = decide(doc)
    assert moves(solution).keys() == {'batch1', 'batch2'}
    assert solution.proposals[0].reason.startswith(
        'it disturbs shop on a: it uses 1.0 cores while the other waits for a CPU for 20 % of its time')
    assert decide(doc, steal_threshold=20.0).proposals == ()


def test_a_server_that_is_locked_stays_noisy():
    doc = town(server('shop', 'a', 1, FELL, locked=True), server('batch', 'a', 9, ROSE, locked=True))
    solution = decide(doc)
    assert solution.proposals == ()
    assert solution.stayed['batch'] == 'it is locked'
    assert (solution.outcome.after, solution.outcome.bound) == (1, 1)


def test_what_does_not_run_neither_suffers_nor_disturbs():
    shop, batch = server('shop', 'a', 1, FELL, steal=50.0), server('batch', 'a', 9, ROSE, cores=2.0)
    assert decide(town({**shop, 'state': 'stopped'}, batch)).proposals == ()
    assert decide(town(shop, {**batch, 'state': 'paused'})).proposals == ()


def test_what_is_unknown_is_no_noise_and_nobody_suffers_from_it():
    shop, batch = server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE, cores=2.0)
    batch['metrics'] = {}
    assert decide(town(shop, batch)).proposals == ()
    shop['metrics'] = {}
    assert decide(town(shop, batch)).refrained == (
        'how much of the L3 cache servers use, and how they wait for CPUs, is unknown of all')


def test_both_periods_are_asked_for():
    needs = STRATEGY.needs(with_defaults(STRATEGY.parameters, {}))
    assert MetricNeed(Metric.INSTANCE_L3_CACHE, 100, 100) in needs
    assert MetricNeed(Metric.INSTANCE_L3_CACHE, 100, 100, is_earlier=True) in needs


@settings(max_examples=30)
@given(doc=documents())
def test_only_noisy_servers_move_and_only_to_where_nobody_important_suffers(doc):
    for row, each in enumerate(doc['instances']):
        each['metadata'] = {'watcher-priority': str(row % 3)}
    snapshot = read(doc)
    solution = STRATEGY.decide(snapshot, with_defaults(STRATEGY.parameters, {}), UNLIMITED)
    placed = check_laws(snapshot, solution, schedule(snapshot, solution))
    seen = signals(snapshot, 35.0, 10.0)
    noisy = {each.noisy for each in seen.disturbances()}
    for row in np.flatnonzero(placed != snapshot.cluster.servers.node).tolist():
        assert row in noisy
        there = (placed == placed[row]) & (snapshot.cluster.servers.node == placed[row])
        assert not (there & seen.suffers & (seen.priority <= seen.priority[row])).any()


def test_what_came_of_it_is_measured_by_who_still_stands_together():
    doc = town(server('shop', 'a', 1, FELL), server('batch', 'a', 9, ROSE), server('batch2', 'a', 9, ROSE),
               server('bank', 'b', 1, FELL), server('batch3', 'b', 9, ROSE))
    after = town(server('shop', 'a', 1, FELL), server('batch', 'c', 9, ROSE), server('batch2', 'a', 9, ROSE),
                 server('bank', 'b', 1))
    solution = decide(doc)
    deeds = tuple(Deed('migrate', proposal.change.parameters(), 9.0) for proposal in solution.proposals)
    measured = STRATEGY.measure(read(doc), read(after), with_defaults(STRATEGY.parameters, {}), Done(deeds))
    STRATEGY.goal.check(measured)
    assert solution.indicators.keys() <= measured.keys()
    assert (measured['disturbed_before_count'], measured['disturbed_after_count']) == (2, 1)
