# SPDX-License-Identifier: Apache-2.0
"""What is taken back: conditional actions that were in vain, and all of a plan."""

from dataclasses import replace
from datetime import datetime
from threading import Event

import pytest

from tests.applier.site import disable, eventually, move
from watcher_py.applier.actions.nop import Nop
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.roll_back import in_reverse, vain
from watcher_py.applier.run_plan import run_plan, take_over
from watcher_py.db.models import Action


def action(uuid, became, parents=(), kind='nop', ended=0, **parameters):
    return Action(id=ord(uuid), uuid=uuid, state=became, parents=list(parents), input_parameters=parameters,
                  action_type=kind, ended_at=datetime(2026, 1, 1, 0, 0, ended))


def test_it_is_taken_back_in_the_reverse_of_what_really_happened_but_hosts_are_opened_first():
    service = 'change_nova_service_state'
    rows = [action('a', 'SUCCEEDED', kind=service, ended=1, state='disabled'),
            action('b', 'SUCCEEDED', ended=4), action('c', 'SUCCEEDED', ended=3),
            action('d', 'FAILED', ended=5), action('e', 'SKIPPED', ended=5),
            action('f', 'SUCCEEDED', kind=service, ended=2, state='enabled')]
    assert [row.uuid for row in in_reverse(rows)] == ['a', 'b', 'c', 'f']


@pytest.mark.parametrize(('state', 'is_vain'), [
    ('SUCCEEDED', False), ('SKIPPED', False), ('FAILED', True), ('CANCELLED', True)])
def test_it_is_in_vain_when_something_far_behind_it_was_not_done(state, is_vain):
    rows = [action('a', 'SUCCEEDED', revert_on_failure=True), action('b', 'SUCCEEDED', ['a']),
            action('c', state, ['b'])]
    assert [(row.uuid, missed.uuid) for row, missed in vain(rows)] == [('a', 'c')] * is_vain


def test_what_does_not_depend_on_it_does_not_matter():
    rows = [action('a', 'SUCCEEDED', revert_on_failure=True), action('b', 'FAILED')]
    assert list(vain(rows)) == []


@pytest.mark.parametrize('row', [
    action('a', 'SUCCEEDED'), action('a', 'SKIPPED', revert_on_failure=True),
    action('a', 'FAILED', revert_on_failure=True)])
def test_only_conditional_actions_that_were_done_are_taken_back(row):
    assert list(vain([row, action('b', 'FAILED', ['a'])])) == []


ROLL_BACK = {'on_failure': 'roll-back'}


def roll_back(plans, *steps, **values):
    plan = plans.add(*steps, execution=ROLL_BACK, **values)
    run_plan(plans.tools, plan.uuid)
    return plans.now(plan)


def test_what_was_done_before_a_failure_is_taken_back_in_the_cloud(site, plans):
    plans.tools = replace(plans.tools, lanes=Lanes(1, 1))
    site.cloud.faults.fail_migrations('web-2', 'qemu went away')
    plan = roll_back(
        plans, ('change_nova_service_state', disable('cn1'), []),
        ('migrate', move('web-0', 'cn1', 'cn4'), [0]), ('migrate', move('web-1', 'cn1', 'cn3', 'cold'), [0]),
        ('stop', {'resource_id': 'db-0', 'resource_name': 'db-0'}, [0]),
        ('migrate', move('web-2', 'cn1', 'cn4'), [0]), ('migrate', move('web-3', 'cn1', 'cn4'), [0]))
    assert plans.states(plan) == ['SUCCEEDED'] * 4 + ['FAILED', 'CANCELLED']
    assert set(plans.messages(plan)[:4]) == {'Reverted: migrate of web-2 failed.'}
    assert plans.messages(plan)[5] == 'Not run: migrate of web-2 failed.'
    assert plan.state == 'FAILED'
    assert plan.status_message.startswith('1 of 6 actions failed, 4 were rolled back: Action failed in ')
    assert 'qemu went away' in plan.status_message
    assert [site.host_of(f'web-{number}') for number in range(4)] == ['cn1'] * 4
    assert site.compute.server('db-0').status == 'ACTIVE'
    assert site.compute.service('cn1').enabled


def test_what_cannot_be_taken_back_is_told_and_the_rest_is_taken_back(site, plans):
    plan = roll_back(
        plans, ('change_nova_service_state', disable('cn1'), []),
        ('delete', {'resource_id': 'off-0', 'resource_name': 'off-0'}, [0]),
        ('nop', {'message': 'x', 'fail_execute': True}, [1]))
    assert plans.messages(plan) == [
        'Reverted: nop failed.',
        'Could not be reverted, though nop failed: delete can not be taken back',
        'Action failed in execute: Failed in execute']
    assert plan.status_message == ('1 of 3 actions failed, 1 were rolled back, 1 could not be: '
                                   'Action failed in execute: Failed in execute')
    assert site.compute.service('cn1').enabled


def test_a_plan_that_is_cancelled_is_not_rolled_back(site, plans):
    site.cloud.faults.fail_migrations('web-0')
    plan = plans.add(('change_nova_service_state', disable('cn1'), []),
                     ('migrate', move('web-0', 'cn1', 'cn4', 'cold'), [0]), execution=ROLL_BACK)
    site.hold_time()
    running = plans.start(plan)
    eventually(site.in_flight)
    plans.cancel(plan)
    eventually(lambda: plans.states(plan)[1] == 'CANCELLING')
    site.pass_time()
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED', 'FAILED']
    assert plans.now(plan).roll_back is None
    assert not site.compute.service('cn1').enabled


class Last(Nop):
    """The process is to end while it is taken back."""

    ends = Event()

    def revert(self):
        self.ends.set()


def test_a_roll_back_is_broken_off_by_the_end_of_the_process_and_gone_on_with_by_another(plans):
    plan = plans.add(('nop', {'message': 'x'}, []), ('nop', {'message': 'x'}, []), state='ONGOING',
                     roll_back='migrate of web-2 failed', execution=ROLL_BACK)
    for row in plans.actions(plan):
        plans.store.change(row, state='SUCCEEDED')
    ends = replace(plans.tools, stopping=Event(), actions={'nop': Last})
    Last.ends = ends.stopping
    take_over(ends, plans.now(plan))
    assert plans.now(plan).state == 'ONGOING'
    assert plans.messages(plan) == [None, 'Reverted: migrate of web-2 failed.']
    take_over(plans.tools, plans.now(plan))
    assert plans.messages(plan) == ['Reverted: migrate of web-2 failed.'] * 2
