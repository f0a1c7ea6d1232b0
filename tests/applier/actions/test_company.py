# SPDX-License-Identifier: Apache-2.0
"""A server of a group is tried again where Nova has not noticed yet that another member has left."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.applier.site import move
from watcher_py.applier.actions.company import insist, is_free
from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.migrate import Migrate
from watcher_py.core.cluster import Policy
from watcher_py.core.errors import Refused, TakenOver
from watcher_py.sim.records import Group


@pytest.fixture
def group(site):
    """web-0 on cn1 and db-1 on cn3 are to be apart."""
    made = Group(uuid='apart', name='apart', policy=Policy.ANTI_AFFINITY, limit=1, members=('web-0', 'db-1'),
                 project='p')
    world = site.cloud.world
    with world.lock:
        world.add_group(made)
        for member in made.members:
            server = world.change(member, groups=('apart',))
            world.arrive(server, server.host)
    return made


class Time:
    """Passes only while somebody pauses."""

    now = 0.0

    def pause(self, seconds):
        self.now += seconds

    def settings(self):
        return Settings(interval=1, stale=150, timeout=1000, clock=lambda: self.now, pause=self.pause)


def refusing(time, until, why='No valid host was found.'):
    def go():
        tries.append(time.now)
        if time.now < until:
            raise Refused(why)
        return 'there'

    tries = []
    return go, tries


def test_it_is_tried_until_nova_has_noticed():
    time = Time()
    go, tries = refusing(time, until=120)
    assert insist(go, go, lambda: True, time.settings(), Run()) == 'there'
    assert {after - before for before, after in pairwise(tries)} == {30}


def test_it_is_not_tried_for_ever():
    time = Time()
    go, tries = refusing(time, until=10_000)
    with pytest.raises(Refused):
        insist(go, go, lambda: True, time.settings(), Run())
    assert tries[-1] == 150


@pytest.mark.parametrize(('why', 'is_passing'), [('the link broke', True), ('No valid host', False)])
def test_what_does_not_pass_is_not_tried_again(why, is_passing):
    time = Time()
    go, tries = refusing(time, 120, why)
    with pytest.raises(Refused):
        insist(go, go, lambda: is_passing, time.settings(), Run())
    assert tries == [0]


@pytest.mark.parametrize(('told', 'error'), [('stop', Cancelled), ('lost', TakenOver)])
def test_who_waits_can_be_stopped(told, error):
    time, run = Time(), Run()
    go, tries = refusing(time, until=120)

    def is_passing():
        getattr(run, told).set()
        return True

    with pytest.raises(error):
        insist(go, go, is_passing, time.settings(), run)
    assert tries == [0]


def test_a_host_is_free_when_no_other_member_is_there_or_on_its_way(site, group):
    compute = site.compute
    assert not is_free(compute, 'web-0', 'cn3')
    assert is_free(compute, 'web-0', 'cn4')
    assert is_free(compute, 'web-0', 'cn1')
    assert not is_free(compute, 'web-1', 'cn4')     # it is in no group, so that is not why it is refused
    site.hold_time()
    compute.live_migrate('db-1', 'cn4')
    assert not is_free(compute, 'web-0', 'cn4')


def test_a_group_may_allow_more_than_one(site, group):
    with site.cloud.world.lock:
        site.cloud.world.groups['apart'] = replace(group, limit=2)
    assert is_free(site.compute, 'web-0', 'cn3')


def test_a_host_of_which_nothing_can_be_learned_is_not_called_free(site, group):
    site.cloud.faults.break_path('/os-server-groups', times=3, status=503)
    assert not is_free(site.compute, 'web-0', 'cn4')


@pytest.mark.parametrize('how', ['live', 'cold'])
@pytest.mark.parametrize('is_late', [False, True])
def test_a_server_moves_as_soon_as_nova_sees_that_the_other_is_gone(site, settings, group, how, is_late):
    """Nova's scheduler still counts db-1 on cn3, which it has left."""
    world, waits = site.cloud.world, []
    site.cloud.faults.late_refusals = is_late
    with world.lock:
        there = world.servers['db-1'].host
        world.settle(world.servers['db-1'], world.host_named('cn4').uuid)

    def pause(seconds):
        settings.pause(seconds)
        if seconds != settings.interval:
            waits.append(seconds)
            if len(waits) == 2:
                world.leave(world.servers['db-1'], there)

    action = Migrate(move('web-0', 'cn1', 'cn3', how), site.hands,
                     replace(settings, pause=pause, stale=0.1), Run())
    action.check()
    action.execute()
    action.verify()
    assert len(waits) == 2
