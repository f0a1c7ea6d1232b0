# SPDX-License-Identifier: Apache-2.0
"""A process may die at any moment: another one goes on, and Nova is asked for each move once."""

from dataclasses import replace
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import settings as laws
from hypothesis import strategies as some

from tests.applier.actions.deaths import DeathError, live
from tests.applier.site import INTERVAL, a_site, eventually, move
from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.migrate import Migrate
from watcher_py.applier.actions.resize import Resize
from watcher_py.applier.memory import Memory
from watcher_py.applier.traffic import Traffic
from watcher_py.core.errors import Conflict, NotFound, Refused, TakenOver
from watcher_py.sim import migrations
from watcher_py.sim.records import Caller

OPERATOR = Caller('u', 'operator', 'p', frozenset({'admin'}), 'req-operator')


@pytest.fixture
def stored():
    """What is in the database of the action's memory."""
    return {}


@pytest.fixture
def process(site, settings, stored):
    """A new process that takes the action up, with what is stored."""
    def make(how='live', run=None, target='cn4', **compute):
        told = run or Run()
        hands = replace(site.hands, traffic=Traffic(site.compute, INTERVAL))
        if compute:
            hands = replace(hands, compute=Dying(site.compute, compute))
        parameters = move('web-0', 'cn1', target, how)
        return Migrate(parameters, hands, settings, replace(told, memory=Memory(stored, stored.update)))
    return make


class Dying:
    """Nova's client in a process that dies before or after one of its calls."""

    def __init__(self, compute, when):
        self._compute, self._when = compute, when

    def __getattr__(self, name):
        call = getattr(self._compute, name)

        def dying(*args):
            if self._when.get(name) == 'before':
                raise DeathError
            answer = call(*args)
            if self._when.get(name) == 'after':
                raise DeathError
            return answer
        return dying


def runs(site):
    newest = site.compute.newest_migration('web-0')
    return newest is not None and newest.status == 'running'


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def die(action):
    with pytest.raises(DeathError):
        carry_out(action)


def go_on(action):
    action.resume()
    action.verify()


REQUEST = {'live': 'live_migrate', 'cold': 'cold_migrate'}


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_what_nova_never_heard_of_is_asked_for(site, process, how):
    die(process(how, **{REQUEST[how]: 'before'}))
    assert site.migrations() == []
    go_on(process(how))
    assert site.host_of('web-0') == 'cn4'
    assert len(site.migrations()) == 1


def test_what_another_plan_has_moved_on_since_was_done_all_the_same(site, process):
    die(process(live_migrate='after'))
    eventually(lambda: site.host_of('web-0') == 'cn4' and not site.in_flight())
    site.compute.live_migrate('web-0', 'cn3')
    eventually(lambda: site.host_of('web-0') == 'cn3' and not site.in_flight())
    go_on(process())
    assert len(site.migrations()) == 2


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_what_runs_is_followed_and_not_asked_for_again(site, process, how):
    site.hold_time()
    die(process(how, **{REQUEST[how]: 'after'}))
    thread = Thread(target=lambda: go_on(action))
    action = process(how)
    thread.start()
    site.pass_time()
    thread.join()
    assert [one.status for one in site.migrations()] == [{'live': 'completed', 'cold': 'confirmed'}[how]]
    assert site.compute.server('web-0').status == 'ACTIVE'


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_what_has_ended_meanwhile_is_done(site, process, how):
    die(process(how, **{REQUEST[how]: 'after'}))
    eventually(lambda: site.compute.server('web-0').task_state is None)
    go_on(process(how))
    assert len(site.migrations()) == 1
    assert site.compute.server('web-0').status == 'ACTIVE'


@pytest.mark.parametrize('when', ['before', 'after'])
def test_what_waits_for_its_confirmation_gets_it_once(site, process, when):
    die(process('cold', confirm_resize=when))
    go_on(process('cold'))
    assert [one.status for one in site.migrations()] == ['confirmed']
    assert (site.host_of('web-0'), site.compute.server('web-0').status) == ('cn4', 'ACTIVE')


