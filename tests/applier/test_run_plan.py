# SPDX-License-Identifier: Apache-2.0
"""Plans carried out on the emulated cloud: what moves, what stops, what is taken back, and what is told."""

from collections import Counter
from dataclasses import replace
from threading import Barrier

import pytest

from tests.applier.site import disable, eventually, move
from watcher_py.applier.actions.nop import Nop
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import run_plan
from watcher_py.core.errors import Unavailable
from watcher_py.db import insist
from watcher_py.db.lease import Leases
from watcher_py.db.models import Action
from watcher_py.db.store import Store

NOP = {'message': 'hello'}
CONDITIONAL = {'revert_on_failure': True}


def test_a_plan_moves_its_servers_and_succeeds(site, plans):
    plan = plans.run(
        ('change_nova_service_state', disable('cn1', **CONDITIONAL), []),
        ('migrate', move('web-0', 'cn1', 'cn3'), [0]),
        ('migrate', move('web-1', 'cn1', 'cn4', 'cold'), [0]),
        ('nop', NOP, [1, 2]))
    assert (plan.state, plan.status_message, plan.hostname) == ('SUCCEEDED', None, 'applier-1')
    assert plans.states(plan) == ['SUCCEEDED'] * 4
    assert (site.host_of('web-0'), site.host_of('web-1')) == ('cn3', 'cn4')
    assert not site.compute.service('cn1').enabled


def test_a_plan_that_is_only_recommended_can_be_launched_by_its_audit(plans):
    plan = plans.add(('nop', NOP, []), state='RECOMMENDED')
    run_plan(plans.tools, plan.uuid)
    assert plans.now(plan).state == 'SUCCEEDED'


def test_an_empty_plan_succeeds(plans):
    assert plans.run().state == 'SUCCEEDED'


@pytest.mark.parametrize('state', ['SUCCEEDED', 'CANCELLED', 'FAILED', 'SUPERSEDED', 'ONGOING'])
def test_a_plan_that_is_not_launched_is_left_alone(plans, state):
    plan = plans.add(('nop', NOP, []), state=state)
    run_plan(plans.tools, plan.uuid)
    assert plans.now(plan).state == state
    assert plans.states(plan) == ['PENDING']


def test_a_failure_stops_what_needs_it_and_nothing_else_and_takes_back_what_was_in_vain(site, plans):
    site.cloud.faults.fail_migrations('web-0', 'qemu unexpectedly closed the monitor')
    plan = plans.run(
        ('change_nova_service_state', disable('cn1', **CONDITIONAL), []),
        ('change_nova_service_state', disable('cn2', **CONDITIONAL), []),
        ('change_nova_service_state', disable('cn3'), []),
        ('migrate', move('web-0', 'cn1', 'cn4'), [0, 2]),
        ('migrate', move('web-1', 'cn1', 'cn4'), [3]),
        ('nop', NOP, [4]),
        ('migrate', move('db-0', 'cn2', 'cn4'), [1]))
    assert plans.states(plan) == ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'CANCELLED',
                                  'SUCCEEDED']
    assert plans.messages(plan) == [
        'Reverted: migrate of web-0 was not done.', None, None,
        'Action failed in execute: qemu unexpectedly closed the monitor; the server is still on cn1, ACTIVE',
        *['Not run: it needs migrate of web-0, which failed.'] * 2,
        None]
    assert (plan.state, plan.status_message) == (
        'FAILED',
        '1 of 7 actions failed: Action failed in execute: qemu unexpectedly closed the monitor; '
        'the server is still on cn1, ACTIVE')
    assert [site.compute.service(host).enabled for host in ('cn1', 'cn2', 'cn3')] == [True, False, False]
    assert (site.host_of('web-1'), site.host_of('db-0')) == ('cn1', 'cn4')


def test_what_cannot_be_taken_back_is_told(site, plans):
    site.cloud.faults.fail_migrations('web-0')
    plan = plans.add(('change_nova_service_state', disable('cn1', **CONDITIONAL), []),
                     ('migrate', move('web-0', 'cn1', 'cn4'), [0]))
    site.hold_time()
    running = plans.start(plan)
    eventually(site.in_flight)
    site.compute.set_service('cn1', False, 'it burns')
    site.pass_time()
    running.finish()
    assert plans.messages(plan)[0] == (
        'Could not be reverted, though migrate of web-0 was not done: '
        'the compute service of cn1 is now disabled for another reason: it burns')
    assert not site.compute.service('cn1').enabled


