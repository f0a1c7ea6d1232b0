# SPDX-License-Identifier: Apache-2.0
"""Actions wait for the gate, follow what has drifted, and are left out where they are in vain."""

from dataclasses import replace

import pytest

from tests.applier.errands import Errand, Town
from tests.applier.site import eventually
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.drift import Verdict
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import run_plan
from watcher_py.applier.tools import Tools
from watcher_py.core.errors import Unavailable


class Barred:
    """A gate that holds back the actions of these projects, or all."""

    def __init__(self, *projects):
        self.projects = set(projects)
        self.asked = []

    def why_wait(self, plan, row, project):
        self.asked.append((row.input_parameters['name'], project))
        if self.projects & {'all', project}:
            return f'the bar of {project} is down.'
        return None


class Drifting:
    """Tells of each action what the test says; the project is the first letter of the name."""

    def __init__(self):
        self.verdicts = {}
        self.looked = []
        self.is_silent = False

    def look(self, plan, row):
        name = row.input_parameters['name']
        self.looked.append(name)
        if self.is_silent:
            raise Unavailable('Nova is silent')
        verdict = self.verdicts.get(name, Verdict(row.input_parameters))
        return replace(verdict, project=name[0])


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def gate():
    return Barred()


@pytest.fixture
def drift():
    return Drifting()


@pytest.fixture
def tools(store, leases, town, gate, drift):
    kinds = dict.fromkeys(('errand', 'migrate', 'change_nova_service_state'), Errand)
    return Tools(store, leases, town, kinds, 'applier-1', Lanes(2, 2), Settings(0.01, 60), 0.01, drift=drift,
                 gate=gate)


def errand(name, *parents, kind='errand', **more):
    return kind, {'name': name, **more}, parents


def test_while_the_gate_is_closed_actions_wait_the_plan_says_why_and_the_cloud_is_not_asked(
        plans, gate, drift, town):
    gate.projects.add('all')
    plan = plans.add(*(errand(f'a{number}') for number in range(5)))
    running = plans.start(plan)
    eventually(lambda: len(gate.asked) > 20)
    assert plans.now(plan).status_message == 'Waits: the bar of None is down.'
    assert plans.now(plan).state == 'ONGOING'
    assert plans.states(plan) == ['PENDING'] * 5
    assert drift.looked == []
    assert plans.tools.underway.waiting == 5
    gate.projects.clear()
    running.finish()
    assert (plans.now(plan).state, plans.now(plan).status_message) == ('SUCCEEDED', None)
    assert len(town.asked) == 5


def test_the_actions_of_one_project_that_wait_do_not_hold_up_those_of_others(plans, gate, drift, town):
    gate.projects.add('a')
    plan = plans.add(*(errand(f'a{number}') for number in range(4)), errand('b0'), errand('b1', 4))
    running = plans.start(plan)
    eventually(lambda: {'b0', 'b1'} <= town.asked.keys())
    eventually(lambda: plans.states(plan)[4:] == ['SUCCEEDED', 'SUCCEEDED'])
    assert plans.states(plan)[:4] == ['PENDING'] * 4
    assert plans.now(plan).status_message == 'Waits: the bar of a is down.'
    gate.projects.clear()
    running.finish()
    assert len(town.asked) == 6
    assert [row.project for row in plans.actions(plan)] == ['a'] * 4 + ['b'] * 2


def test_after_a_wait_the_cloud_is_looked_at_anew(plans, gate, drift, town):
    gate.projects.add('a')
    plan = plans.add(errand('a0'))
    running = plans.start(plan)
    eventually(lambda: drift.looked)
    drift.verdicts['a0'] = Verdict({'name': 'a0'}, skip='it is gone')
    gate.projects.clear()
    running.finish()
    assert plans.messages(plan) == ['Action was skipped automatically: it is gone']
    assert not town.asked


def test_a_plan_that_waits_is_cancelled_at_once(plans, gate, town):
    gate.projects.add('all')
    plan = plans.add(errand('a'), errand('b', 0))
    running = plans.start(plan)
    eventually(lambda: plans.now(plan).status_message)
    plans.cancel(plan)
    running.finish()
    assert (plans.now(plan).state, plans.states(plan)) == ('CANCELLED', ['CANCELLED', 'CANCELLED'])
    assert not town.asked


