# SPDX-License-Identifier: Apache-2.0
"""Servers of the emulated cloud get another flavor, are verified, and get the former one back."""

from dataclasses import replace
from math import inf
from threading import Thread

import pytest

from tests.applier.actions.deaths import DeathError
from tests.applier.site import INTERVAL, eventually
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.resize import Resize
from watcher_py.applier.memory import Memory
from watcher_py.applier.traffic import Traffic
from watcher_py.core.errors import Conflict, Invalid, Refused, TakenOver, Unavailable
from watcher_py.sim.records import Amounts, Flavor


@pytest.fixture(autouse=True)
def big(site):
    """A flavor with more of all."""
    flavor = Flavor(id='flavor-big', name='big', sizes=Amounts(4, 8192, 40), extra_specs={})
    with site.cloud.world.lock:
        site.cloud.world.flavors[flavor.id] = flavor
    return flavor


@pytest.fixture
def stored():
    """What is in the database of the action's memory."""
    return {}


@pytest.fixture
def resize(site, settings, stored):
    """The action, in a new process."""
    def make(server='web-0', flavor='big', run=None, compute=None, **other):
        hands = replace(site.hands, traffic=Traffic(site.compute, INTERVAL),
                        compute=compute or site.compute)
        memory = Memory(stored, stored.update)
        return Resize({'resource_id': server, 'flavor': flavor}, hands, replace(settings, **other),
                      replace(run or Run(), memory=memory))
    return make


def dying(site, call, when):
    """Nova's client in a process that dies before or after this call."""
    class Dying:
        def __getattr__(self, name):
            found = getattr(site.compute, name)
            return found if name != call else self.die

        def die(self, *arguments):
            if when == 'after':
                getattr(site.compute, call)(*arguments)
            raise DeathError
    return Dying()


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def shown(site, server='web-0'):
    now = site.compute.server(server)
    return now.flavor, now.status, now.task_state


@pytest.mark.parametrize('flavor', ['big', 'flavor-big'])
def test_a_server_gets_a_flavor_by_its_id_or_its_name(site, resize, flavor):
    carry_out(resize(flavor=flavor))
    assert shown(site) == ('big', 'ACTIVE', None)
    assert [(one.kind, one.status) for one in site.migrations()] == [('resize', 'confirmed')]


def test_a_server_that_is_off_stays_off(site, resize):
    carry_out(resize('off-0'))
    assert shown(site, 'off-0') == ('big', 'SHUTOFF', None)


@pytest.mark.parametrize(('server', 'flavor', 'why'), [
    ('no-such', 'big', 'server no-such is gone'), ('web-0', 'f2', 'server web-0 is of flavor f2 already')])
def test_a_resize_that_is_not_needed_is_skipped(resize, server, flavor, why):
    with pytest.raises(Skipped, match=why):
        resize(server, flavor).check()


def test_an_unknown_flavor_is_refused(resize):
    with pytest.raises(Refused, match='Nova knows no flavor enormous'):
        resize(flavor='enormous').check()


def test_flavors_that_can_not_be_read_are_unknown_and_not_missing(site, resize):
    site.cloud.faults.break_path('/flavors', times=inf, status=503)
    ticks = iter(range(1000))
    with pytest.raises(Unavailable, match='flavors'):
        resize(timeout=3, clock=lambda: next(ticks)).check()


def test_a_busy_server_and_one_in_the_wrong_state_are_not_resized(site, resize):
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn3')
    with pytest.raises(Conflict, match='busy: migrating'):
        resize().check()
    site.pass_time()
    with site.cloud.world.lock:
        site.cloud.world.change('web-1', vm_state='paused')
    with pytest.raises(Conflict, match='web-1 is PAUSED; a resize needs ACTIVE or SHUTOFF'):
        resize('web-1').check()


@pytest.mark.parametrize('is_late', [False, True])
def test_nova_s_own_reason_is_told_when_it_refuses(site, resize, big, is_late):
    site.cloud.faults.late_refusals = is_late
    with site.cloud.world.lock:
        site.cloud.world.flavors[big.id] = replace(big, sizes=Amounts(64, 8192, 40))
    with pytest.raises(Refused, match='No valid host was found'):
        carry_out(resize())
    assert shown(site) == ('f2', 'ACTIVE', None)


