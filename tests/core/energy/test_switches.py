# SPDX-License-Identifier: Apache-2.0
"""Which nodes may be switched."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.columns import NO_ROW
from watcher_py.core.document import read
from watcher_py.core.energy.switches import switches_of


def switches(*machines, instances=(), **values):
    return switches_of(read(document([host('a', **values)], list(instances), machines=[
        {'id': f'm{number}', 'host': 'a-id', 'power_state': 'power on', **machine}
        for number, machine in enumerate(machines)])).cluster)


@pytest.mark.parametrize('state', [None, 'active', 'available', 'manageable'])
def test_a_machine_at_rest_may_be_switched(state):
    found = switches({'provision_state': state})
    assert (found.why_fixed, found.machine.tolist()) == (('',), [0])
    assert (found.on.tolist(), found.off.tolist()) == ([True], [False])


@pytest.mark.parametrize(('machine', 'host_state', 'is_on', 'is_off', 'why'), [
    ({'power_state': 'power off'}, 'down', False, True, ''),
    # Nova has not yet seen that it is off; and a host that boots.
    ({'power_state': 'power off'}, 'up', False, True, 'at power off, but its compute service is up'),
    ({}, 'down', False, False, 'at power on, but its compute service is down'),
    ({'power_state': None}, 'up', True, False, 'the power state of its machine is unknown'),
    ({'power_state': 'power off', 'known': False}, 'down', False, False, 'unknown'),
    ({'power_state': 'power off', 'maintenance': True, 'maintenance_reason': 'new disks'}, 'down', False,
     True, 'maintenance: new disks')])
def test_on_and_off_are_told_as_far_as_they_are_known(machine, host_state, is_on, is_off, why):
    found = switches(machine, state=host_state)
    assert (found.on.tolist(), found.off.tolist()) == ([is_on], [is_off])
    assert why in found.why_fixed[0]
    assert found.free.tolist() == [not why]


def test_nobody_switches_what_is_not_one_machine_of_one_host():
    assert switches().why_fixed == ('no machine is known to run it',)
    twins = switches({}, {})
    assert twins.why_fixed == ('several machines are noted to run it',)
    assert twins.machine.tolist() == [NO_ROW]


def test_a_machine_is_fixed_that_a_server_of_this_cloud_was_given():
    found = switches({'instance': 'vm'}, instances=[instance('vm', 'a')])
    assert 'given to the server vm' in found.why_fixed[0]
    # That of another cloud, which deploys the hosts of this one, is as it should be.
    assert switches({'instance': 'of-another-cloud'}).why_fixed == ('',)
