# SPDX-License-Identifier: Apache-2.0
"""Ironic, read in a few calls, whatever its answers look like."""

import pytest

from tests.core.clusters import document, host
from watcher_py.cloud.baremetal import Baremetal, machine_now
from watcher_py.cloud.session import connect_with
from watcher_py.core.document import read
from watcher_py.core.errors import NotFound, Refused
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud


def _cloud(machines, port=0):
    return Cloud(read(document([host('a')], [], machines=machines)), Clock(speed=0), port)


def _ironic(cloud):
    return Baremetal(connect_with(cloud.credentials('admin')), tries=2, interval=0.001)


def test_machines_are_read_with_what_ironic_knows_of_them():
    machines = [{'id': 'm1', 'name': 'metal', 'host': 'a-id', 'power_state': 'power on', 'maintenance': True,
                 'maintenance_reason': 'fan', 'provision_state': 'active', 'instance': 's'}, {'id': 'm2'}]
    with _cloud(machines) as cloud:
        first, second = sorted(_ironic(cloud).machines().rows, key=lambda one: one.uuid)
        assert cloud.calls.by_service()['baremetal'] <= 3      # two to find the API, one for all machines
    assert (first.name, first.compute_node, first.power_state) == ('metal', 'a-id', 'power on')
    assert (first.maintenance, first.maintenance_reason, first.instance) == (True, 'fan', 's')
    assert (second.name, second.compute_node, second.power_state) == ('', '', None)


def test_more_machines_than_a_page_holds_are_all_listed():
    with _cloud([{'id': f'm{number:04}'} for number in range(1100)]) as cloud:
        found = _ironic(cloud).machines()
        assert found.is_whole
        assert len({one.uuid for one in found.rows}) == 1100


def test_pages_that_ironic_makes_shorter_are_followed_too(script):
    row = {'power_state': None, 'maintenance': False}
    script.newest = '1.80'
    script.answer('GET /nodes', (200, {'nodes': [{'uuid': 'a', **row}], 'next': 'http://elsewhere/v1/nodes?marker=a'}),
                  (200, {'nodes': [{'uuid': 'b', **row}]}))
    assert [one.uuid for one in Baremetal(script.connection(), tries=1).machines().rows] == ['a', 'b']
    assert script.asked[-1].query['marker'] == 'a'
    assert script.asked[-1].headers['X-OpenStack-Ironic-API-Version'] == '1.49'


@pytest.mark.parametrize(('conductors', 'missing'), [
    ((200, {'conductors': []}), None), ((404, 'unknown before 1.49'), None),
    ((403, {'error_message': '{"faultstring": "Access was denied"}'}), 'Access was denied'),
    ((500, 'out of order'), 'HTTP 500')])
def test_no_machines_are_told_from_machines_that_are_not_shown(script, conductors, missing):
    """An account without the right to see machines is answered with an empty list of them."""
    script.newest = '1.80'
    script.answer('GET /nodes', (200, {'nodes': []}))
    script.answer('GET /conductors', conductors)
    found = Baremetal(script.connection(), tries=1).machines()
    assert found.rows == ()
    assert found.missing is None if missing is None else missing in found.missing


def test_a_cloud_without_ironic_is_known_by_its_catalog():
    with _cloud([{'id': 'm'}]) as cloud:
        assert _ironic(cloud).is_offered()
    with _cloud([]) as cloud:
        assert not _ironic(cloud).is_offered()


def test_an_ironic_that_came_after_the_token_was_given_is_found():
    with _cloud([]) as cloud:
        ironic, port = _ironic(cloud), cloud.port
        assert not ironic.is_offered()
    with _cloud([{'id': 'm'}], port):
        assert ironic.is_offered()


def test_ironic_that_fails_is_told_in_its_own_words():
    with _cloud([{'id': 'm'}]) as cloud:
        cloud.faults.break_path('/nodes', times=9)
        assert 'told to fail here' in _ironic(cloud).machines().missing


@pytest.mark.parametrize('extra', [None, {}, {'compute_node_id': None}])
def test_a_machine_may_be_noted_to_be_no_compute_node(extra):
    row = {'uuid': 'm', 'power_state': None, 'maintenance': False, 'extra': extra}
    assert machine_now(row).compute_node == ''


@pytest.mark.parametrize('name', ['m1', 'metal'])
def test_one_machine_is_read_with_what_is_done_with_it(name):
    with _cloud([{'id': 'm1', 'name': 'metal', 'host': 'a-id', 'power_state': 'power on'}]) as cloud:
        ironic = _ironic(cloud)
        still = ironic.machine(name)
        ironic.set_power('m1', 'power off')
        going = ironic.machine(name)
    assert (still.uuid, still.power_state, still.target_power_state, still.reservation) == (
        'm1', 'power on', None, None)
    assert (going.target_power_state, going.reservation) == ('power off', 'emulated')
    assert still.updated


def test_why_a_switch_failed_is_read():
    with _cloud([{'id': 'm1', 'power_state': 'power on'}]) as cloud:
        cloud.faults.fail_migrations('m1', 'no BMC')
        ironic = _ironic(cloud)
        ironic.set_power('m1', 'power off')
        cloud.clock.advance(5)
        assert ironic.machine('m1').last_error.endswith('Error: no BMC')


def test_what_ironic_refuses_is_told_in_its_words():
    with _cloud([{'id': 'm1', 'power_state': 'power on'}]) as cloud:
        ironic = _ironic(cloud)
        ironic.set_power('m1', 'power off')
        with pytest.raises(Refused, match='is locked by host emulated'):
            ironic.set_power('m1', 'power on')
        with pytest.raises(NotFound, match='Node m2 could not be found'):
            ironic.machine('m2')
