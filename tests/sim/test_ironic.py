# SPDX-License-Identifier: Apache-2.0
"""The emulated Ironic: what it shows, and machines that are switched on and off."""

import json

import openstack
import pytest
import requests

from tests.core.clusters import document, host
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud


@pytest.fixture
def cloud():
    machines = [{'id': 'm1', 'name': 'metal', 'host': 'a-id', 'power_state': 'power on'},
                {'id': 'm2', 'power_state': 'power off', 'maintenance': True}]
    with Cloud(read(document([host('a'), host('b')], [], machines=machines)), Clock(speed=0)) as cloud:
        yield cloud


def _ask(cloud, method, path, body=None, version='1.27', user='admin'):
    token = cloud.identity.issue(cloud.identity.user(user), 'password').id
    headers = {'X-Auth-Token': token, 'X-OpenStack-Ironic-API-Version': version}
    return requests.request(method, f'{cloud.url}/baremetal/v1{path}', json=body, headers=headers, timeout=30)


def _switch(cloud, machine, target):
    return _ask(cloud, 'PUT', f'/nodes/{machine}/states/power', {'target': target})


def _power(cloud, machine):
    found = _ask(cloud, 'GET', f'/nodes/{machine}').json()
    return found['power_state'], found['target_power_state']


def test_the_unmodified_sdk_reads_and_switches_machines(cloud):
    sdk = openstack.connection.Connection(auth=cloud.credentials(), region_name='RegionOne')
    found = {one.id: one for one in sdk.baremetal.nodes(details=True)}
    assert set(found) == {'m1', 'm2'}
    assert found['m1'].extra == {'compute_node_id': 'a-id'}
    assert found['m2'].is_maintenance
    sdk.baremetal.set_node_power_state('m2', 'power on')
    cloud.clock.advance(5)
    assert sdk.baremetal.get_node('m2').power_state == 'power on'
    sdk.close()


def test_power_is_switched_after_a_while_and_the_host_goes_with_it(cloud):
    answer = _switch(cloud, 'metal', 'power off')
    assert (answer.status_code, answer.content) == (202, b'')
    assert 'json' not in answer.headers['Content-Type']
    assert _power(cloud, 'm1') == ('power on', 'power off')
    assert cloud.world.host_named('a').reports
    cloud.clock.advance(5)
    assert _power(cloud, 'm1') == ('power off', None)
    assert not cloud.world.host_named('a').reports
    assert cloud.world.host_named('b').reports
    _switch(cloud, 'm1', 'power on')
    cloud.clock.advance(5)
    assert _power(cloud, 'm1') == ('power on', None)
    assert not cloud.world.host_named('a').reports
    cloud.clock.advance(30)
    assert _power(cloud, 'm1') == ('power on', None)
    assert cloud.world.host_named('a').reports


def test_a_host_that_goes_off_while_it_boots_does_not_come_up(cloud):
    for target in ('power off', 'power on', 'power off'):
        _switch(cloud, 'm1', target)
        cloud.clock.advance(5)
        assert _power(cloud, 'm1') == (target, None)
    cloud.clock.advance(60)
    assert _power(cloud, 'm1') == ('power off', None)
    assert not cloud.world.host_named('a').reports


def test_a_machine_that_is_being_switched_is_locked(cloud):
    _switch(cloud, 'm1', 'power off')
    answer = _switch(cloud, 'm1', 'power on')
    assert answer.status_code == 409
    assert 'locked' in json.loads(answer.json()['error_message'])['faultstring']


def test_times_can_not_be_chosen_as_fields(cloud):
    answer = _ask(cloud, 'GET', '/nodes/m1?fields=uuid,updated_at')
    assert answer.status_code == 400
    assert 'Field updated_at is not a valid field.' in answer.json()['error_message']


def test_switching_can_be_made_to_fail(cloud):
    cloud.faults.fail_migrations('m1', 'no BMC')
    _switch(cloud, 'm1', 'power off')
    cloud.clock.advance(60)
    assert _power(cloud, 'm1') == ('power on', None)
    assert cloud.world.host_named('a').reports
    assert _ask(cloud, 'GET', '/nodes/m1?fields=last_error').json() == {
        'last_error': "Failed to change power state to 'power off'. Error: no BMC"}
    _switch(cloud, 'm1', 'power off')
    assert _ask(cloud, 'GET', '/nodes/m1?fields=last_error,reservation').json() == {
        'last_error': None, 'reservation': 'emulated'}


@pytest.mark.parametrize(('machine', 'body', 'status'), [
    ('m1', {'target': 'fly'}, 400), ('m1', {}, 400), ('nobody', {'target': 'power on'}, 404)])
def test_what_can_not_be_done_is_refused(cloud, machine, body, status):
    assert _ask(cloud, 'PUT', f'/nodes/{machine}/states/power', body).status_code == status


def test_who_is_no_admin_sees_nothing(cloud):
    assert _ask(cloud, 'GET', '/nodes', user='demo').status_code == 403


@pytest.mark.parametrize(('query', 'keys'), [
    ('?fields=uuid,extra', {'uuid', 'extra'}),
    ('', {'uuid', 'name', 'instance_uuid', 'power_state', 'provision_state', 'maintenance'})])
def test_the_fields_that_are_asked_for_are_shown(cloud, query, keys):
    assert set(_ask(cloud, 'GET', f'/nodes{query}').json()['nodes'][0]) == keys


def test_pages_are_linked(cloud):
    first = _ask(cloud, 'GET', '/nodes?limit=1').json()
    assert [one['uuid'] for one in first['nodes']] == ['m1']
    second = _ask(cloud, 'GET', first['next'].partition('/v1')[2]).json()
    assert [one['uuid'] for one in second['nodes']] == ['m2']
    assert 'next' not in second


def test_answers_tell_the_versions_that_are_spoken(cloud):
    told = _ask(cloud, 'GET', '/nodes', version='1.27').headers
    kinds = ('Version', 'Minimum-Version', 'Maximum-Version')
    assert [told[f'X-OpenStack-Ironic-API-{kind}'] for kind in kinds] == ['1.27', '1.1', '1.87']


def test_the_catalog_names_what_the_cloud_has(cloud):
    services = openstack.connection.Connection(auth=cloud.credentials(), region_name='RegionOne')
    assert services.endpoint_for('baremetal') is not None
    assert services.endpoint_for('block-storage') is None
    services.close()