def test_nova_s_own_reason_reaches_the_operator_when_it_refuses(site, plans):
    plan = plans.run(('migrate', move('huge', 'cn2', 'cn1'), []))
    assert plan.state == 'FAILED'
    assert 'No valid host was found' in plans.messages(plan)[0]
    assert 'No valid host was found' in plan.status_message
    assert site.host_of('huge') == 'cn2'


def test_a_very_long_reason_is_shortened_to_fit(site, plans):
    site.cloud.faults.fail_migrations('web-0', 'much went wrong, ' * 100)
    plan = plans.run(('migrate', move('web-0', 'cn1', 'cn4'), []))
    assert plan.state == 'FAILED'
    assert plans.messages(plan)[0].endswith('...')
    assert len(plans.messages(plan)[0]) <= 255


def test_servers_that_vanished_or_moved_are_skipped_and_the_rest_goes_on(plans):
    plan = plans.run(('migrate', move('no-such', 'cn1', 'cn4'), []),
                     ('migrate', move('db-0', 'cn1', 'cn4'), [0]),
                     ('nop', NOP, [1]))
    assert plans.states(plan) == ['SKIPPED', 'SKIPPED', 'SUCCEEDED']
    assert plans.messages(plan)[:2] == [
        'Action was skipped automatically: server no-such is gone',
        'Action was skipped automatically: server db-0 is on cn2, no longer on cn1']
    assert (plan.state, plan.status_message) == ('SUCCEEDED', 'One or more actions were skipped.')


def test_what_the_user_has_skipped_is_not_run_and_its_children_are(site, plans):
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []), ('nop', NOP, [0]))
    plans.store.claim(plans.actions(plan)[0], 'PENDING', 'SKIPPED', status_message='Action skipped by user.')
    run_plan(plans.tools, plan.uuid)
    assert plans.states(plan) == ['SKIPPED', 'SUCCEEDED']
    assert plans.messages(plan)[0] == 'Action skipped by user.'
    assert plans.now(plan).status_message == 'One or more actions were skipped.'
    assert site.migrations() == []


@pytest.mark.parametrize(('parameters', 'phase'), [
    ({'fail_pre_condition': True}, 'pre_condition'), ({'fail_execute': True}, 'execute'),
    ({'fail_post_condition': True}, 'post_condition')])
def test_the_phase_in_which_an_action_failed_is_told(plans, parameters, phase):
    plan = plans.run(('nop', {**NOP, **parameters}, []))
    assert plans.messages(plan) == [f'Action failed in {phase}: Failed in {phase}']
    assert plan.state == 'FAILED'


@pytest.mark.parametrize(('step', 'why'), [
    (('teleport', {}, []), 'there is no action teleport on this applier'),
    (('sleep', {'duration': 'long'}, []), "sleep: duration: 'long' is not of type 'number'")])
def test_an_action_that_cannot_be_made_fails(plans, step, why):
    plan = plans.run(step)
    assert plans.messages(plan) == [f'Action failed in pre_condition: {why}']
    assert plan.state == 'FAILED'


@pytest.mark.parametrize(('lanes', 'at_once'), [(Lanes(8, 2), 4), (Lanes(3, 2), 3), (Lanes(8, 1), 2)])
def test_migrations_at_once_are_bounded_in_all_and_on_every_host(site, plans, lanes, at_once):
    plans.tools = replace(plans.tools, lanes=lanes)
    plan = plans.add(*(('migrate', move(f'web-{number}', 'cn1', ('cn3', 'cn4')[number % 2]), [])
                       for number in range(6)),
                     ('migrate', move('db-0', 'cn2', 'cn3'), []),
                     ('migrate', move('off-0', 'cn2', 'cn4', 'cold'), []))
    site.hold_time()
    running = plans.start(plan)
    # While time stands still, all that may start is in flight at the same time.
    eventually(lambda: len(site.in_flight()) == at_once)
    site.pass_time()
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED'] * 8
    assert most_at_once(site, lambda one: ['all']) <= lanes.in_all
    assert most_at_once(site, lambda one: [one.source, one.target]) == lanes.per_host


