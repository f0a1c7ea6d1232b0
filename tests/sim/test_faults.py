# SPDX-License-Identifier: Apache-2.0
"""What is told to go wrong goes wrong, so often and no more."""

import threading
from typing import Any

import requests


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