def test_an_action_that_goes_elsewhere_by_now_says_so_and_queues_for_the_room_there(plans, drift, town):
    plans.tools = replace(plans.tools, lanes=Lanes(2, 1))
    first = errand('a', source_node='cn1', destination_node='cn2', waits=True)
    second = errand('b', source_node='cn3', destination_node='cn4')
    elsewhere = {**second[1], 'destination_node': 'cn2'}
    drift.verdicts['b'] = Verdict(elsewhere, note='cn4 is disabled: moved to cn2 instead')
    plan = plans.add(first, second)
    running = plans.start(plan)
    eventually(lambda: plans.messages(plan)[1])
    eventually(lambda: 'a' in town.running)
    assert plans.states(plan) == ['ONGOING', 'PENDING']
    plans.wish(plan, 0, 'force_complete')
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED', 'SUCCEEDED']
    assert plans.messages(plan)[1] == 'cn4 is disabled: moved to cn2 instead'
    assert plans.actions(plan)[1].input_parameters == elsewhere
    assert drift.looked.count('b') == 2


def test_an_action_that_is_sent_to_and_fro_goes_at_last(plans, drift, town):
    to_and_fro = iter(['cn2', 'cn1'] * 10)

    class Undecided(Drifting):
        def look(self, plan, row):
            self.looked.append(row.uuid)
            return Verdict({**row.input_parameters, 'destination_node': next(to_and_fro)}, note='elsewhere')

    plans.tools = replace(plans.tools, drift=Undecided())
    plan = plans.run(errand('a', source_node='cn3', destination_node='cn1'))
    assert plans.states(plan) == ['SUCCEEDED']
    assert len(plans.tools.drift.looked) == 4
    assert plans.actions(plan)[0].input_parameters['destination_node'] == 'cn1'


def test_how_an_action_differs_from_the_plan_is_told_beside_its_failure(plans, drift):
    fails = errand('a', fails=True)
    drift.verdicts['a'] = Verdict(fails[1] | {'more': 1}, note='it has grown')
    plan = plans.run(fails)
    assert plans.messages(plan) == ['Action failed in execute: a is sold out (it has grown)']


def test_what_is_in_vain_after_a_move_that_was_left_out_is_skipped_too(plans, drift, town):
    stays = 'cn2 is disabled, and there is no other place'
    drift.verdicts['m'] = Verdict({'name': 'm'}, skip=stays, stays=True)
    drift.verdicts['gone'] = Verdict({'name': 'gone'}, skip='server gone is gone')
    kind = 'change_nova_service_state'
    plan = plans.run(
        errand('before', kind=kind, state='disabled', revert_on_failure=True),
        errand('m', 0, kind='migrate'), errand('gone', kind='migrate'), errand('after gone', 2),
        errand('off', 1, kind=kind, state='disabled'), errand('further', 4),
        errand('on', 1, kind=kind, state='enabled'), errand('n', 1, kind='migrate'))
    assert plans.states(plan) == ['SUCCEEDED', 'SKIPPED', 'SKIPPED', 'SUCCEEDED', 'SKIPPED', 'SKIPPED',
                                  'SUCCEEDED', 'SUCCEEDED']
    assert {plans.messages(plan)[place] for place in (1, 4, 5)} == {
        f'Action was skipped automatically: {stays}'}
    assert plans.messages(plan)[0] == 'Reverted: migrate was not done.'
    assert town.taken_back == ['before']


def test_a_cloud_that_is_silent_for_a_while_is_waited_for(plans, drift, town):
    drift.is_silent = True
    plan = plans.add(errand('a'))
    running = plans.start(plan)
    eventually(lambda: plans.now(plan).status_message == 'Waits: Nova is silent')
    drift.is_silent = False
    running.finish()
    assert plans.now(plan).state == 'SUCCEEDED'


def test_a_cloud_that_is_silent_for_too_long_fails_the_action_with_that_reason(plans, drift):
    plans.tools = replace(plans.tools, settings=Settings(0.01, 0.05))
    drift.is_silent = True
    plan = plans.run(errand('a'))
    assert plans.messages(plan) == ['Action failed in pre_condition: Nova is silent']


def test_what_a_user_skips_while_it_waits_is_skipped(plans, gate, town):
    gate.projects.add('all')
    plan = plans.add(errand('a'), errand('b', 0))
    running = plans.start(plan)
    eventually(lambda: gate.asked)
    plans.store.claim(plans.actions(plan)[0], 'PENDING', 'SKIPPED', status_message='Action skipped by user.')
    gate.projects.clear()
    running.finish()
    assert plans.states(plan) == ['SKIPPED', 'SUCCEEDED']
    assert plans.messages(plan)[0] == 'Action skipped by user.'
    assert town.asked == {'b': 1}


def test_a_process_that_is_to_end_leaves_what_waits_to_another(plans, gate, town):
    gate.projects.add('all')
    plan = plans.add(errand('a'))
    running = plans.start(plan)
    eventually(lambda: gate.asked)
    plans.tools.stopping.set()
    running.finish()
    assert (plans.now(plan).state, plans.states(plan)) == ('ONGOING', ['PENDING'])
    assert plans.tools.leases.expired(type(plan))
    run_plan(plans.tools, plan.uuid)
    assert not town.asked
