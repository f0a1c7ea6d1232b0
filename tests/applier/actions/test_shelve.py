# SPDX-License-Identifier: Apache-2.0
"""Putting servers of the emulated cloud on the shelf, and bringing them back, whoever dies over it."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as laws
from hypothesis import strategies as some

from tests.applier.actions.deaths import live
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.shelve import Shelve
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Conflict, Invalid, Refused

OFFLOADED = 'SHELVED_OFFLOADED'


@pytest.fixture
def shelve(site, settings):
    def make(server, run=None, cloud=None):
        return Shelve({'resource_id': server}, cloud or site.hands, settings, run or Run())
    return make


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def status(site, server):
    return site.compute.server(server).status


def asked(site, server):
    return [action.name for action in site.cloud.world.actions.get(server, ())]


@pytest.mark.parametrize(('server', 'former'), [('web-0', 'ACTIVE'), ('off-0', 'SHUTOFF')])
def test_a_server_is_shelved_and_comes_back_as_it_was(site, shelve, server, former):
    action = shelve(server)
    carry_out(action)
    assert status(site, server) in (OFFLOADED, 'SHELVED')
    action.revert()
    assert status(site, server) == former


@laws(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=some.lists(some.integers(0, 20), max_size=3), back=some.lists(some.integers(0, 20), max_size=3),
       server=some.sampled_from(['web-1', 'off-0']))
def test_whoever_dies_nova_is_asked_once_and_once_to_take_it_back(site, shelve, deaths, back, server):
    site.clock.at(2000)
    former, known = status(site, server), len(asked(site, server))
    kept = live(lambda cloud, run: shelve(server, run, cloud), site.hands, deaths)
    assert status(site, server) in (OFFLOADED, 'SHELVED')
    live(lambda cloud, run: shelve(server, run, cloud), site.hands, back, Shelve.revert, kept)
    assert asked(site, server)[known:] == ['shelve', 'unshelve', *(['stop'] if former == 'SHUTOFF' else [])]
    assert status(site, server) == former


@laws(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=some.lists(some.integers(0, 20), max_size=3))
def test_what_has_failed_is_not_tried_again_by_who_goes_on_after_a_death(site, shelve, deaths):
    site.clock.at(2000)
    known = len(asked(site, 'web-1'))
    site.cloud.faults.fail_migrations('web-1', 'the image store is full')
    with pytest.raises(Refused, match='the image store is full'):
        live(lambda cloud, run: shelve('web-1', run, cloud), site.hands, deaths)
    assert asked(site, 'web-1')[known:] == ['shelve']


@pytest.mark.parametrize(('server', 'why'), [('no-such', 'is gone'), ('web-0', 'is shelved already')])
def test_where_nothing_is_to_be_done_it_is_skipped(shelve, server, why):
    if server == 'web-0':
        carry_out(shelve(server))
    with pytest.raises(Skipped, match=why):
        shelve(server).check()


def test_a_busy_server_is_not_shelved(site, shelve):
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn3')
    with pytest.raises(Conflict, match='server web-0 is busy: migrating'):
        shelve('web-0').check()


def test_novas_reason_of_a_failure_is_told(site, shelve):
    site.cloud.faults.fail_migrations('web-0', 'the image store is full')
    with pytest.raises(Refused, match='came to nothing, it is ACTIVE: the image store is full'):
        shelve('web-0').execute()


def test_that_there_is_no_room_to_come_back_is_told(site, shelve):
    action = shelve('web-0')
    carry_out(action)
    for host in ('cn1', 'cn2', 'cn3', 'cn4'):
        site.compute.set_service(host, False)
    with pytest.raises(Refused, match=r'the unshelve of server web-0 came to nothing.*No valid host'):
        action.revert()


def test_nothing_is_asked_once_the_plan_is_cancelled(site, shelve):
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        shelve('web-0', run).execute()
    assert asked(site, 'web-0') == []


def test_that_a_plan_is_cancelled_does_not_stop_what_takes_it_back(site, shelve):
    run = Run(Memory({'former': 'ACTIVE'}))
    carry_out(shelve('web-0', run))
    run.stop.set()
    shelve('web-0', run).revert()
    assert status(site, 'web-0') == 'ACTIVE'


def test_a_server_that_is_not_shelved_is_found_out(shelve):
    with pytest.raises(Refused, match='web-0 is ACTIVE, not SHELVED or SHELVED_OFFLOADED'):
        shelve('web-0').verify()


def test_malformed_parameters_are_refused(shelve):
    with pytest.raises(Invalid, match='shelve: resource_id'):
        shelve(None)
