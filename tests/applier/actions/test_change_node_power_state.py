# SPDX-License-Identifier: Apache-2.0
"""Switching machines of the emulated cloud on and off, whoever dies over it; never below a server."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as laws
from hypothesis import strategies as some

from tests.applier.actions.deaths import DeathError, live
from tests.applier.actions.losses import lose_answers
from tests.applier.site import a_cluster, a_site
from watcher_py.applier.actions.change_node_power_state import ChangeNodePowerState
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.core.errors import Invalid, NotFound, Refused

SPEED = 1000


def a_hall():
    """Machines of cn1 to cn4, one that is nobody's compute node, and two that claim to be the same one."""
    cluster = a_cluster()
    machines = [{'id': f'metal-{number}', 'name': f'rack-{number}', 'host': f'cn{number}-id',
                 'power_state': 'power on'} for number in range(1, 5)]
    cluster['hosts'].append({'id': 'cn5-id', 'name': 'cn5', 'vcpus': 16, 'ram_mb': 65536, 'disk_gb': 500})
    twins = [{'id': f'twin-{number}', 'compute_node': 'cn5', 'power_state': 'power on'} for number in (1, 2)]
    return cluster | {'machines': [*machines, *twins, {'id': 'spare', 'power_state': 'power on'}]}


@pytest.fixture
def site():
    with a_site(a_hall()) as found:
        found.clock.at(SPEED)
        yield found


@pytest.fixture
def switch(site, settings):
    def make(machine, state, run=None, cloud=None, **more):
        return ChangeNodePowerState({'resource_id': machine, 'state': state, **more}, cloud or site.hands,
                                    settings, run or Run())
    return make


@pytest.fixture
def empty(site):
    """cn4 has no servers, and gets none."""
    site.compute.set_service('cn4', False)
    return 'metal-4'


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def power(site, machine='metal-4'):
    return site.hands.machines.machine(machine).power_state


def requests(site):
    """How often a machine was switched."""
    return site.cloud.world.machines.switched


def test_a_machine_is_switched_off_and_on_again_with_its_host(site, switch, empty):
    action = switch(empty, 'off')
    carry_out(action)
    assert (power(site), site.compute.service('cn4').up) == ('power off', False)
    action.revert()
    assert (power(site), site.compute.service('cn4').up) == ('power on', True)


def test_a_machine_is_switched_on_and_off_again(site, switch, empty):
    carry_out(switch(empty, 'off'))
    action = switch(empty, 'on')
    carry_out(action)
    assert (power(site), site.compute.service('cn4').up) == ('power on', True)
    action.revert()
    assert power(site) == 'power off'


@pytest.mark.parametrize('names', [
    {'machine': 'metal-4'}, {'machine': 'rack-4'}, {'machine': 'cn4-id'},
    {'machine': 'cn4'}, {'machine': 'something else', 'resource_name': 'cn4'}])
def test_a_machine_goes_by_its_own_names_and_by_those_of_its_compute_node(site, switch, empty, names):
    carry_out(switch(state='off', **names))
    assert power(site) == 'power off'


def test_what_is_so_already_is_skipped(switch, empty):
    with pytest.raises(Skipped, match='machine metal-4 is at power on already'):
        switch(empty, 'on').check()


def put_down(site):
    site.compute.set_service('cn3', False)


def send(site):
    site.compute.set_service('cn4', True)
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn4')
    site.compute.set_service('cn4', False)


@pytest.mark.parametrize(('machine', 'meanwhile', 'why'), [
    ('metal-3', None, 'the compute service of cn3 is enabled'),
    ('metal-3', put_down, 'host cn3 is not empty, it has db-1'),
    ('metal-4', send, 'host cn4 is not empty, it has migrations under way, of web-0'),
    ('spare', None, 'nobody knows what runs on machine spare'),
    ('twin-1', None, 'several machines are noted as compute node cn5')])
def test_what_is_not_known_to_be_empty_stays_on(site, switch, empty, machine, meanwhile, why):
    if meanwhile:
        meanwhile(site)
    with pytest.raises(Refused, match=why):
        switch(machine, 'off').check()
    with pytest.raises(Refused, match=why):
        switch(machine, 'off').execute()
    assert requests(site) == 0


def test_many_servers_are_counted(site, switch):
    site.compute.set_service('cn1', False)
    with pytest.raises(Refused, match=r'it has web-\d, web-\d, web-\d and 3 more'):
        switch('metal-1', 'off').check()


def test_a_host_that_was_filled_stays_on_when_it_was_to_be_switched_off_again(site, switch, empty):
    carry_out(switch(empty, 'off'))
    action = switch(empty, 'on')
    carry_out(action)
    site.compute.set_service('cn4', True)
    site.compute.live_migrate('web-0', 'cn4')
    with pytest.raises(Refused, match='cn4 is enabled'):
        action.revert()
    assert power(site) == 'power on'