def test_what_failed_meanwhile_has_failed_with_nova_s_reason(site, process):
    site.cloud.faults.fail_migrations('web-0', 'the link broke')
    die(process(live_migrate='after'))
    eventually(lambda: site.compute.server('web-0').task_state is None)
    site.cloud.faults.heal()
    with pytest.raises(Refused, match='the link broke; the server is still on cn1, ACTIVE'):
        go_on(process())
    assert len(site.migrations()) == 1


def test_a_request_that_comes_through_late_is_taken_for_what_it_is(site, process):
    """The one of the process that died, just before the one of the process that goes on."""
    die(process(live_migrate='before'))

    def arrive():
        world = site.cloud.world
        migrations.start(world, migrations.LIVE, world.servers['web-0'], 'cn4', OPERATOR)

    site.cloud.faults.meanwhile('/servers/web-0/action', arrive)
    go_on(process())
    assert len(site.migrations()) == 1
    assert site.host_of('web-0') == 'cn4'


def test_what_nova_refuses_now_is_refused(site, process):
    die(process(live_migrate='before'))
    site.compute.stop('web-0')
    with pytest.raises(Refused, match='vm_state stopped'):
        go_on(process())
    assert site.migrations() == []


def test_nothing_is_begun_for_a_plan_that_is_cancelled_by_now(site, process):
    die(process(live_migrate='before'))
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        go_on(process(run=run))
    assert site.migrations() == []


def test_what_runs_is_stopped_for_a_plan_that_is_cancelled_by_now(site, process):
    site.hold_time()
    die(process(live_migrate='after'))
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        go_on(process(run=run))
    assert [one.status for one in site.migrations()] == ['cancelled']


def test_the_server_is_gone_by_now(site, process):
    die(process(live_migrate='before'))
    site.compute.delete('web-0')
    with pytest.raises(NotFound, match='web-0 could not be found'):
        go_on(process())


def test_what_somebody_else_did_before_is_not_ours(site, process):
    carry_out(process())
    back = Migrate(move('web-0', 'cn4', 'cn1'), site.hands, process()._settings, Run())
    carry_out(back)
    die(process(live_migrate='before'))
    go_on(process())
    assert len(site.migrations()) == 3


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_nothing_is_asked_of_nova_once_another_has_taken_over(site, process, how):
    def guard():
        raise TakenOver('the plan was taken over')

    with pytest.raises(TakenOver):
        carry_out(process(how, run=Run(guard=guard)))
    assert site.migrations() == []


def test_who_is_replaced_lets_go_of_a_migration_that_runs(site, process):
    site.hold_time()
    run, ended = Run(), Event()

    def execute():
        with pytest.raises(TakenOver):
            carry_out(process(run=run))
        ended.set()

    thread = Thread(target=execute)
    thread.start()
    eventually(site.in_flight)
    run.lost.set()
    thread.join()
    assert ended.is_set()
    assert [one.status for one in site.migrations()] == ['queued']


def test_a_live_migration_that_does_not_end_is_forced_when_that_is_wished(site, process):
    site.cloud.faults.stick_migrations('web-0')
    run = Run()
    thread = Thread(target=lambda: carry_out(process(run=run)))
    thread.start()
    eventually(lambda: runs(site))
    run.force.set()
    thread.join()
    assert site.host_of('web-0') == 'cn4'
    assert [one.status for one in site.migrations()] == ['completed']


def test_the_reason_told_is_not_that_of_an_older_failure(site, process):
    site.cloud.faults.fail_migrations('web-0', 'the link broke')
    with pytest.raises(Refused, match='the link broke'):
        carry_out(process())
    site.cloud.faults.heal()
    site.cloud.faults.stick_migrations('web-0')
    thread = Thread(target=aborted_by_an_operator, args=(site,))
    thread.start()
    with pytest.raises(Refused, match="with 'cancelled', and gives no reason; the server is still on cn1"):
        carry_out(process())
    thread.join()


