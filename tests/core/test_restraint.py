# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py import schemas
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.restraint import PARAMETERS, limits_of, rested, worth_it
from watcher_py.core.solution import Outcome
from watcher_py.core.solve.solver import Answer
from watcher_py.core.strategy import with_defaults

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def snapshot_of(*minutes_ago, policy='soft-anti-affinity'):
    """Servers of 8 GiB on one node that moved so many minutes ago, or never; the first two are a group."""
    instances = [instance(f'vm{number}', 'a', moved_at=None if ago is None else moved(ago))
                 for number, ago in enumerate(minutes_ago)]
    group = {'id': 'g', 'name': 'pair', 'policy': policy, 'members': ['vm0', 'vm1']}
    return read(document([host('a'), host('b')], instances, taken_at=NOON.isoformat(),
                         server_groups=[group] if len(instances) > 1 else []))


def moved(minutes_ago):
    return (NOON - timedelta(minutes=minutes_ago)).isoformat()


def stuck(snapshot, **params):
    return list(rested(allocation_problem(snapshot.cluster), snapshot, params).rules.stuck)


def judged(moves, outcomes, **params):
    """What becomes of an answer that moves so many of four servers of 8 GiB."""
    problem = allocation_problem(snapshot_of(None, None, None, None).cluster)
    return worth_it(problem, Answer(np.array([1] * moves + [0] * (4 - moves)), tuple(outcomes)), params)


NODES_FREED = Outcome('active nodes', 5, 3, 2)


def test_the_defaults_restrain_nothing():
    snapshot = snapshot_of(0, 1, None)
    params = with_defaults({'properties': PARAMETERS}, {})
    assert limits_of(allocation_problem(snapshot.cluster), params) == NO_LIMITS
    assert stuck(snapshot, **params) == ['', '', '']
    assert judged(2, [NODES_FREED], **params)[1] == ''


def test_a_share_of_memory_is_of_all_servers():
    problem = allocation_problem(snapshot_of(None, None, None, None).cluster)
    limits = limits_of(problem, {'max_memory_moved': 0.25, 'max_moves': 3, 'max_moves_per_node': 2,
                                 'max_moves_per_group': 1})
    assert limits == Limits(3, problem.demand[0, MEMORY_MB], 2, 1)


@pytest.mark.parametrize('given', [
    {'max_moves': -1}, {'max_moves': 1.5}, {'max_memory_moved': 25}, {'minimum_gain': -1},
    {'rest_period': 'long'}])
def test_what_is_no_restraint_is_refused(given):
    with pytest.raises(Exception, match=next(iter(given))):
        schemas.parameters('any', {'properties': PARAMETERS}, given)


def test_a_server_that_moved_a_moment_ago_rests_and_says_for_how_long():
    assert stuck(snapshot_of(12, 61, None), rest_period=3600) == [
        'it moved 12 minutes ago and rests for 60 minutes', '', '']


def test_a_group_rests_with_its_member_and_others_do_not():
    why = 'a member of its group pair moved 12 minutes ago, and the group rests for 2 hours'
    assert stuck(snapshot_of(12, None, None), group_rest_period=7200) == [why, why, '']
    assert stuck(snapshot_of(None, None, None), group_rest_period=7200) == ['', '', '']


def test_a_server_that_moved_in_the_future_of_our_clock_rests():
    assert stuck(snapshot_of(-5), rest_period=60) == ['it moved 0 seconds ago and rests for 60 seconds']


def test_what_is_stuck_for_another_reason_keeps_it():
    snapshot = snapshot_of(1, 1, policy='affinity')
    assert stuck(snapshot, rest_period=60, group_rest_period=600) == [
        'affinity group pair keeps it in place'] * 2


def test_a_plan_that_gains_enough_is_kept_as_it_is():
    answer, refrained = judged(2, [NODES_FREED], minimum_gain=2)
    assert answer.node.tolist() == [1, 1, 0, 0]
    assert answer.outcomes == (NODES_FREED,)
    assert refrained == ''


def test_a_plan_that_gains_too_little_is_given_up_and_says_so():
    answer, refrained = judged(2, [NODES_FREED], minimum_gain=3)
    assert answer.node.tolist() == [0, 0, 0, 0]
    assert answer.outcomes == (Outcome('active nodes', 5, 5, 2),)
    assert refrained == ('2 moves would bring active nodes from 5 to 3, a gain of 2; '
                         'the least that is worth moving for is 3')


def test_moves_that_gain_nothing_are_given_up_without_being_asked():
    answer, refrained = judged(1, [Outcome('active nodes', 5, 5, 2)])
    assert answer.node.tolist() == [0, 0, 0, 0]
    assert refrained.endswith('which is no gain')


def test_one_term_that_gains_is_enough():
    nothing = Outcome('broken rules', 0, 0, 0)
    assert judged(1, [nothing, NODES_FREED])[1] == ''
    assert judged(1, [NODES_FREED, nothing])[1] == ''


def test_nothing_moved_is_nothing_to_refrain_from():
    assert judged(0, [Outcome('active nodes', 5, 5, 2)], minimum_gain=9)[1] == ''


@pytest.mark.parametrize(('price', 'hours', 'is_worth'), [
    (3.0, 24, True),            # 2 nodes for 24 hours are 48; 2 servers of 8 GiB cost 16 each GiB's price
    (3.1, 24, False),
    (3.1, 48, True)])
def test_moves_pay_within_the_hours_or_are_given_up(price, hours, is_worth):
    refrained = judged(2, [NODES_FREED], cost_per_gib=price, payback_hours=hours)[1]
    assert (refrained == '') is is_worth
    assert is_worth or 'earns 48 in 24 hours; moving 16 GiB costs 49.6' in refrained