def test_a_spare_machine_can_be_switched_on(site, switch):
    site.cloud.world.machines.change('spare', power_state='power off')
    carry_out(switch('spare', 'on'))


def test_a_machine_that_nobody_knows_is_told_of(switch):
    with pytest.raises(NotFound, match='Ironic knows no machine nowhere or none, and none'):
        switch('nowhere', 'on', resource_name='none').check()


def test_ironics_own_reason_of_a_failure_is_told(site, switch, empty):
    site.cloud.faults.fail_migrations(empty, 'no answer from the BMC')
    with pytest.raises(Refused, match=r"Failed to change power state to 'power off'\. Error: no answer"):
        switch(empty, 'off').execute()


def test_another_process_tells_of_the_failure_and_does_not_try_again(site, switch, empty):
    site.cloud.faults.fail_migrations(empty, 'no answer from the BMC')
    run = Run()
    with pytest.raises(Refused):
        switch(empty, 'off', run).execute()
    with pytest.raises(Refused, match='no answer from the BMC'):
        switch(empty, 'off', run).resume()
    assert requests(site) == 1


def test_a_machine_that_is_in_use_by_ironic_is_waited_for(site, switch, empty):
    site.hands.machines.set_power(empty, 'power on')
    carry_out(switch(empty, 'off'))
    assert power(site) == 'power off'


def test_a_request_whose_answer_got_lost_is_not_made_again(site, switch, empty, monkeypatch):
    lose_answers(monkeypatch, site.hands.machines, 'set_power')
    carry_out(switch(empty, 'off'))
    assert requests(site) == 1


def test_an_ironic_that_fails_for_a_while_is_waited_for(site, switch, empty):
    action = switch(empty, 'off')
    action.check()
    site.cloud.faults.break_path('/baremetal', times=9)
    action.execute()
    site.cloud.faults.break_path('/baremetal', times=9)
    action.verify()
    assert requests(site) == 1


def test_nothing_is_asked_once_the_plan_is_cancelled(site, switch, empty):
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        switch(empty, 'off', run).execute()
    assert requests(site) == 0


def test_a_machine_that_ironic_has_just_reserved_is_not_asked_for_again(site, switch, empty, monkeypatch):
    """Ironic looks at a machine's power before it shows what it is after."""
    run, ask, look = Run(), site.hands.machines.set_power, site.hands.machines.machine
    looks = []

    def ask_and_die(*asked):
        ask(*asked)
        raise DeathError

    def look_early(name):
        looks.append(name)
        if len(looks) > 1:
            site.pass_time()
            return look(name)
        return replace(look(name), target_power_state=None)
    site.hold_time()
    with monkeypatch.context() as dying:
        dying.setattr(site.hands.machines, 'set_power', ask_and_die)
        with pytest.raises(DeathError):
            switch(empty, 'off', run).execute()
    monkeypatch.setattr(site.hands.machines, 'machine', look_early)
    switch(empty, 'off', run).resume()
    assert (power(site), requests(site)) == ('power off', 1)


def test_a_host_that_nova_only_takes_to_be_up_is_waited_for(site, switch, empty, monkeypatch):
    carry_out(switch(empty, 'off'))
    late = [replace(site.compute.service('cn4'), up=True)] * 3
    look = site.hands.compute.service
    monkeypatch.setattr(site.hands.compute, 'service', lambda host: late.pop() if late else look(host))
    carry_out(switch(empty, 'on'))
    assert late == []


def test_a_machine_that_is_not_switched_is_found_out(switch, empty):
    with pytest.raises(Refused, match='machine metal-4 is at power on, not at power off'):
        switch(empty, 'off').verify()


def test_a_machine_whose_host_does_not_come_up_is_found_out(site, switch, empty):
    site.cloud.world.host_down('cn4')
    with pytest.raises(Refused, match='is at power on, but its compute service is down'):
        switch(empty, 'on').verify()


@laws(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=some.lists(some.integers(0, 44), max_size=3), back=some.lists(some.integers(0, 44), max_size=3))
def test_whoever_dies_ironic_is_asked_once_and_once_again_to_take_it_back(site, switch, empty, deaths, back):
    before = requests(site)

    def make(cloud, run):
        return switch(empty, 'off', run, cloud)
    kept = live(make, site.hands, deaths)
    assert (power(site), requests(site)) == ('power off', before + 1)
    live(make, site.hands, back, ChangeNodePowerState.revert, kept)
    assert (power(site), requests(site)) == ('power on', before + 2)
    assert site.compute.service('cn4').up


@pytest.mark.parametrize('parameters', [
    {'resource_id': 'm'}, {'state': 'on'}, {'resource_id': 'm', 'state': 'standby'}])
def test_malformed_parameters_are_refused(site, settings, parameters):
    with pytest.raises(Invalid, match='change_node_power_state'):
        ChangeNodePowerState(parameters, site.hands, settings, Run())
