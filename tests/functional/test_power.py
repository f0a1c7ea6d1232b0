# SPDX-License-Identifier: Apache-2.0
"""Machines of a real Ironic: seen, and switched without a server being lost, whoever dies over it."""

import contextlib
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.functional.conftest import PASSWORD, wait_for
from tests.functional.ironic_site import open_ironic
from tests.functional.planned import Planned, move, store_of
from tests.functional.test_main_job import create_template, run_audit
from watcher_py.applier.actions.change_node_power_state import ChangeNodePowerState
from watcher_py.applier.actions.contract import Cloud, Run, Settings
from watcher_py.applier.memory import Memory
from watcher_py.applier.traffic import Traffic
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.columns import NO_ROW
from watcher_py.core.errors import Refused
from watcher_py.core.strategy import Part
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.whole import Collector

pytestmark = pytest.mark.openstack

FULL, EMPTY = 'host1', 'host4'
ASIDE = 'host3'                     # where the servers of the empty host are meanwhile
SETTINGS = Settings(interval=0.5, timeout=120)


@pytest.fixture(scope='module')
def ironic(stack, tmp_path_factory):
    with open_ironic(stack, PASSWORD, tmp_path_factory.mktemp('ironic')) as found:
        # It came into the catalog, and leaves it, later than the token was given that is in use.
        stack.cloud.session.invalidate()
        yield found
    stack.cloud.session.invalidate()


@pytest.fixture(scope='module')
def metal(stack, ironic):
    """The machines: their uuids by the host that they are, or by their names."""
    of_full = next(one.id for one in stack.cloud.compute.hypervisors() if one.name == FULL)
    wanted = {FULL: {'noted': of_full, 'ready': 'active'}, EMPTY: {'noted': EMPTY},
              'spare': {'ready': 'available', 'power': 'power off'},
              'new': {'ready': 'enroll', 'power': None}}
    with ThreadPoolExecutor(len(wanted)) as pool:
        made = pool.map(lambda name: ironic.enroll(f'metal-{name}', **wanted[name]), wanted)
        return dict(zip(wanted, made, strict=True))


@pytest.fixture(scope='module')
def connection(stack, watcher):
    """To the cloud, with the account of the services."""
    return _connection(stack, 'watcher', 'service')


def _connection(stack, user, project):
    return connect_with({
        'auth_url': stack.environment['OS_AUTH_URL'], 'username': user, 'password': PASSWORD,
        'project_name': project, 'user_domain_id': 'default', 'project_domain_id': 'default'}, 'RegionOne')


@pytest.fixture(scope='module')
def planned(stack, watcher, metal):
    return Planned(stack, store_of(watcher))


@pytest.fixture
def emptied(stack, planned, metal):
    """The machine of a host that is disabled, and whose servers are elsewhere."""
    here = [one for one in stack.cloud.compute.servers(all_projects=True) if one.compute_host == EMPTY]
    planned.run(disable(EMPTY), *(move(one, EMPTY, ASIDE) for one in here))
    yield metal[EMPTY]
    stack.cloud.compute.enable_service(stack.services()[EMPTY])
    planned.run(*(move(one, ASIDE, EMPTY) for one in here))
    assert {stack.placed()[one.name] for one in here} <= {EMPTY}


@dataclass
class Body:
    """The compute service of the emptied host, which runs while its machine is on, as on a real one."""

    stack: Any
    ironic: Any
    machine: str
    starts: list = field(default_factory=list)      # when it began to
    over: Event = field(default_factory=Event)

    def live(self):
        is_on = True
        while not self.over.wait(0.5):
            if (self.ironic.power(self.machine) == 'power on') != is_on:
                is_on = not is_on
                self.come_up() if is_on else self.die()

    def die(self):
        """As without power: it takes no leave of Nova."""
        state = Path(self.stack.ministack[self.stack.ministack.index('--state') + 1])
        process, _ = (state / 'run' / f'nova-compute-{EMPTY}.pid').read_text().split()
        os.killpg(int(process), signal.SIGKILL)

    def come_up(self):
        self.starts.append(datetime.now(UTC).isoformat())
        subprocess.run([*self.stack.ministack, '--with', 'prometheus', 'up'], check=True)


@pytest.fixture
def body(stack, ironic, emptied):
    found = Body(stack, ironic, emptied)
    life = Thread(target=found.live)
    life.start()
    yield found
    found.over.set()
    life.join()
    found.come_up()


def disable(host):
    return 'change_nova_service_state', {'resource_id': host, 'state': 'disabled',
                                         'disabled_reason': 'watcher_disabled'}


def enable(host):
    return 'change_nova_service_state', {'resource_id': host, 'state': 'enabled'}


def switch(name, state):
    return 'change_node_power_state', {'resource_id': name, 'state': state}


def service(stack):
    found = stack.services()[EMPTY]
    return found.status, found.state


def test_the_machines_are_ironics_and_tied_to_the_compute_nodes_that_they_run(connection, metal):
    cloud = Collector(ComputeCollector(Reader(Compute(connection), Placement(connection))),
                      machines=MachineCollector(Baremetal(connection)))
    seen = cloud.newest(0, [Part.BAREMETAL])
    machines, nodes = seen.cluster.machines, seen.cluster.nodes
    assert seen.gaps == ()
    shown = {machines.uuid[row]: (
        nodes.name[machines.node[row]] if machines.node[row] != NO_ROW else None, machines.name[row],
        machines.power_state[row], machines.provision_state[row], bool(machines.known[row]))
        for row in range(len(machines))}
    assert shown == {
        metal[FULL]: (FULL, f'metal-{FULL}', 'power on', 'active', True),
        metal[EMPTY]: (EMPTY, f'metal-{EMPTY}', 'power on', 'manageable', True),
        metal['spare']: (None, 'metal-spare', 'power off', 'available', True),
        metal['new']: (None, 'metal-new', None, 'enroll', False)}