def test_nova_s_own_reason_is_told_when_it_fails(site, resize, big):
    with site.cloud.world.lock:
        site.cloud.world.flavors[big.id] = replace(big, sizes=Amounts(4, 8192, 5))
    with pytest.raises(Refused, match=r'Unable to resize disk down\.; the server is still on cn1, ACTIVE'):
        carry_out(resize())
    assert shown(site) == ('f2', 'ACTIVE', None)


@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('call', ['resize', 'confirm_resize'])
def test_what_a_process_that_died_has_begun_is_brought_to_its_end(site, resize, call, when):
    with pytest.raises(DeathError):
        carry_out(resize(compute=dying(site, call, when)))
    action = resize()
    action.resume()
    action.verify()
    assert shown(site) == ('big', 'ACTIVE', None)
    assert [one.status for one in site.migrations()] == ['confirmed']


def test_a_resize_that_is_stopped_is_taken_back_by_nova(site, resize):
    site.hold_time()
    run, ended = Run(), []

    def execute():
        with pytest.raises(Cancelled):
            carry_out(resize(run=run))
        ended.append(True)

    thread = Thread(target=execute)
    thread.start()
    eventually(site.in_flight)
    run.stop.set()
    site.pass_time()
    thread.join()
    assert ended
    assert [one.status for one in site.migrations()] == ['reverted']
    assert shown(site) == ('f2', 'ACTIVE', None)
    assert site.host_of('web-0') == 'cn1'


def test_a_resize_that_gives_another_flavor_than_was_asked_for_is_taken_back(site, resize):
    class Wrong:
        def __getattr__(self, name):
            return getattr(site.compute, name)

        def resize(self, uuid, flavor):
            site.compute.resize(uuid, 'f12')

    with pytest.raises(Refused, match="with 'reverted'"):
        carry_out(resize(compute=Wrong()))
    assert shown(site) == ('f2', 'ACTIVE', None)


def test_nothing_begins_once_another_has_taken_over(site, resize):
    def guard():
        raise TakenOver('the plan was taken over')

    with pytest.raises(TakenOver):
        carry_out(resize(run=Run(guard=guard)))
    assert site.migrations() == []


def test_a_server_without_its_flavor_is_found_out(resize):
    with pytest.raises(Refused, match='server web-0 is of flavor f2, not of big'):
        resize().verify()


def test_a_resize_is_put_back(site, resize):
    carry_out(resize(flavor='f12'))
    resize(flavor='f12').revert()
    assert shown(site) == ('f2', 'ACTIVE', None)
    assert len(site.migrations()) == 2


def test_what_was_never_begun_is_not_put_back(site, resize):
    resize().revert()
    assert site.migrations() == []


@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('call', ['resize', 'confirm_resize'])
def test_a_way_back_is_taken_up_too(site, resize, call, when):
    carry_out(resize(flavor='f12'))
    with pytest.raises(DeathError):
        resize(flavor='f12', compute=dying(site, call, when)).revert()
    for _ in range(2):
        resize(flavor='f12').revert()
    assert shown(site) == ('f2', 'ACTIVE', None)
    assert len(site.migrations()) == 2


@pytest.mark.parametrize('when', ['before', 'after'])
def test_one_that_is_not_confirmed_is_put_back_by_nova(site, resize, when):
    with pytest.raises(DeathError):
        carry_out(resize(compute=dying(site, 'confirm_resize', 'before')))
    with pytest.raises(DeathError):
        resize(compute=dying(site, 'revert_resize', when)).revert()
    resize().revert()
    assert shown(site) == ('f2', 'ACTIVE', None)
    assert [one.status for one in site.migrations()] == ['reverted']


def test_a_server_that_is_gone_can_not_be_put_back(site, resize):
    carry_out(resize())
    site.compute.delete('web-0')
    with pytest.raises(Refused, match='is gone'):
        resize().revert()


@pytest.mark.parametrize('parameters', [
    {'resource_id': 'web-0'}, {'flavor': 'big'}, {'resource_id': 'web-0', 'flavor': ''},
    {'resource_id': 'web-0', 'flavor': 'big', 'host': 'cn1'}])
def test_malformed_parameters_are_refused(site, settings, parameters):
    with pytest.raises(Invalid, match='resize'):
        Resize(parameters, site.hands, settings, Run())