def most_at_once(site, places):
    """The most migrations at one place at one time, by the cloud's own records."""
    busy, most = Counter(), 0
    events = sorted(event for one in site.migrations() for place in places(one)
                    for event in ((one.created, 1, place), (one.ends_at, -1, place)))
    for _, change, place in events:
        busy[place] += change
        most = max(most, busy[place])
    return most


def test_cancelling_aborts_the_live_migration_and_leaves_the_rest_undone(site, plans):
    plan = plans.add(('change_nova_service_state', disable('cn1', **CONDITIONAL), []),
                     ('migrate', move('web-0', 'cn1', 'cn4'), [0]),
                     ('migrate', move('web-1', 'cn1', 'cn4'), [1]))
    site.hold_time()
    running = plans.start(plan)
    eventually(site.in_flight)
    plans.cancel(plan)
    running.finish()
    assert [one.status for one in site.migrations()] == ['cancelled']
    assert (site.host_of('web-0'), site.host_of('web-1')) == ('cn1', 'cn1')
    assert plans.states(plan) == ['SUCCEEDED', 'CANCELLED', 'CANCELLED']
    assert plans.messages(plan)[1:] == ['Stopped: the action plan was cancelled.',
                                        'Not run: the action plan was cancelled.']
    assert (plans.now(plan).state, plans.now(plan).status_message) == (
        'CANCELLED', 'Cancelled; 2 of 3 actions were not done.')
    assert site.compute.service('cn1').enabled


def test_a_plan_cancelled_during_its_last_action_succeeds_as_that_did(site, plans):
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4', 'cold'), []))
    site.hold_time()
    running = plans.start(plan)
    eventually(site.in_flight)
    plans.cancel(plan)
    eventually(lambda: plans.states(plan) == ['CANCELLING'])
    site.pass_time()
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED']
    assert (plans.now(plan).state, plans.now(plan).status_message) == ('SUCCEEDED', None)


def test_a_long_sleep_ends_when_the_plan_is_cancelled(plans):
    plan = plans.add(('sleep', {'duration': 3600}, []))
    running = plans.start(plan)
    eventually(lambda: plans.states(plan) == ['ONGOING'])
    plans.cancel(plan)
    running.finish()
    assert plans.states(plan) == ['CANCELLED']
    assert plans.now(plan).state == 'CANCELLED'


def test_of_two_appliers_with_the_same_plan_exactly_one_carries_it_out(site, plans, tools):
    ran = Counter()
    together = Barrier(2, timeout=30)

    class Counted(Nop):
        def execute(self):
            ran['nop'] += 1

    plan = plans.add(('nop', NOP, []), ('migrate', move('web-0', 'cn1', 'cn4'), []))
    both = [replace(tools, host=name, actions={**tools.actions, 'nop': Counted})
            for name in ('applier-1', 'applier-2')]

    def carry_out(its_tools):
        together.wait()
        run_plan(its_tools, plan.uuid)

    threads = [plans.spawn(carry_out, one) for one in both]
    for one in threads:
        one.finish()
    assert plans.now(plan).state == 'SUCCEEDED'
    assert ran == {'nop': 1}
    assert len(site.migrations()) == 1


class Faulty(Nop):
    def execute(self):
        raise ZeroDivisionError('ours')


def test_an_error_of_ours_fails_the_plan_and_is_told(site, plans):
    plans.tools = replace(plans.tools, actions={**plans.tools.actions, 'nop': Faulty})
    plan = plans.run(('change_nova_service_state', disable('cn1', **CONDITIONAL), []),
                     ('nop', NOP, [0]), ('sleep', {'duration': 0}, [1]))
    assert (plan.state, plan.status_message) == (
        'FAILED', '1 of 3 actions failed: Not ended: internal error: ZeroDivisionError: ours')
    assert plans.states(plan) == ['SUCCEEDED', 'FAILED', 'CANCELLED']
    assert plans.messages(plan)[2] == 'Not run: internal error: ZeroDivisionError: ours'
    assert site.compute.service('cn1').enabled


