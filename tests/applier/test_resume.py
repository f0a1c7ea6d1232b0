# SPDX-License-Identifier: Apache-2.0
"""Whatever an applier dies over, another goes on: nothing is done twice, and the plan's policy is kept."""

import contextlib
from dataclasses import replace
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.applier.errands import Errand, Killed, MortalStore, Town, expire
from tests.applier.site import eventually
from tests.applier.test_walk import ancestors
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import run_plan, take_over
from watcher_py.applier.tools import Tools
from watcher_py.db.lease import Leases

NEVER = 3600.0


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def tools(store, leases, town):
    return Tools(store, leases, town, {'errand': Errand}, 'applier-1', Lanes(3, 3), Settings(0.01, 60), 0.01)


def mortal(plans, writes, is_stored=False):
    """The tools of a process that dies over this write."""
    store = MortalStore(plans.store, writes, is_stored)
    # Its looks at what is asked of it would end in a thread of their own.
    return replace(plans.tools, store=store, leases=Leases(store, 'mortal'), look=NEVER)


def carry_on(plans, tools, plan):
    """As an applier does that finds the plan; whether it lives on."""
    with contextlib.suppress(Killed):
        expire(plans.store, plan)
        if plans.now(plan).state == 'PENDING':
            run_plan(tools, plan.uuid)
        else:
            take_over(tools, plans.now(plan))


@some.composite
def stories(draw):
    """A graph of errands of which some fail, a policy, and the writes over which appliers die."""
    size = draw(some.integers(1, 6))
    parents = {one: sorted(draw(some.sets(some.integers(0, one - 1), max_size=2)) if one else ())
               for one in range(size)}
    failing = draw(some.sets(some.integers(0, size - 1), max_size=2))
    policy = draw(some.sampled_from(['stop-dependants', 'stop-all', 'roll-back', 'go-on']))
    deaths = draw(some.lists(some.tuples(some.integers(0, 4 * size), some.booleans()), max_size=3))
    return parents, failing, policy, deaths


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories())
def test_whatever_fails_and_whoever_dies_each_errand_is_asked_for_once_and_the_policy_is_kept(
        plans, story):
    parents, failing, policy, deaths = story
    town = Town()
    plans.tools = replace(plans.tools, cloud=town)
    plan = plans.add(*(('errand', {'name': str(one), 'fails': one in failing}, its)
                       for one, its in parents.items()), execution={'on_failure': policy})
    for writes, is_stored in deaths:
        carry_on(plans, mortal(plans, writes, is_stored), plan)
    carry_on(plans, plans.tools, plan)
    assert set(town.asked.values()) <= {1}
    check_law(policy, parents, failing, plans.states(plan))
    check_end(plans, town, policy, plan)


def check_law(policy, parents, failing, states):
    doomed = {one for one in parents if ancestors(parents, one) & failing}
    if policy == 'go-on':
        assert states == ['FAILED' if one in failing else 'SUCCEEDED' for one in parents]
        return
    told = ['CANCELLED' if one in doomed else 'FAILED' if one in failing else 'SUCCEEDED' for one in parents]
    if policy == 'stop-dependants' or not failing:
        assert states == told
        return
    assert 'FAILED' in states
    # What was not begun any more is cancelled; nothing ends otherwise than it would have.
    assert all(state in (expected, 'CANCELLED') for state, expected in zip(states, told, strict=True))
    for one, state in enumerate(states):
        assert state == 'CANCELLED' or all(states[parent] == 'SUCCEEDED' for parent in parents[one])


def check_end(plans, town, policy, plan):
    now, rows = plans.now(plan), plans.actions(plan)
    has_failed = 'FAILED' in plans.states(plan)
    assert now.state == ('FAILED' if has_failed else 'SUCCEEDED')
    done = [row for row in rows if row.state == 'SUCCEEDED']
    if policy == 'roll-back' and has_failed:
        order = sorted(done, key=lambda row: (row.ended_at, row.id), reverse=True)
        assert town.taken_back == [row.input_parameters['name'] for row in order]
        assert all(row.status_message.startswith('Reverted: errand') for row in done)
        assert f'{len(done)} were rolled back' in now.status_message
    else:
        assert town.taken_back == []
    assert {row.input_parameters['name'] for row in rows if row.state != 'CANCELLED'} == set(town.asked)


