# SPDX-License-Identifier: Apache-2.0
"""Moving volumes of the emulated cloud, and giving them other types, whoever dies over it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as laws
from hypothesis import strategies as some

from tests.applier.actions.deaths import live
from tests.applier.actions.losses import lose_answers
from tests.applier.site import a_cluster, a_site
from tests.core.storages import POOLS, pool, volume
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.volume_migrate import VolumeMigrate
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, TakenOver, Unavailable

SIZE = 1                # GB; what takes Cinder 12 s takes the test two looks
SPEED = 1000


def a_store():
    """Pools and volumes beside the servers."""
    return a_cluster() | {
        'pools': [pool(1, volume_types=['gold']), pool(2, volume_types=['gold', 'silver']),
                  pool(3, volume_types=['silver'], state='down'), pool(4, volume_types=['gold'], free_gb=0)],
        'volumes': [volume('a', 1, type='gold', size_gb=SIZE), volume('plain', 2, size_gb=SIZE),
                    volume('kept', 1, type='gold', snapshots=1), volume('broken', 1, status='error'),
                    volume('used', 1, type='gold', size_gb=SIZE, attached_to=['web-0'], status='in-use'),
                    volume('of-off', 1, type='gold', attached_to=['off-0'], status='in-use'),
                    volume('of-gone', 1, type='gold', attached_to=['no-such'], status='in-use')],
        'volume_types': [{'name': 'gold', 'id': 'gold-id'}, {'name': 'silver', 'id': 'silver-id'}]}


@pytest.fixture
def site():
    with a_site(a_store()) as found:
        found.clock.at(SPEED)
        yield found


@pytest.fixture
def act(site, settings):
    def make(uuid, run=None, cloud=None, **more):
        how = more or {'destination_node': POOLS[1]}
        kind = 'retype' if 'destination_type' in how else 'migrate'
        return VolumeMigrate({'resource_id': uuid, 'migration_type': kind, **how}, cloud or site.hands,
                             settings, run or Run())
    return make


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def place(site, uuid):
    now = site.hands.volumes.volume(uuid)
    return now.pool, now.type, now.status


def requests(site):
    """How many volumes were accepted to set out, or to change."""
    return len(site.cloud.world.storage.departures)


def test_a_volume_goes_to_another_pool_and_comes_back(site, act):
    action = act('a')
    carry_out(action)
    assert place(site, 'a') == (POOLS[1], 'gold', 'available')
    action.revert()
    assert place(site, 'a') == (POOLS[0], 'gold', 'available')


def test_an_older_word_for_it_means_the_same(site, settings):
    carry_out(VolumeMigrate({'resource_id': 'a', 'migration_type': 'swap', 'destination_node': POOLS[1]},
                            site.hands, settings, Run()))
    assert place(site, 'a')[0] == POOLS[1]


def test_a_volume_in_use_goes_too_while_its_server_runs(site, act):
    carry_out(act('used'))
    assert place(site, 'used') == (POOLS[1], 'gold', 'in-use')


@pytest.mark.parametrize('wanted', ['silver', 'silver-id'])
def test_a_volume_gets_another_type_and_its_own_and_its_place_back(site, act, wanted):
    action = act('a', destination_type=wanted)
    carry_out(action)
    assert place(site, 'a') == (POOLS[1], 'silver', 'available')
    action.revert()
    assert place(site, 'a') == (POOLS[0], 'gold', 'available')


def test_a_type_can_not_be_taken_away_again(site, act):
    action = act('plain', destination_type='silver')
    carry_out(action)
    with pytest.raises(Refused, match='volume plain had no type'):
        action.revert()


@pytest.mark.parametrize(('uuid', 'how', 'why'), [
    ('no-such', {}, 'volume no-such is gone'),
    ('a', {'destination_node': POOLS[0]}, f'volume a is in pool {POOLS[0]} already'),
    ('a', {'destination_type': 'gold-id'}, 'volume a is of type gold already')])
def test_where_nothing_is_to_be_done_it_is_skipped(act, uuid, how, why):
    with pytest.raises(Skipped, match=why):
        act(uuid, **how).check()


@pytest.mark.parametrize(('uuid', 'how', 'error', 'why'), [
    ('a', {'destination_node': 'nowhere@lvm#p'}, Refused, 'there is no storage pool nowhere@lvm#p'),
    ('a', {'destination_node': POOLS[2]}, Refused, 'is down'),
    ('a', {'destination_type': 'brass'}, Refused, 'there is no volume type brass'),
    ('broken', {}, Conflict, 'volume broken is error, it has to be available or in-use'),
    ('of-off', {}, Conflict, 'attached to server off-0, which is SHUTOFF; it has to be ACTIVE or PAUSED'),
    ('of-gone', {}, Refused, 'attached to server no-such, which is gone')])
def test_what_can_not_be_done_is_told_before(site, act, uuid, how, error, why):
    with pytest.raises(error, match=why):
        act(uuid, **how).check()
    assert requests(site) == 0


def test_a_pool_is_not_called_unknown_while_cinder_is_silent(site, act, settings):
    impatient = VolumeMigrate({'resource_id': 'a', 'migration_type': 'migrate', 'destination_node': POOLS[1]},
                              site.hands, replace(settings, timeout=0.0), Run())
    site.cloud.faults.break_path('/get_pools', times=99)
    with pytest.raises(Unavailable, match='told to fail'):
        impatient.check()


def test_cinders_no_is_told(act):
    with pytest.raises(Refused, match='must not be migrating, have snapshots'):
        act('kept').execute()


def test_cinders_own_reason_of_a_failure_is_told(site, act):
    action = act('a', destination_node=POOLS[3])
    action.check()
    with pytest.raises(Refused, match=r'volume a did not come to pool .*#pool4, it stays in pool .*#pool1, '
                                      r'of type gold: migrate volume:Could not find any available weighted'):
        action.execute()


def test_a_failure_on_the_way_is_told(site, act):
    site.cloud.faults.fail_migrations('a', 'the disk burns')
    with pytest.raises(Refused, match='the disk burns'):
        act('a').execute()
    assert place(site, 'a') == (POOLS[0], 'gold', 'available')


def test_a_retype_that_came_to_nothing_is_told_of(site, act):
    # Nothing but pool 2 offers silver, and it is too small.
    site.cloud.world.storage.take(POOLS[1], 500)
    with pytest.raises(Refused, match='did not come to type silver'):
        act('a', destination_type='silver').execute()


def test_an_old_message_is_not_taken_for_the_reason(site, act):
    site.cloud.world.storage.complain('a', 'long ago')
    site.cloud.faults.fail_migrations('a', '')
    with pytest.raises(Refused, match='Cinder gives no reason'):
        act('a').execute()


def test_a_volume_that_is_not_where_it_should_be_is_found_out(act):
    with pytest.raises(Refused, match=f'volume a is in pool {POOLS[0]}, of type gold; it was to go to'):
        act('a').verify()


def test_a_request_whose_answer_got_lost_is_not_made_again(site, act, monkeypatch):
    lose_answers(monkeypatch, site.hands.volumes, 'migrate')
    carry_out(act('a'))
    assert requests(site) == 1


def test_a_cinder_that_fails_for_a_while_is_waited_for(site, act):
    action = act('a')
    action.check()
    site.cloud.faults.break_path('/volumes/a', times=9)
    action.execute()
    site.cloud.faults.break_path('/volumes/a', times=9)
    action.verify()
    assert requests(site) == 1


def test_who_is_not_begun_when_the_plan_is_cancelled_never_begins(site, act):
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        act('a', run).execute()
    assert requests(site) == 0


def test_a_copy_that_runs_when_the_plan_is_cancelled_runs_to_its_end(site, act):
    run = Run()
    action = act('a', run)
    action.execute()
    run.stop.set()
    action.verify()


def test_who_has_lost_it_to_another_process_lets_go(site, act):
    run = Run()
    run.lost.set()
    with pytest.raises(TakenOver):
        act('a', run).execute()
    assert requests(site) == 0


def test_one_that_takes_too_long_is_not_followed_for_ever(site, settings):
    site.hold_time()
    site.hands.volumes.migrate('a', POOLS[1])
    seen = iter(range(0, 10**9, 1000))
    hurried = replace(settings, clock=lambda: next(seen))
    memory = Memory({'pool': POOLS[0], 'type': 'gold', 'status': 'available', 'migration_status': None})
    with pytest.raises(Unavailable, match='in vain for volume a to come to pool'):
        VolumeMigrate({'resource_id': 'a', 'migration_type': 'migrate', 'destination_node': POOLS[1]},
                      site.hands, hurried, Run(memory)).resume()


def test_a_volume_that_is_deleted_on_its_way_is_told_of(site, act):
    memory = Memory({'pool': POOLS[0]})
    with pytest.raises(NotFound, match='could not be found'):
        act('no-such', Run(memory)).resume()


@laws(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=some.lists(some.integers(0, 24), max_size=3), back=some.lists(some.integers(0, 24), max_size=3),
       how=some.sampled_from([{'destination_node': POOLS[1]}, {'destination_type': 'silver'}]))
def test_whoever_dies_cinder_is_asked_once_and_once_again_to_take_it_back(site, act, deaths, back, how):
    before = requests(site)
    kept = live(lambda cloud, run: act('a', run, cloud, **how), site.hands, deaths)
    assert requests(site) == before + 1
    assert place(site, 'a') == (POOLS[1], how.get('destination_type', 'gold'), 'available')
    live(lambda cloud, run: act('a', run, cloud, **how), site.hands, back, VolumeMigrate.revert, kept)
    assert requests(site) == before + (3 if 'destination_type' in how else 2)
    assert place(site, 'a') == (POOLS[0], 'gold', 'available')


@laws(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=some.lists(some.integers(0, 24), max_size=3))
def test_what_has_failed_is_not_tried_again_by_who_goes_on_after_a_death(site, act, deaths):
    before = requests(site)
    site.cloud.faults.fail_migrations('a', 'the disk burns')
    with pytest.raises(Refused, match='the disk burns'):
        live(lambda cloud, run: act('a', run, cloud), site.hands, deaths)
    assert requests(site) == before + 1


@pytest.mark.parametrize('parameters', [
    {'resource_id': 'a'}, {'resource_id': 'a', 'migration_type': 'fly', 'destination_node': 'p'},
    {'resource_id': 'a', 'migration_type': 'migrate'},
    {'resource_id': 'a', 'migration_type': 'retype', 'destination_node': 'p'}])
def test_malformed_parameters_are_refused(site, settings, parameters):
    with pytest.raises(Invalid, match='volume_migrate'):
        VolumeMigrate(parameters, site.hands, settings, Run())
