# SPDX-License-Identifier: Apache-2.0
"""Switching servers of the emulated cloud off, and on again."""

import pytest

from tests.applier.actions.losses import lose_answers
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.stop import Stop
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Conflict, Invalid, Refused


@pytest.fixture
def stop(site, settings):
    def make(server, run=None):
        return Stop({'resource_id': server}, site.hands, settings, run or Run())
    return make


def asked(site, server='web-0'):
    """What Nova was asked about the server."""
    return [action.name for action in site.cloud.world.actions.get(server, ())]


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def test_a_server_is_switched_off_and_on_again(site, stop):
    action = stop('web-0')
    carry_out(action)
    assert site.compute.server('web-0').status == 'SHUTOFF'
    action.revert()
    assert site.compute.server('web-0').status == 'ACTIVE'


def test_another_process_finds_that_it_was_asked_for_already(site, stop):
    run = Run()
    carry_out(stop('web-0', run))
    after = stop('web-0', Run(Memory(run.memory._values)))
    after.resume()
    after.verify()
    after.revert()
    after.revert()
    assert asked(site) == ['stop', 'start']


def test_what_its_owner_switched_on_again_is_not_switched_off_by_who_resumes(site, stop, settings):
    run = Run()
    carry_out(stop('web-0', run))
    site.compute.start('web-0')
    after = stop('web-0', run)
    with pytest.raises(Refused, match='came to nothing, it is ACTIVE: Nova tells of no failure'):
        after.resume()
    assert asked(site) == ['stop', 'start']


def test_another_process_asks_where_the_first_died_before_it_could(site, stop):
    class DeathError(BaseException):
        pass

    def die():
        raise DeathError
    memory = Memory()
    with pytest.raises(DeathError):
        stop('web-0', Run(memory, guard=die)).execute()
    assert asked(site) == []
    after = stop('web-0', Run(memory))
    after.resume()
    after.verify()
    assert asked(site) == ['stop']


def test_a_request_whose_answer_got_lost_is_not_made_again(site, stop, monkeypatch):
    lose_answers(monkeypatch, site.compute, '_act')
    carry_out(stop('web-0'))
    assert asked(site) == ['stop']


def test_a_nova_that_fails_for_a_while_is_asked_again(site, stop):
    site.cloud.faults.break_path('/servers/web-0/action', times=2)
    carry_out(stop('web-0'))
    assert asked(site) == ['stop']


def test_nothing_is_asked_once_the_plan_is_cancelled(site, stop):
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        stop('web-0', run).execute()
    assert asked(site) == []


def test_a_server_that_somebody_has_switched_on_is_left_at_that(site, stop):
    action = stop('web-0')
    carry_out(action)
    site.compute.start('web-0')
    action.revert()
    assert asked(site) == ['stop', 'start']


@pytest.mark.parametrize(('server', 'why'), [('no-such', 'is gone'), ('off-0', 'is off already')])
def test_what_is_off_is_skipped(stop, server, why):
    with pytest.raises(Skipped, match=why):
        stop(server).check()


def test_a_busy_server_is_not_stopped(site, stop):
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn3')
    with pytest.raises(Conflict, match='server web-0 is busy: migrating'):
        stop('web-0').check()


def test_novas_no_is_told(site, stop):
    with site.cloud.world.lock:
        site.cloud.world.change('web-0', vm_state='paused')
    with pytest.raises(Refused, match='while it is in vm_state paused'):
        stop('web-0').execute()


def test_a_server_that_runs_on_is_found_out(stop):
    with pytest.raises(Refused, match='web-0 is ACTIVE, not SHUTOFF'):
        stop('web-0').verify()


def test_malformed_parameters_are_refused(stop):
    with pytest.raises(Invalid, match='stop: resource_id'):
        stop(None)