def test_whoever_may_not_see_the_machines_is_not_told_that_there_are_none(stack, metal):
    """Ironic answers an administrator of some project with the machines of that project, which are none."""
    found = Baremetal(_connection(stack, 'admin', 'admin')).machines()
    assert found.rows == ()
    assert 'Access was denied' in found.missing


def test_what_ironic_refuses_is_told_in_its_own_words(connection, metal):
    with pytest.raises(Refused, match='The requested action "sideways" can not be performed on node'):
        Baremetal(connection).set_power(metal['spare'], 'sideways')


def test_a_host_with_servers_stays_on(stack, planned, ironic, metal):
    plan, [disabled, switched] = planned.run(disable(FULL), switch(FULL, 'off'))
    assert (plan.state, disabled.state, switched.state) == ('FAILED', 'SUCCEEDED', 'FAILED')
    assert f'host {FULL} is not empty' in switched.status_message
    assert ironic.power(metal[FULL]) == 'power on'
    stack.cloud.compute.enable_service(stack.services()[FULL])


def test_an_enabled_host_stays_on(planned, ironic, metal):
    _, [action] = planned.run(switch(EMPTY, 'off'))
    assert action.state == 'FAILED'
    assert f'the compute service of {EMPTY} is enabled' in action.status_message
    assert ironic.power(metal[EMPTY]) == 'power on'


def test_an_emptied_host_goes_down_with_its_machine_and_comes_up_with_it(stack, planned, ironic, body):
    plan, [off] = planned.run(switch(EMPTY, 'off'))
    assert (plan.state, off.state) == ('SUCCEEDED', 'SUCCEEDED')
    assert ironic.power(body.machine) == 'power off'
    wait_for('the host to be down', lambda: service(stack) == ('disabled', 'down'))
    plan, actions = planned.run(switch(body.machine, 'on'), enable(EMPTY))
    assert [action.state for action in actions] == ['SUCCEEDED', 'SUCCEEDED']
    assert ironic.power(body.machine) == 'power on'
    assert service(stack) == ('enabled', 'up')


def test_a_plan_that_fails_half_way_brings_the_machine_back(stack, planned, ironic, body):
    """When it is rolled back, Nova still takes the host to be up, which has just gone down."""
    plan, actions = planned.run(switch(EMPTY, 'off'), ('nop', {'message': 'and then', 'fail_execute': True}),
                                on_failure='roll-back')
    assert (plan.state, [action.state for action in actions]) == ('FAILED', ['SUCCEEDED', 'FAILED'])
    assert actions[0].status_message.startswith('Reverted')
    assert ironic.power(body.machine) == 'power on'
    assert service(stack) == ('disabled', 'up')
    [started] = body.starts
    assert stack.services()[EMPTY].updated_at > started


def test_an_audit_saves_energy_and_another_gives_it_back(stack, planned, ironic, body):
    stack.cloud.compute.enable_service(stack.services()[EMPTY])
    create_template(stack, 'save', 'saving_energy', 'saving_energy')
    wishes = ('-p', 'consolidate=false', '-p', 'free_used_percent=0', '-p', 'spare_everywhere=false')
    plan, actions = run_audit(stack, 'save', *wishes, '-p', 'min_free_hosts_num=0')
    assert plan['State'] == 'SUCCEEDED', plan
    assert {(action['Action'], action['State']) for action in actions} == {
        ('change_nova_service_state', 'SUCCEEDED'), ('change_node_power_state', 'SUCCEEDED')}
    assert ironic.power(body.machine) == 'power off'
    wait_for('the host to be down', lambda: service(stack) == ('disabled', 'down'))

    plan, actions = run_audit(stack, 'save', *wishes, '-p', 'min_free_hosts_num=1')
    assert plan['State'] == 'SUCCEEDED', plan
    assert len(actions) == 2
    assert ironic.power(body.machine) == 'power on'
    assert service(stack) == ('enabled', 'up')


class DeathError(BaseException):
    """Of a process."""


def test_whoever_goes_on_does_not_ask_ironic_again(connection, ironic, emptied):
    machines, kept, asked = Baremetal(connection), {}, []
    ask = machines.set_power

    def ask_and_die(*request):
        asked.append(request)
        ask(*request)
        raise DeathError
    machines.set_power = ask_and_die
    compute = Compute(connection)
    hands = Cloud(compute, Volumes(connection), machines, Traffic(compute, 0.5))

    def action():
        return ChangeNodePowerState(switch(EMPTY, 'off')[1], hands, SETTINGS, Run(Memory(kept, kept.update)))
    first = action()
    first.check()
    with pytest.raises(DeathError):
        first.execute()
    second = action()
    second.resume()
    second.verify()
    assert asked == [(emptied, 'power off')]
    assert ironic.power(emptied) == 'power off'
    with contextlib.suppress(DeathError):
        action().revert()
    action().revert()
    assert asked == [(emptied, 'power off'), (emptied, 'power on')]
    assert ironic.power(emptied) == 'power on'
