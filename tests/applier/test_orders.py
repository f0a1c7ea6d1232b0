# SPDX-License-Identifier: Apache-2.0
"""What operators ask of a plan that runs reaches its actions."""

from dataclasses import replace

import pytest

from tests.applier.errands import Errand, Town, expire
from tests.applier.site import eventually
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import take_over
from watcher_py.applier.tools import Tools

WAITS = {'name': 'a', 'waits': True}


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def tools(store, leases, town):
    return Tools(store, leases, town, {'errand': Errand}, 'applier-1', Lanes(4, 4), Settings(0.01, 60), 0.01)


def test_an_action_that_is_to_be_given_up_is_and_what_needs_it_is_not_run(plans, town):
    plan = plans.add(('errand', WAITS, []), ('errand', {'name': 'b'}, [0]), ('errand', {'name': 'c'}, []))
    running = plans.start(plan)
    eventually(lambda: 'a' in town.running)
    plans.wish(plan, 0, 'abort')
    running.finish()
    assert plans.states(plan) == ['CANCELLED', 'CANCELLED', 'SUCCEEDED']
    assert plans.messages(plan) == ['Stopped: it was asked to be given up.',
                                    'Not run: it needs errand, which was not done.', None]
    assert (plans.now(plan).state, plans.now(plan).status_message) == (
        'FAILED', '2 of 3 actions were not run.')
    assert plans.actions(plan)[0].wish is None


def test_a_wish_that_its_applier_did_not_live_to_hear_is_heard_by_the_next(plans, town):
    plan = plans.add(('errand', WAITS, []), state='ONGOING')
    plans.store.change(plans.actions(plan)[0], state='ONGOING', wish='force_complete', memory={'asked': True})
    town.ask('a')
    take_over(plans.tools, plans.now(plan))
    assert plans.states(plan) == ['SUCCEEDED']
    assert plans.actions(plan)[0].wish is None


def test_one_action_is_forced_and_others_are_not(plans, town):
    plan = plans.add(('errand', WAITS, []), ('errand', {'name': 'b', 'waits': True}, []))
    running = plans.start(plan)
    eventually(lambda: town.running == {'a', 'b'})
    plans.wish(plan, 1, 'force_complete')
    eventually(lambda: plans.states(plan) == ['ONGOING', 'SUCCEEDED'])
    plans.wish(plan, 0, 'force_complete')
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED', 'SUCCEEDED']


def test_nothing_begins_once_a_cancel_is_stored_even_before_it_was_seen(plans, town):
    plans.tools = replace(plans.tools, look=3600, lanes=Lanes(1, 1))
    plan = plans.add(('errand', {'name': 'a'}, []), state='ONGOING')
    plans.store.claim(plan, 'ONGOING', 'CANCELLING')
    expire(plans.store, plan)
    take_over(plans.tools, plans.now(plan))
    assert plans.states(plan) == ['CANCELLED']
    assert plans.now(plan).state == 'CANCELLED'
    assert not town.asked
