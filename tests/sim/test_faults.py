# SPDX-License-Identifier: Apache-2.0
"""What is told to go wrong goes wrong, so often and no more."""

import threading
from math import inf
from typing import Any

import pytest
import requests

from watcher_py.sim.faults import Faults, Kind


def test_a_broken_path_answers_errors_and_does_nothing(cloud: Any, admin: Any) -> None:
    cloud.faults.break_path('/servers/plain/action', 503, times=2)
    assert [admin.live('plain', 'beta').status_code for _ in range(3)] == [503, 503, 202]


def test_a_fault_can_be_of_one_method(cloud: Any, admin: Any) -> None:
    cloud.faults.break_path('/servers', method='DELETE')
    assert admin.ask('GET', '/servers/plain').status_code == 200
    answer = admin.ask('DELETE', '/servers/plain')
    assert (answer.status_code, answer.json()['computeFault']['code']) == (500, 500)
    assert admin.ask('GET', '/servers/plain').status_code == 200


def test_who_hangs_is_answered_when_it_is_healed(cloud: Any, admin: Any) -> None:
    cloud.faults.hang_path('/servers/plain/action', seconds=600)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(admin.live('plain', 'beta').status_code))
    asking.start()
    assert admin.server('off')['status'] == 'SHUTOFF'       # the others are served
    while cloud.faults.pending():
        asking.join(0.01)
    cloud.faults.heal()
    asking.join(30)
    assert answers == [504]
    assert admin.server('plain')['status'] == 'ACTIVE'      # it was not carried out


def test_errors_are_written_as_each_service_writes_them(cloud: Any) -> None:
    for path, key in (('/compute', 'computeFault'), ('/placement', 'errors'), ('/identity', 'error')):
        cloud.faults.break_path(path)
        assert key in requests.get(cloud.url + path, timeout=30).json()


def test_healed_servers_move(cloud: Any, admin: Any) -> None:
    cloud.faults.fail_migrations('plain')
    cloud.faults.heal()
    admin.live('plain', 'beta')
    cloud.clock.advance(60)
    assert admin.newest_migration('plain')['status'] == 'completed'


def test_a_host_comes_back(cloud: Any, admin: Any) -> None:
    cloud.world.host_down('beta')
    assert admin.live('plain', 'beta').status_code == 400
    cloud.world.host_up('beta')
    assert admin.live('plain', 'beta').status_code == 202


def raw(cloud: Any, admin: Any, path: str = '/compute/v2.1/os-hypervisors/detail') -> requests.Response:
    return requests.get(cloud.url + path, timeout=30, headers={
        'X-Auth-Token': admin.token, 'OpenStack-API-Version': 'compute 2.87'})


def test_a_refused_call_gets_no_answer_at_all(cloud: Any, admin: Any) -> None:
    cloud.faults.strike('/os-hypervisors', Kind.REFUSED)
    with pytest.raises(requests.ConnectionError, match='without response'):
        raw(cloud, admin)
    assert raw(cloud, admin).status_code == 200


def test_half_an_answer_promises_more_than_comes(cloud: Any, admin: Any) -> None:
    cloud.faults.strike('/os-hypervisors', Kind.HALF)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match='more expected'):
        raw(cloud, admin)
    assert raw(cloud, admin).status_code == 200


@pytest.mark.parametrize(('kind', 'shape'), [
    (Kind.LIST, list), (Kind.NULL, type(None)), (Kind.KEYLESS, dict), (Kind.ROW, dict)])
def test_json_of_the_wrong_shape_is_an_answer_like_others(
        cloud: Any, admin: Any, kind: Kind, shape: type) -> None:
    honest = raw(cloud, admin).json()
    cloud.faults.strike('/os-hypervisors', kind)
    answer = raw(cloud, admin)
    assert (answer.status_code, type(answer.json())) == (200, shape)
    assert answer.json() != honest
    assert raw(cloud, admin).json() == honest


