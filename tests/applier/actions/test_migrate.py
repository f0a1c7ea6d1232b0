# SPDX-License-Identifier: Apache-2.0
"""Moving servers on the emulated cloud: what is checked, followed, verified, given up and put back."""

from dataclasses import replace
from math import inf
from threading import Event, Thread

import pytest

from tests.applier.site import eventually, move
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.migrate import Migrate
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.session import connect_with
from watcher_py.core.errors import Conflict, Invalid, Refused, Unavailable


@pytest.fixture
def cancelled():
    return Event()


@pytest.fixture
def run(cancelled):
    return Run(stop=cancelled)


@pytest.fixture
def migrate(site, settings, run):
    def make(*where, how='live', hands=site.hands, run=run, **other):
        return Migrate(move(*where, how), hands, replace(settings, **other), run)
    return make


def ticking():
    """A clock that goes on by a second each time it is looked at."""
    ticks = iter(range(10_000))
    return lambda: next(ticks)


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_a_server_really_moves(site, migrate, how):
    carry_out(migrate('web-0', 'cn1', 'cn4', how=how))
    now = site.compute.server('web-0')
    assert (now.host, now.status, now.task_state) == ('cn4', 'ACTIVE', None)


def test_a_server_that_is_off_moves_cold_and_stays_off(site, migrate):
    carry_out(migrate('off-0', 'cn2', 'cn4', how='cold'))
    now = site.compute.server('off-0')
    assert (now.host, now.status) == ('cn4', 'SHUTOFF')


def test_without_a_target_nova_chooses_one(site, settings, run):
    parameters = move('web-0', 'cn1', '')
    del parameters['destination_node']
    carry_out(Migrate(parameters, site.hands, settings, run))
    assert site.host_of('web-0') != 'cn1'


@pytest.mark.parametrize(('server', 'source', 'target', 'why'), [
    ('no-such', 'cn1', 'cn4', 'server no-such is gone'),
    ('web-0', 'cn2', 'cn1', 'server web-0 is on cn1 already'),
    ('web-0', 'cn2', 'cn4', 'server web-0 is on cn1, no longer on cn2')])
def test_a_move_that_is_not_needed_is_skipped(migrate, server, source, target, why):
    with pytest.raises(Skipped, match=why):
        migrate(server, source, target).check()


def test_a_disabled_target_is_refused_with_its_reason(site, migrate):
    site.compute.set_service('cn4', False, 'new disks')
    with pytest.raises(Refused, match='host cn4 is disabled: new disks'):
        migrate('web-0', 'cn1', 'cn4').check()


def test_a_target_that_is_down_is_refused(site, migrate):
    site.cloud.world.host_down('cn4')
    with pytest.raises(Refused, match='host cn4 is down'):
        migrate('web-0', 'cn1', 'cn4').check()


def test_an_unknown_target_is_refused(migrate):
    with pytest.raises(Refused, match='host cn9 has no compute service'):
        migrate('web-0', 'cn1', 'cn9').check()


@pytest.mark.parametrize(('server', 'how'), [('off-0', 'live')])
def test_a_server_in_the_wrong_state_does_not_move(migrate, server, how):
    with pytest.raises(Conflict, match='is SHUTOFF; a live migration needs ACTIVE or PAUSED'):
        migrate(server, 'cn2', 'cn4', how=how).check()


def test_a_busy_server_does_not_move(site, migrate):
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn3')
    with pytest.raises(Conflict, match='server web-0 is busy: migrating'):
        migrate('web-0', 'cn1', 'cn4').check()


@pytest.mark.parametrize('how', ['live', 'cold'])
@pytest.mark.parametrize('is_late', [False, True])
def test_nova_s_own_reason_is_told_when_it_refuses(site, migrate, how, is_late):
    site.cloud.faults.late_refusals = is_late
    with pytest.raises(Refused, match='No valid host was found'):
        migrate('huge', 'cn2', 'cn1', how=how).execute()
    assert site.host_of('huge') == 'cn2'


@pytest.mark.parametrize('how', ['live', 'cold'])
def test_nova_s_own_reason_is_told_when_it_fails(site, migrate, how):
    site.cloud.faults.fail_migrations('web-0', 'qemu unexpectedly closed the monitor')
    with pytest.raises(Refused, match='qemu unexpectedly closed the monitor'):
        migrate('web-0', 'cn1', 'cn4', how=how).execute()


def test_only_the_new_migration_counts_not_an_older_one(site, migrate):
    carry_out(migrate('web-0', 'cn1', 'cn4'))
    site.cloud.faults.fail_migrations('web-0', 'no way back')
    with pytest.raises(Refused, match='no way back'):
        migrate('web-0', 'cn4', 'cn1').execute()