def aborted_by_an_operator(site):
    eventually(lambda: runs(site))
    site.compute.abort_live_migration('web-0', site.in_flight()[0].number)


def test_a_live_move_costs_nova_few_questions(site, process):
    site.hold_time()
    asked = []

    class Counting:
        def __getattr__(self, name):
            asked.append(name)
            return getattr(site.compute, name)

    action = process()
    action._cloud = replace(action._cloud, compute=Counting())
    thread = Thread(target=lambda: carry_out(action))
    thread.start()
    eventually(site.in_flight)
    site.pass_time()
    thread.join()
    assert sorted(asked) == sorted(['server', 'service', 'newest_migration', 'live_migrate', 'server'])


@pytest.mark.parametrize('how', ['live', 'cold'])
@pytest.mark.parametrize('when', ['before', 'after'])
def test_a_way_back_is_taken_up_too(site, process, how, when):
    carry_out(process(how))
    with pytest.raises(DeathError):
        process(how, **{REQUEST[how]: when}).revert()
    process(how).revert()
    process(how).revert()
    assert site.host_of('web-0') == 'cn1'
    assert len(site.migrations()) == 2


def test_a_server_that_somebody_else_moved_on_is_left_there(site, process, settings):
    carry_out(process())
    carry_out(Migrate(move('web-0', 'cn4', 'cn3'), site.hands, settings, Run()))
    with pytest.raises(Refused, match='is on cn3, where this action did not put it'):
        process().revert()
    assert site.host_of('web-0') == 'cn3'


def test_a_server_that_is_gone_can_not_be_moved_back(site, process):
    carry_out(process())
    site.compute.delete('web-0')
    with pytest.raises(Refused, match='is gone'):
        process().revert()


def test_there_is_no_way_back_to_a_disabled_host(site, process):
    carry_out(process())
    site.compute.set_service('cn1', False, 'maintenance')
    with pytest.raises(Refused, match='cn1 is disabled: maintenance'):
        process().revert()


def test_what_was_switched_off_meanwhile_does_not_move_back_live(site, process):
    carry_out(process())
    site.compute.stop('web-0')
    with pytest.raises(Conflict, match='SHUTOFF'):
        process().revert()


DEATHS = some.lists(some.integers(0, 25), max_size=4)


@pytest.mark.parametrize('how', ['live', 'cold', 'resize'])
def test_whenever_processes_die_each_way_is_gone_once(how):
    with a_site() as site:
        site.clock.at(2000)

        @laws(max_examples=15, deadline=None)
        @given(DEATHS, DEATHS)
        def law(deaths, deaths_on_the_way_back):
            parameters = {'resource_id': 'web-0', 'flavor': 'f12'}
            if how != 'resize':
                parameters = move('web-0', 'cn1', 'cn4', how)
            before = len(site.migrations())
            kept = live(maker(parameters), site.hands, deaths, to_its_end)
            there = site.compute.server('web-0')
            assert there.flavor == 'f12' if how == 'resize' else there.host == 'cn4'
            assert len(site.migrations()) == before + 1
            live(maker(parameters), site.hands, deaths_on_the_way_back, lambda deed: deed.revert(), kept)
            back = site.compute.server('web-0')
            assert (back.flavor, back.status, back.task_state) == ('f2', 'ACTIVE', None)
            assert how == 'resize' or back.host == 'cn1'
            assert len(site.migrations()) == before + 2
            assert {one.status for one in site.migrations()} <= {'completed', 'confirmed'}
            assert site.cloud.world.refusals == []      # nor has Nova been asked twice and said no

        law()


def maker(parameters):
    patience = Settings(interval=0.002, timeout=60)

    def make(hands, run):
        what = Resize if 'flavor' in parameters else Migrate
        return what(parameters, replace(hands, traffic=Traffic(hands.compute, 0.002)), patience, run)
    return make


def to_its_end(action):
    if action._run.memory:
        go_on(action)
    else:
        carry_out(action)