def test_a_plan_whose_actions_wait_for_each_other_in_a_circle_fails_and_runs_nothing(site, plans):
    plan = plans.add(('nop', NOP, []), ('nop', NOP, [0]))
    first, second = plans.actions(plan)
    plans.store.change(first, parents=[second.uuid])
    run_plan(plans.tools, plan.uuid)
    assert plans.now(plan).state == 'FAILED'
    assert 'circle' in plans.now(plan).status_message
    assert plans.states(plan) == ['CANCELLED', 'CANCELLED']


def test_a_plan_is_never_a_success_when_an_action_was_not_run(plans):
    plan = plans.add(('nop', NOP, []), ('nop', NOP, []))
    plans.store.change_where(Action, Action.uuid == plans.actions(plan)[1].uuid, state='CANCELLED')
    run_plan(plans.tools, plan.uuid)
    assert (plans.now(plan).state, plans.now(plan).status_message) == (
        'FAILED', '1 of 2 actions were not run.')


class FlightyStore(Store):
    """Is away at every write, once; it has stored it, or has not, in turn."""

    def __init__(self, store):
        super().__init__(store._sessions)
        self.is_away, self.is_stored = True, False

    def claim(self, *what, **values):
        return self._flighty(lambda: super(FlightyStore, self).claim(*what, **values))

    def touch(self, *what, **values):
        return self._flighty(lambda: super(FlightyStore, self).touch(*what, **values))

    def change_where(self, *what, **values):
        return self._flighty(lambda: super(FlightyStore, self).change_where(*what, **values))

    def _flighty(self, write):
        self.is_away = not self.is_away
        if self.is_away:
            return write()
        self.is_stored = not self.is_stored
        if self.is_stored:
            write()
        raise Unavailable('the database did not take it')


def test_a_database_that_comes_and_goes_makes_nothing_happen_twice_nor_end_wrong(
        site, store, plans, monkeypatch):
    monkeypatch.setattr(insist, 'PAUSE', 0.01)
    flighty = FlightyStore(store)
    plans.tools = replace(plans.tools, store=flighty, leases=Leases(flighty, 'applier-1'))
    plan = plans.run(('change_nova_service_state', disable('cn1'), []),
                     ('migrate', move('web-0', 'cn1', 'cn4'), [0]),
                     ('migrate', move('web-1', 'cn1', 'cn4'), [0]), ('nop', NOP, [1, 2]))
    assert (plan.state, plans.states(plan)) == ('SUCCEEDED', ['SUCCEEDED'] * 4)
    assert len(site.migrations()) == 2


def test_while_the_database_is_away_the_migration_is_followed_and_nothing_else_is_asked_for(
        site, store, plans, monkeypatch):
    monkeypatch.setattr(insist, 'PAUSE', 0.01)

    class Away(Store):
        is_away = False

        def claim(self, *what, **values):
            if self.is_away:
                raise Unavailable('the database is away')
            return super().claim(*what, **values)

    away = Away(store._sessions)
    plans.tools = replace(plans.tools, store=away, lanes=Lanes(1, 1))
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []),
                     ('migrate', move('web-1', 'cn1', 'cn4'), []))
    site.hold_time()
    running = plans.start(plan)
    eventually(site.in_flight)
    away.is_away = True
    site.pass_time()
    eventually(lambda: site.host_of('web-0') == 'cn4')
    assert plans.states(plan) == ['ONGOING', 'PENDING']
    away.is_away = False
    running.finish()
    assert plans.states(plan) == ['SUCCEEDED', 'SUCCEEDED']
    assert len(site.migrations()) == 2


def test_how_a_plan_is_carried_out_is_the_plan_s_own_affair_where_it_says_so(site, plans):
    plan = plans.add(*(('migrate', move(f'web-{number}', 'cn1', 'cn4'), []) for number in range(4)),
                     execution={'parallel': 3, 'parallel_per_host': 4, 'parallel_per_link': 4})
    site.hold_time()
    running = plans.start(plan)
    eventually(lambda: len(site.in_flight()) == 3)
    site.pass_time()
    running.finish()
    assert most_at_once(site, lambda one: ['all']) == 3


def test_what_is_over_is_measured(plans):
    plans.run(('nop', NOP, []))
    ended = {sample.labels['noun'] for metric in plans.tools.deeds.registry.collect()
             for sample in metric.samples if sample.name == 'watcher_deed_seconds_count'}
    assert ended == {'action', 'plan'}