def test_nothing_begins_while_nova_is_silent(site, migrate):
    site.cloud.faults.break_path('/os-migrations', times=inf, status=503)
    with pytest.raises(Unavailable):
        migrate('web-0', 'cn1', 'cn4', timeout=3, clock=ticking()).execute()
    assert site.migrations() == []


def test_a_nova_that_is_silent_at_first_is_waited_for(site, migrate):
    site.cloud.faults.break_path('/servers/web-0', times=4, status=503)
    site.cloud.faults.break_path('/os-services', times=4, status=503)
    site.cloud.faults.break_path('/os-migrations', times=4, status=503)
    carry_out(migrate('web-0', 'cn1', 'cn4'))
    assert len(site.migrations()) == 1


def test_a_request_whose_answer_is_lost_may_have_been_heard(site, migrate):
    class Deaf(Compute):
        def live_migrate(self, uuid, host):
            super().live_migrate(uuid, host)
            raise Unavailable('the connection broke')

    deaf = replace(site.hands, compute=Deaf(connect_with(site.cloud.credentials())))
    carry_out(migrate('web-0', 'cn1', 'cn4', hands=deaf))
    assert len(site.migrations()) == 1
    assert site.host_of('web-0') == 'cn4'


def test_a_request_that_was_not_heard_is_sent_again(site, migrate):
    site.cloud.faults.break_path('/servers/web-0/action', times=2, status=503)
    carry_out(migrate('web-0', 'cn1', 'cn4'))
    assert len(site.migrations()) == 1


def test_a_request_that_is_never_heard_is_told_of(site, migrate):
    site.cloud.faults.break_path('/servers/web-0/action', times=inf, status=503)
    with pytest.raises(Unavailable, match='told to fail here'):
        migrate('web-0', 'cn1', 'cn4').execute()
    assert site.host_of('web-0') == 'cn1'


def test_a_nova_that_falls_silent_on_the_way_is_waited_for(site, migrate):
    site.hold_time()
    action = migrate('web-0', 'cn1', 'cn4')
    thread = Thread(target=action.execute)
    thread.start()
    eventually(site.in_flight)
    site.cloud.faults.break_path('/os-migrations', times=7, status=503)
    site.pass_time()
    thread.join()
    action.verify()


def test_a_cancelled_plan_stops_a_live_migration(site, migrate, cancelled):
    site.hold_time()
    ended = []

    def execute():
        with pytest.raises(Cancelled):
            migrate('web-0', 'cn1', 'cn4').execute()
        ended.append(True)

    thread = Thread(target=execute)
    thread.start()
    eventually(site.in_flight)
    cancelled.set()
    thread.join()
    assert ended
    assert [one.status for one in site.migrations()] == ['cancelled']
    assert site.host_of('web-0') == 'cn1'


def test_a_cancelled_plan_lets_a_cold_migration_end(site, migrate, cancelled):
    site.hold_time()
    action = migrate('web-0', 'cn1', 'cn4', how='cold')
    thread = Thread(target=action.execute)
    thread.start()
    eventually(site.in_flight)
    cancelled.set()
    site.pass_time()
    thread.join()
    action.verify()


def test_nothing_begins_once_the_plan_is_cancelled(site, migrate, cancelled):
    cancelled.set()
    with pytest.raises(Cancelled):
        migrate('web-0', 'cn1', 'cn4').execute()
    assert site.migrations() == []


def test_a_live_migration_that_takes_too_long_is_stopped(site, migrate):
    site.hold_time()
    with pytest.raises(Refused, match='took longer than 3 s; it was stopped'):
        migrate('web-0', 'cn1', 'cn4', timeout=3, clock=ticking()).execute()
    assert [one.status for one in site.migrations()] == ['cancelled']


def test_a_cold_migration_that_never_ends_is_given_up_and_told(site, migrate):
    site.hold_time()
    with pytest.raises(Unavailable, match='Nova still says pre-migrating'):
        migrate('web-0', 'cn1', 'cn4', how='cold', timeout=3, clock=ticking()).execute()


def test_a_server_that_is_not_where_it_should_be_is_found_out(migrate):
    with pytest.raises(Refused, match='server web-0 is on cn1, not on cn4'):
        migrate('web-0', 'cn1', 'cn4').verify()


def test_a_move_is_put_back(site, migrate):
    action = migrate('web-0', 'cn1', 'cn4')
    carry_out(action)
    action.revert()
    assert site.host_of('web-0') == 'cn1'


@pytest.mark.parametrize('change', [
    {'migration_type': 'teleport'}, {'source_node': None}, {'destination_node': 7}, {'resource_id': ''},
    {'speed': 3}])
def test_malformed_parameters_are_refused(site, settings, change):
    with pytest.raises(Invalid, match='migrate'):
        Migrate({**move('web-0', 'cn1', 'cn4'), **change}, site.hands, settings, Run())