@pytest.mark.parametrize('kind', [Kind.CUT, Kind.HTML])
def test_some_answers_are_no_json(cloud: Any, admin: Any, kind: Kind) -> None:
    cloud.faults.strike('/os-hypervisors', kind)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        raw(cloud, admin).json()


def test_a_broken_row_is_one_row(cloud: Any, admin: Any) -> None:
    honest = raw(cloud, admin).json()['hypervisors']
    cloud.faults.strike('/os-hypervisors', Kind.ROW)
    broken = raw(cloud, admin).json()['hypervisors']
    assert sum(one != other for one, other in zip(honest, broken, strict=True)) == 1


def test_an_error_is_not_spoiled(cloud: Any, admin: Any) -> None:
    cloud.faults.strike('/os-hypervisors', Kind.ROW)
    assert raw(cloud, admin, '/compute/v2.1/os-hypervisors/ghost').json()['itemNotFound']['code'] == 404


def test_a_token_can_expire_in_the_middle(cloud: Any, admin: Any, sdk: Any) -> None:
    assert sdk.compute.get_server('plain').status == 'ACTIVE'
    cloud.faults.strike('/servers/plain', Kind.EXPIRED)
    assert sdk.compute.get_server('plain').status == 'ACTIVE'      # the client asked for another
    cloud.faults.strike('/os-hypervisors', Kind.EXPIRED)
    assert [raw(cloud, admin).status_code for _ in range(2)] == [401, 401]


def test_chance_chooses_the_calls_and_the_seed_the_chance() -> None:
    def met(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.strike('/servers', Kind.REFUSED, times=inf, chance=0.3)
        return [faults.met_by('GET', '/servers/detail') is not None for _ in range(300)]
    assert met(1) == met(1) != met(2)
    assert 50 < sum(met(1)) < 130


def test_a_fault_without_end_is_not_waited_for(cloud: Any) -> None:
    cloud.faults.strike('/servers', Kind.REFUSED, times=inf)
    assert not cloud.faults.pending()


def test_something_can_happen_in_the_middle_of_what_a_client_does(cloud: Any, admin: Any) -> None:
    cloud.faults.meanwhile('/os-services', lambda: cloud.world.host_down('beta'))
    assert {row['state'] for row in admin.get('/os-hypervisors/detail', '2.53')['hypervisors']
            if row['hypervisor_hostname'] == 'beta'} == {'up'}
    assert admin.get('/os-services?host=beta', '2.53')['services'][0]['state'] == 'down'
    cloud.world.host_up('beta')
    assert admin.get('/os-services?host=beta', '2.53')['services'][0]['state'] == 'up'


def test_a_stuck_live_migration_ends_when_it_is_aborted_or_healed(cloud: Any, admin: Any) -> None:
    for uuid in ('plain', 'locked'):
        cloud.faults.stick_migrations(uuid)
        admin.live(uuid, 'beta')
    cloud.clock.advance(3600)
    assert [admin.newest_migration(uuid)['status'] for uuid in ('plain', 'locked')] == ['running', 'running']
    number = admin.newest_migration('plain')['id']
    assert admin.ask('DELETE', f'/servers/plain/migrations/{number}', version='2.65').status_code == 202
    assert admin.newest_migration('plain')['status'] == 'cancelled'
    cloud.faults.heal()
    cloud.clock.advance(60)
    assert admin.newest_migration('locked')['status'] == 'completed'


def test_a_migration_that_is_stuck_no_more_comes_to_its_end(cloud: Any, admin: Any) -> None:
    cloud.faults.stick_migrations('plain')
    admin.live('plain', 'beta')
    cloud.clock.advance(3600)
    assert admin.server('plain')['status'] == 'MIGRATING'
    cloud.faults.unstick('plain')
    cloud.clock.advance(60)
    assert admin.server('plain')['OS-EXT-SRV-ATTR:host'] == 'beta'