WAITING = (('errand', {'name': 'a'}, []), ('errand', {'name': 'b', 'waits': True}, [0]),
           ('errand', {'name': 'c'}, [1]))


def test_who_was_replaced_stores_nothing_and_asks_for_nothing(plans, town):
    plan = plans.add(*WAITING, ('errand', {'name': 'd'}, []))
    first = plans.spawn(run_plan, plans.tools, plan.uuid)
    eventually(lambda: 'b' in town.running)
    # The first one is not told, as if it hung.
    hold, = plans.tools.leases.holds
    expire(plans.store, plan)
    second = replace(plans.tools, leases=Leases(plans.store, 'applier-2'), host='applier-2')
    other = plans.spawn(take_over, second, plans.now(plan))
    first.finish()
    assert hold.lost.is_set()
    assert plans.now(plan).state == 'ONGOING'
    assert plans.states(plan) == ['SUCCEEDED', 'ONGOING', 'PENDING', 'SUCCEEDED']
    plans.wish(plan, 1, 'force_complete')
    other.finish()
    assert (plans.now(plan).state, plans.now(plan).hostname) == ('SUCCEEDED', 'applier-2')
    assert town.asked == {'a': 1, 'b': 1, 'c': 1, 'd': 1}


def test_what_a_dead_applier_had_begun_is_gone_on_with_before_anything_new(plans, town):
    plan = plans.add(*WAITING, ('errand', {'name': 'x'}, []))
    first, middle = plans.actions(plan)[:2]
    plans.store.change(first, state='SUCCEEDED')
    plans.store.change(middle, state='ONGOING', memory={'asked': True})
    town.ask('b')
    plans.store.change(plan, state='ONGOING')
    plans.tools = replace(plans.tools, lanes=Lanes(1, 1))
    running = plans.spawn(take_over, plans.tools, plans.now(plan))
    eventually(lambda: 'b' in town.running)
    assert plans.states(plan) == ['SUCCEEDED', 'ONGOING', 'PENDING', 'PENDING']
    plans.wish(plan, 1, 'force_complete')
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED'] * 4
    assert town.asked == {'b': 1, 'c': 1, 'x': 1}


def test_a_plan_that_was_cancelled_while_nobody_had_it_stops_what_runs_and_begins_nothing(plans, town):
    plan = plans.add(*WAITING, ('errand', {'name': 'd'}, []))
    rows = plans.actions(plan)
    plans.store.change(rows[0], state='SUCCEEDED')
    plans.store.change(rows[1], state='CANCELLING', memory={'asked': True})
    plans.store.change(rows[3], state='ONGOING')
    town.ask('b')
    plans.store.change(plan, state='CANCELLING')
    take_over(plans.tools, plans.now(plan))
    assert plans.now(plan).state == 'CANCELLED'
    assert plans.states(plan) == ['SUCCEEDED', 'CANCELLED', 'CANCELLED', 'CANCELLED']
    assert town.asked == {'b': 1}


def test_of_two_appliers_that_find_a_plan_left_behind_one_goes_on_with_it(plans, town):
    plan = plans.add(('errand', {'name': 'a'}, []), ('errand', {'name': 'b'}, []), state='ONGOING')
    together, now = Barrier(2, timeout=30), plans.now(plan)

    def carry_out(host):
        together.wait()
        take_over(replace(plans.tools, leases=Leases(plans.store, host), host=host), now)

    for one in [plans.spawn(carry_out, host) for host in ('applier-1', 'applier-2')]:
        one.finish()
    assert plans.now(plan).state == 'SUCCEEDED'
    assert town.asked == {'a': 1, 'b': 1}


def test_a_plan_whose_row_is_lost_on_the_way_is_let_go_of(plans, town):
    plan = plans.add(*WAITING)
    running = plans.start(plan)
    eventually(lambda: 'b' in town.running)
    plans.store.remove(plans.now(plan))
    running.finish()
    assert town.asked == {'a': 1, 'b': 1}
    assert plans.tools.leases.holds == []


def test_a_lease_is_given_up_when_its_plan_is_over(plans, town):
    plan = plans.add(('errand', {'name': 'a'}, []))
    run_plan(plans.tools, plan.uuid)
    assert plans.tools.leases.holds == []
